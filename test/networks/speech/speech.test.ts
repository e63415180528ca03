// Callers who speak: when they are done, and a speech server in Vosk's protocol, well and in every way of failing. Real sockets, real sound.

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import t, { type Test } from 'tap';
import { systemClock } from '../../../server/base/clock.ts';
import { Utterance, type UtteranceState } from '../../../server/networks/asterisk/listening/utterance.ts';
import { reach } from '../../../server/networks/speech/reach.ts';
import { vosk } from '../../../server/networks/speech/vosk.ts';
import { endOfSound, phrasesFor, readAnswer } from '../../../server/networks/speech/words.ts';
import { rate, tone } from '../../network/audio.ts';
import { type SpeechServer, startSpeechServer } from './server.ts';
import { spoken } from './voice.ts';

const loud = tone(300, 100);
const quiet = new Int16Array(800);

/** An utterance told as what happens at which ms; ends at the first verdict that is none of waiting. */
function told(waitMs: number, story: Record<number, (u: Utterance, at: number) => unknown>, until = 20_000) {
  const utterance = new Utterance(waitMs);
  const verdicts: (UtteranceState & { at: number })[] = [];
  for (let at = 0; at <= until; at += 100) {
    story[at]?.(utterance, at);
    const verdict = utterance.now(at);
    if (verdict.do !== 'wait') verdicts.push({ ...verdict, at });
    if (verdict.do === 'said' || verdict.do === 'failed') break;
  }
  return verdicts;
}
const asked = (u: Utterance, at: number) => u.asked(at);
const partial = (text: string) => (u: Utterance, at: number) => u.heard(text, false, at);
const final = (text: string) => (u: Utterance, at: number) => u.heard(text, true, at);
const all =
  (...things: ((u: Utterance, at: number) => unknown)[]) =>
  (u: Utterance, at: number) =>
    things.map((thing) => thing(u, at));
const sound = (samples: Int16Array) => (u: Utterance, at: number) => u.sound(samples, at);

t.test('when somebody is done speaking', async (t) => {
  t.test('nobody speaks: over when the wait is over, and the caller has heard nothing for no longer', async (t) => {
    t.same(told(4000, { 1000: asked, 1100: partial('') }), [{ do: 'said', text: '', at: 5000 }]);
    t.same(told(4000, { 1100: partial('') }), [], 'while the question is said, nothing is over');
  });
  t.test('a word that the recogniser ends by itself', async (t) => {
    t.same(told(4000, { 0: asked, 900: partial('fuite'), 1500: final('fuite') }), [
      { do: 'said', text: 'fuite', at: 1500 },
    ]);
    t.same(told(4000, { 900: partial('fuite'), 1500: final('une fuite') }), [
      { do: 'said', text: 'une fuite', at: 1500 },
    ]);
  });
  t.test(
    'a recogniser that never ends a sentence is asked for its last word; without one its words count',
    async (t) => {
      const story = { 0: asked, 900: partial('pas'), 1200: partial('pas de fuite') };
      t.same(told(4000, { ...story, 2900: final('pas de fuite d’eau') }), [
        { do: 'finish', at: 2700 },
        { do: 'said', text: 'pas de fuite d’eau', at: 2900 },
      ]);
      t.same(told(4000, story), [
        { do: 'finish', at: 2700 },
        { do: 'said', text: 'pas de fuite', at: 3500 },
      ]);
      t.same(told(4000, { ...story, 2900: final('') }).at(-1), { do: 'said', text: 'pas de fuite', at: 2900 });
    },
  );
  t.test('somebody who begins at the last moment is heard out; noise is not', async (t) => {
    const late = { 0: asked, 100: partial(''), 3900: sound(loud), 4000: sound(loud) };
    t.same(told(4000, { ...late, 4300: partial('fuite'), 4800: final('fuite') }), [
      { do: 'said', text: 'fuite', at: 4800 },
    ]);
    const noise = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [i * 100 + 200, sound(loud)]));
    const [over] = told(4000, { 0: asked, 100: partial(''), ...noise });
    t.match(over, { do: 'said', text: '' });
    t.ok((over?.at ?? 9999) < 5000, 'never 5 s of nothing');
  });
  t.test('a noise that seemed a word is taken back', async (t) => {
    t.same(told(4000, { 0: asked, 1000: partial('le'), 1600: final('') }), [{ do: 'said', text: '', at: 4000 }]);
  });
  t.test('somebody who talks without end is cut', async (t) => {
    const story = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [i * 100, partial(`mot ${i}`)]));
    const verdicts = told(4000, { ...story, 0: asked });
    t.same(
      verdicts.map(({ do: what, at }) => [what, at]),
      [
        ['finish', 12_000],
        ['said', 12_800],
      ],
    );
  });
  t.test(
    'a recogniser that said nothing at all is not there; a telephone that sent no sound is not its fault',
    async (t) => {
      t.match(told(4000, { 0: all(asked, sound(quiet)) }), [{ do: 'failed', at: 4000 }]);
      t.match(told(4000, { 0: asked }), [{ do: 'said', text: '' }]);
    },
  );
  t.test('the first word is told once: the question stops', async (t) => {
    const u = new Utterance(4000);
    t.same([u.heard('', false, 1), u.heard('une', false, 2), u.heard('une fuite', false, 3)], [false, true, false]);
  });
});

