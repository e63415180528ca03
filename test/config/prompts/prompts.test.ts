// Prompts, by a real speech command where one is needed and by a small tone-making one where its faults are the subject.
import { readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { silentLog } from '../../../server/base/log.ts';
import { problemText, type Result } from '../../../server/base/result.ts';
import { readWav, type Wav, writeWav } from '../../../server/base/wav.ts';
import { forTelephone, resampled } from '../../../server/config/prompts/audio.ts';
import { piecesOf } from '../../../server/config/prompts/pieces.ts';
import { openPool } from '../../../server/config/prompts/pool.ts';
import { openPrompts, type PromptStore } from '../../../server/config/prompts/prompts.ts';
import { espeakCommand, espeakVoice, findEspeak, openSpeaker } from '../../../server/config/prompts/speaker.ts';
import { everyPiece, spelled } from '../../../server/config/prompts/spelling.ts';
import type { Prompt } from '../../../server/domain/telephony/prompt.ts';

// Speech takes its time on a busy machine; nothing here is measured by the clock.
t.setTimeout(120_000);

const say = (text: string, language = 'fr'): Prompt & { kind: 'text' } => ({ kind: 'text', text, language });
const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.problems.map(problemText).join('\n'));
  return result.value;
};
const problemsOf = (result: Result<unknown>): string[] => (result.ok ? [] : result.problems.map(problemText));
const wavOf = (file: string): Wav => {
  const wav = readWav(readFileSync(file));
  if (typeof wav === 'string') throw new Error(`${file}: ${wav}`);
  return wav;
};
const seconds = (wav: Wav) => wav.samples.length / wav.rate;
const peakDb = (samples: ArrayLike<number>) =>
  20 * Math.log10(Array.from(samples).reduce((most, one) => Math.max(most, Math.abs(one)), 1e-9) / 32767);
const tone = (hertz: number, rate: number, length = 1) =>
  Float64Array.from({ length: rate * length }, (_, n) => 16384 * Math.sin((2 * Math.PI * hertz * n) / rate));

/** A speech command that says everything as the same 16 kHz tone, and writes down what it was asked; `body` is its fault. */
const toneCommand = (dir: string, body = ''): string[] => {
  const script = join(dir, 'tone');
  const wav = writeWav(Int16Array.from(tone(440, 16000, 0.1)));
  new DataView(wav.buffer).setUint32(24, 16000, true);
  writeFileSync(join(dir, 'tone.wav'), wav);
  writeFileSync(
    script,
    `#!/bin/sh
language=$1 text=$2 out=$3
printf '%s|%s\n' "$language" "$text" >>"${dir}/spoken"
${body}
exec cp "${dir}/tone.wav" "$out"
`,
    { mode: 0o755 },
  );
  return [script, '{language}', '{text}', '{out}'];
};
const spokenIn = (dir: string): string[] => readFileSync(join(dir, 'spoken'), 'utf8').trim().split('\n');
const openIn = (dir: string, body = '', atOnce = 2): PromptStore =>
  must(openPrompts({ dir: join(dir, 'prompts'), command: toneCommand(dir, body), log: silentLog, atOnce }));

t.test('a telephone hears the voice and none of what folds into it', async (t) => {
  const middle = (samples: Float64Array) => samples.slice(1000, -1000);
  for (const rate of [16000, 22050, 24000, 44100, 48000]) {
    t.ok(
      Math.abs(peakDb(middle(resampled(tone(1000, rate), rate))) + 6.02) < 0.1,
      `1 kHz from ${rate} keeps its level`,
    );
    t.ok(Math.abs(peakDb(middle(resampled(tone(3000, rate), rate))) + 6.02) < 0.3, `3 kHz from ${rate} too`);
    t.ok(peakDb(middle(resampled(tone(5000, rate), rate))) < -66, `5 kHz from ${rate} is gone`);
  }
  t.equal(resampled(tone(1000, 22050, 2), 22050).length, 16000, 'and time is kept');
  t.equal(resampled(tone(1000, 8000), 8000).length, 8000);
});