t.test('what the server may answer', async (t) => {
  const read = (message: string) => {
    const found = readAnswer(message);
    return found.ok ? found.value : found.problems[0]?.message;
  };
  t.same(read('{"partial" : "une fu"}'), { text: 'une fu', final: false });
  t.same(read('{"result":[{"conf":1,"word":"fuite"}],"text":"fuite"}'), { text: 'fuite', final: true });
  t.same(read('{"text": "pas [unk] fuite"}'), { text: 'pas fuite', final: true });
  t.equal((read(JSON.stringify({ text: 'a'.repeat(50_000) })) as { text: string }).text.length, 2000);
  for (const nonsense of ['', '[]', 'null', '{"text": 3}', '{"texte":"x"}', '<html>', '{"partial":null}'])
    t.match(read(nonsense), /Vosk/, nonsense);
  t.equal(endOfSound, '{"eof" : 1}', 'vosk-server compares it letter by letter');
  const phrases = phrasesFor(['Fuite', 'gaz']);
  for (const word of ['fuite', 'gaz', 'pas', '[unk]']) t.ok(phrases.includes(word), `"${word}" is expected`);
  t.same(phrasesFor([]), []);
});

const words = await spoken(['fuite', 'pas de fuite', 'facture']);

/** Says this sound to a server, at ten times the speed of speech. Resolves with what came of it. */
function say(server: { url: string }, samples: Int16Array, phrases = false): Promise<string> {
  return new Promise((over) => {
    const end = (what: string) => {
      clearInterval(pace);
      late();
      session.close();
      over(what);
    };
    const late = systemClock.after(20_000, () => end('nothing'));
    const session = vosk({ url: server.url, clock: systemClock, phrases }).open(
      { hints: ['fuite'] },
      { heard: (text, final) => final && text !== '' && end(text), failed: (why) => end(`failed: ${why}`) },
    );
    let at = 0;
    const pace = setInterval(() => {
      // A line is never quite still, and sends on for as long as the call lasts.
      session.hear(at < samples.length ? samples.subarray(at, at + 160) : new Int16Array(160));
      at += 160;
    }, 2);
  });
}

const started = async (t: Test, port?: number): Promise<SpeechServer> => {
  const server = await startSpeechServer(words, port);
  t.teardown(() => server.stop());
  return server;
};

t.test('words are understood by their sound', async (t) => {
  const server = await started(t);
  for (const [text, samples] of Object.entries(words)) t.equal(await say(server, samples), text);
  t.equal(await say(server, words.fuite, true), 'fuite');
  t.match(server.configs[0], { sample_rate: 8000, words: false });
  t.notOk(server.configs[0]?.phrase_list, 'the server listens for everything');
  t.ok(server.configs.at(-1)?.phrase_list?.includes('[unk]'), 'unless its model is to be told');
  t.equal(await reach(server.url), undefined);
});

t.test('the last word can be asked for', async (t) => {
  const server = await started(t);
  const text = await new Promise((heard) => {
    const session = vosk({ url: server.url, clock: systemClock }).open(
      { hints: [] },
      { heard: (text, final) => final && heard(text), failed: heard },
    );
    session.hear(words.fuite);
    session.finish();
    session.hear(words.facture);
  });
  t.equal(text, 'fuite');
});

t.test('a server that fails says so once, whatever the way', async (t) => {
  const server = await started(t);
  const ways = {
    nonsense: /Vosk/,
    megabytes: /payload|size/i,
    flood: /without being asked/,
    refusing: /403/,
    stuck: /no connection within|does not take the sound in time/,
    dying: /in the middle/,
  } as const;
  for (const [mood, why] of Object.entries(ways)) {
    server.mood = mood as keyof typeof ways;
    t.match(await say(server, words['pas de fuite']), why, mood);
    const reached = await reach(server.url);
    // Who dies of words, or talks on, answers well enough at first.
    if (mood === 'dying' || mood === 'flood') t.equal(reached, undefined);
    else t.match(reached, why, `${mood}, asked by the doctor`);
  }
  server.mood = 'mute';
  t.match(await reach(server.url), /no answer within/);
  server.mood = 'well';
  t.equal(await say(server, words.facture), 'facture', 'and once it is well again, it is used again');
});

t.test('nobody is there; somebody who takes no sound; somebody who is closed', async (t) => {
  const server = await startSpeechServer(words);
  await server.stop();
  t.match(await say(server, words.fuite), /ECONNREFUSED/);
  t.match(await reach('ws://no-such-host.invalid:2700'), /./);

  const deaf = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((ready) => deaf.listen(0, '127.0.0.1', ready));
  const url = `ws://127.0.0.1:${(deaf.address() as AddressInfo).port}`;
  const why = await new Promise((failed) => {
    const session = vosk({ url, clock: systemClock }).open({ hints: [] }, { heard: () => {}, failed });
    session.hear(new Int16Array(6 * rate));
  });
  t.match(why, /does not take the sound/);
  deaf.close();

  const well = await started(t);
  const said: string[] = [];
  const told = { heard: (text: string) => void said.push(text), failed: (why: string) => void said.push(why) };
  const session = vosk({ url: well.url, clock: systemClock }).open({ hints: [] }, told);
  session.hear(words.fuite);
  session.close();
  session.hear(words.fuite);
  session.finish();
  await say(well, words.fuite);
  t.same(said, [], 'a session that is closed says nothing more');
  t.equal(well.open() <= 1, true, 'and leaves no connection');
});