t.test('levels are even, long silences at the ends go', async (t) => {
  const quiet = Int16Array.from([
    ...new Int16Array(8000),
    ...tone(500, 8000).map((x) => x / 20),
    ...new Int16Array(8000),
  ]);
  const out = forTelephone({ rate: 8000, channels: 1, samples: quiet });
  t.ok(Math.abs(peakDb(out) + 3) < 0.1, 'peak at −3 dBFS');
  t.ok(out.length > 9000 && out.length < 9400, `150 ms of silence stay, not 2 s (${out.length})`);
  t.same(
    forTelephone({ rate: 8000, channels: 1, samples: new Int16Array(80) }),
    new Int16Array(80),
    'silence stays so',
  );
  const stereo = Int16Array.from({ length: 1600 }, (_, i) => (i % 2 ? 1000 : 3000));
  t.equal(forTelephone({ rate: 8000, channels: 2, samples: stereo }).length, 800, 'two channels become one');
});

t.test('WAV: there and back, and every way to be wrong', async (t) => {
  const samples = Int16Array.from([0, 1, -1, 32767, -32768]);
  const bytes = writeWav(samples);
  t.same(readWav(bytes), { rate: 8000, channels: 1, samples });
  const but = (change: (view: DataView) => void) => {
    const copy = bytes.slice();
    change(new DataView(copy.buffer));
    return readWav(copy);
  };
  t.same(
    but((view) => view.setUint32(40, 0xffff_f000, true)),
    { rate: 8000, channels: 1, samples },
    'a size from a pipe',
  );
  t.match(
    but((view) => view.setUint16(20, 6, true)),
    /not 16 bit PCM/,
    'A-law',
  );
  t.match(
    but((view) => view.setUint16(34, 8, true)),
    /8 bit/,
  );
  t.match(
    but((view) => view.setUint16(22, 0, true)),
    /valid format/,
  );
  t.match(
    but((view) => view.setUint32(40, 0, true)),
    /without audio/,
  );
  t.equal(readWav(new Uint8Array(3)), 'not a WAV file');
  t.equal(readWav(bytes.slice(0, 36)), 'a WAV file without audio');
  t.equal(readWav(new TextEncoder().encode('<html>not audio at all</html>')), 'not a WAV file');
  for (let length = 0; length < bytes.length; length++) {
    t.ok(readWav(bytes.slice(0, length)), `cut at ${length}: an answer, no throw`);
  }
});

t.test('letters and digits have their names', async (t) => {
  t.same(spelled('75011', 'fr'), ['7', '5', '0', '1', '1']);
  t.same(spelled('2A', 'fr-FR'), ['2', 'a']);
  t.same(spelled('w-é#', 'fr'), ['double vé', 'e', 'dièse']);
  t.same(spelled('+33612345078', 'fr'), ['zéro 6', '12', '34', '50', '78'], 'a telephone number goes by pairs');
  t.same(spelled('01 99 00 10 00', 'fr'), ['zéro 1', '99', 'zéro zéro', '10', 'zéro zéro']);
  t.same(spelled('0612', 'en'), ['0', '6', '1', '2']);
  t.same(spelled('$(rm -rf /)', 'en'), ['R', 'M', 'R', 'F'], 'what has no name is passed over');
  for (const language of ['fr', 'en']) {
    const ready = new Set(everyPiece(language));
    const odd = ['0612345678', '+33100000000', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789*#+', 'çà'];
    for (const text of odd)
      for (const piece of spelled(text, language)) t.ok(ready.has(piece), `${language}: ${piece}`);
  }
  t.equal(espeakVoice('fr-CA'), 'fr');
  t.equal(espeakVoice('fr-BE'), 'fr-be');
});

t.test('the real voice: a prompt is an 8 kHz file of the right length, cached by content', async (t) => {
  const dir = t.testdir();
  const command = espeakCommand(findEspeak(process.env, process.cwd()));
  const open = () => must(openPrompts({ dir, command, log: silentLog }));
  const store = open();
  t.teardown(() => store.close());
  const welcome = say('Bonjour. Vous êtes bien au service d’astreinte.');
  const prompts: Prompt[] = [
    welcome,
    { kind: 'pause', ms: 500 },
    { kind: 'spell', characters: '75011', language: 'fr' },
    say('-w /etc/passwd; $(id) `id` « presse » & {out}'),
  ];
  t.same(store.uris(prompts), [], 'nothing is ready before');
  t.notOk(store.ready(prompts));
  const steps: number[] = [];
  const first = must(await store.render(prompts, (done) => steps.push(done)));
  t.ok(first.made > 130, `the alphabet too (${first.made})`);
  t.same(
    steps,
    [...steps].sort((a, b) => a - b),
  );
  t.equal(steps.at(-1), first.made);
  t.ok(store.ready(prompts));
  t.equal(store.uris(prompts).length, 8);
  const wav = wavOf(store.fileOf(welcome));
  t.match(wav, { rate: 8000, channels: 1 });
  t.ok(seconds(wav) > 1.5 && seconds(wav) < 5, `${seconds(wav)} s`);
  t.ok(Math.abs(peakDb(wav.samples) + 3) < 0.2);
  t.equal(seconds(wavOf(store.fileOf({ kind: 'pause', ms: 500 }))), 0.5);
  t.equal(`${store.uris([welcome])[0]}.wav`, store.fileOf(welcome));
  t.same(must(await store.render(prompts)), { made: 0, kept: first.made }, 'a second publication makes nothing');
  t.equal(open().uris(prompts).length, 8, 'and a restart finds it all');
  t.not(store.fileOf(welcome), store.fileOf(say(welcome.text, 'en')), 'another language is another file');
  t.equal(
    store.fileOf(welcome),
    store.fileOf(say(`  ${welcome.text.replace(' ', '\n\u0000 ')}`)),
    'white space is not content',
  );
  t.notOk(
    readdirSync(dir).some((name) => !/^([0-9a-f]{32}|silence-\d+)\.wav$/.test(name)),
    'only whole files, safe names',
  );
  rmSync(store.fileOf(welcome));
  t.equal(must(await store.render(prompts)).made, 1, 'a file somebody removed is made anew');
  truncateSync(store.fileOf(welcome), 0);
  truncateSync(store.fileOf({ kind: 'pause', ms: 500 }), 100);
  t.equal(must(await store.render(prompts)).made, 2, 'and so is one that a power cut left empty or cut off');
  t.equal(wavOf(store.fileOf(welcome)).samples.length, wav.samples.length);
});

t.test('texts reach the command as one argument each, once each', async (t) => {
  const dir = t.testdir();
  const store = openIn(dir);
  const nasty = '"; touch oops; $(touch oops) `touch oops` $& {language} \' % \\';
  must(await store.render([say(nasty, 'xx'), say(nasty, 'xx'), { kind: 'spell', characters: 'A', language: 'xx' }]));
  t.same(spokenIn(dir).sort(), [`xx|${nasty}`, ...everyPiece('xx').map((piece) => `xx|${piece}`)].sort());
  t.notOk(readdirSync(dir).includes('oops'));
});

t.test('what another process has made meanwhile is not made again', async (t) => {
  const dir = t.testdir();
  const gate = join(dir, 'gate');
  const body = `case "$text" in slow) while [ ! -e "${gate}" ]; do sleep 0.01; done;; esac`;
  const [one, other] = [openIn(dir, body, 1), openIn(dir, body, 1)];
  const waits = one.render([say('slow'), say('shared')]);
  must(await other.render([say('shared')]));
  writeFileSync(gate, '');
  must(await waits);
  t.equal(spokenIn(dir).filter((line) => line.endsWith('shared')).length, 1);
  t.ok(one.ready([say('shared')]));
});

t.test('many who open one folder at once each make what they need, and none takes a part from another', async (t) => {
  const dir = t.testdir();
  const texts = Array.from({ length: 8 }, (_, n) => say(`texte ${n}`));
  const gate = join(dir, 'gate');
  const stores = Array.from({ length: 4 }, () => openIn(dir, `while [ ! -e "${gate}" ]; do sleep 0.01; done`));
  const all = stores.map((store) => store.render(texts));
  writeFileSync(gate, '');
  for (const rendered of await Promise.all(all)) t.same(problemsOf(rendered), []);
  t.ok(stores.every((store) => store.ready(texts)));
  t.same(
    readdirSync(join(dir, 'prompts')).filter((name) => name.startsWith('part-')),
    [],
    'and no part stays',
  );
});

t.test('a file that goes while the folder is looked through harms nobody', async (t) => {
  const dir = t.testdir();
  const store = openIn(dir);
  must(await store.render([say('one')]));
  // A link to nowhere is listed and cannot be opened: as a file that another process has just pruned.
  symlinkSync(join(dir, 'gone'), join(dir, 'prompts', `${'0'.repeat(32)}.wav`));
  const again = openIn(dir);
  t.ok(again.ready([say('one')]));
  t.equal(await again.prune([], 0), 0);
});

t.test('what is known only during the call is said if there is time, and never waits for long', async (t) => {
  const dir = t.testdir();
  const gate = join(dir, 'gate');
  const store = openIn(dir, `case "$text" in slow*) while [ ! -e "${gate}" ]; do sleep 0.01; done;; esac`);
  must(await store.render([say('Machine')]));
  const live = (text: string): Prompt => ({ ...say(text), live: true });
  const heard = await store.urisLater([say('Machine'), live('Billion 200 t'), say('')], 60_000);
  t.same(heard, store.uris([say('Machine'), live('Billion 200 t')]));
  t.equal(heard.length, 2);
  const partly = await store.urisLater([say('Machine'), live('slow one')], 20);
  t.same(partly, store.uris([say('Machine')]), 'the slow one is left out');
  writeFileSync(gate, '');
  const both = await store.urisLater([say('Machine'), live('slow one')], 60_000);
  t.equal(both.length, 2, 'and is there the next time');
  t.equal(spokenIn(dir).filter((line) => line.endsWith('slow one')).length, 1, 'made once, though asked for twice');
  const broken = openIn(t.testdir({}), 'exit 1');
  t.same(await broken.urisLater([live('never')], 60_000), [], 'a failing command leaves the text out');
});

t.test('a prompt that cannot be heard refuses the publication, and names itself', async (t) => {
  const dir = t.testdir({ 'good.wav': '', 'fake.wav': 'ID3 I am an MP3', 'wide.wav': '', 'song.mp3': '' });
  writeFileSync(join(dir, 'good.wav'), writeWav(new Int16Array(800)));
  const wide = writeWav(new Int16Array(800));
  new DataView(wide.buffer).setUint32(24, 16000, true);
  writeFileSync(join(dir, 'wide.wav'), wide);
  const file = (name: string): Prompt => ({ kind: 'file', path: join(dir, name) });
  const store = openIn(dir, 'case "$text" in bad) echo "no such voice" >&2; exit 3;; mute) exit 0;; esac');
  must(await store.render([file('good.wav')]));
  t.same(store.uris([file('good.wav')]), [join(dir, 'good')]);
  const refused = problemsOf(
    await store.render([
      ...['good.wav', 'fake.wav', 'wide.wav', 'song.mp3', 'none.wav'].map(file),
      say('bad'),
      say('mute'),
      { kind: 'file', path: 'here.wav' },
    ]),
  );
  t.equal(refused.length, 7);
  const all = refused.join('\n');
  t.match(all, /fake\.wav this recorded prompt is not a WAV file/);
  t.match(all, /wide\.wav this recorded prompt is 16000 Hz with 1 channel\(s\); it must be 8000 Hz mono \(sox /);
  t.match(all, /song\.mp3 a recorded prompt must be a \.wav file/);
  t.match(all, /none\.wav this recorded prompt is missing/);
  t.match(all, /here\.wav a recorded prompt/);
  t.match(all, /« bad » cannot be spoken: the command failed: no such voice/);
  t.match(all, /« mute » cannot be spoken: the command wrote no file at all/);
  t.same(store.uris([say('bad'), file('none.wav')]), [], 'and a call leaves it out');
  t.notOk(
    readdirSync(join(dir, 'prompts')).some((name) => name.startsWith('part-')),
    'no half-made file stays',
  );
});

t.test('a command that is missing, wrong or hangs; a folder that cannot be', async (t) => {
  const dir = t.testdir({ file: 'x' });
  const open = (command: string[], folder = dir) => openPrompts({ dir: folder, command, log: silentLog });
  const none = must(open(['no-such-speech-command', '{text}', '{out}']));
  const missing = problemsOf(await none.render([say('un'), say('deux')]));
  t.equal(missing.length, 1, 'said once, not once for each text');
  t.match(missing[0], /no-such-speech-command the speech command cannot be run \(run scripts\/get-tools\.sh espeak-ng/);
  t.match(problemsOf(open(['espeak-ng', '{text}']))[0], /lacks \{out\}/);
  t.match(problemsOf(open([]))[0], /lacks \{text\} and \{out\}/);
  t.match(
    problemsOf(open(['x', '{text}', '{out}'], join(dir, 'file', 'sub')))[0],
    /prompts cannot be written here \[ENOTDIR\]/,
  );
  const hanging = must(openSpeaker([process.execPath, '-e', 'setInterval(() => {}, 1000)', '{text}', '{out}'], 300));
  t.match(problemsOf(await hanging.speak('x', 'fr', join(dir, 'o')))[0], /gave no answer in 0\.3 s/);
  t.equal(findEspeak({ PATH: dir }, dir), 'espeak-ng', 'nowhere: its name');
});

t.test('old files that nothing needs are removed, and made again when they are', async (t) => {
  const dir = t.testdir();
  const store = openIn(dir);
  must(await store.render([say('used'), say('unused')]));
  for (const name of ['used', 'unused']) utimesSync(store.fileOf(say(name)), 1000, 1000);
  t.equal(await store.prune([say('used')], 2_000_000), 1);
  t.ok(store.ready([say('used')]));
  t.notOk(store.ready([say('unused')]));
  t.equal(must(await store.render([say('unused')])).made, 1);
});

t.test('the pool: never more than its width, urgent first, a failure frees its place', async (t) => {
  const pool = openPool(2);
  const order: string[] = [];
  const gates: (() => void)[] = [];
  let inside = 0;
  const task = (name: string) => async () => {
    t.ok(++inside <= 2);
    order.push(name);
    await new Promise<void>((resolve) => gates.push(resolve));
    inside--;
    if (name === 'a') throw new Error('a fails');
  };
  const all = [
    pool(task('a')).catch(() => order.push('a failed')),
    pool(task('b')),
    pool(task('c')),
    pool(task('d'), true),
  ];
  const done = Promise.all(all);
  for (let opened = 0; opened < 4; opened++) {
    while (gates.length === 0) await new Promise((resolve) => setImmediate(resolve));
    gates.shift()?.();
  }
  await done;
  t.same(
    order.filter((name) => name !== 'a failed'),
    ['a', 'b', 'd', 'c'],
  );
});

t.test('pieces: an absurd pause is bounded, nothing to hear is no piece', async (t) => {
  t.same(piecesOf({ kind: 'pause', ms: 1e12 }), [{ kind: 'silence', ms: 60_000 }]);
  t.same(piecesOf({ kind: 'pause', ms: -5 }), []);
  t.same(piecesOf({ kind: 'pause', ms: 501 }), [{ kind: 'silence', ms: 520 }]);
  t.same(piecesOf(say(' \t\u0007 ')), []);
});
