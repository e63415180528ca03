// Callers who speak, on the wire: their sound goes through Asterisk to a speech server, which hears it and nothing else; and that server in every trouble.
import t, { type Test } from 'tap';
import { vigie } from '../cli/vigie.ts';
import type { Caller } from '../network/network.ts';
import { type Mood, startSpeechServer } from '../networks/speech/server.ts';
import { spoken } from '../networks/speech/voice.ts';
import { until } from '../waiting.ts';
import { startLine } from './line.ts';
import { calls, kept, neverLeftInSilence, nobodyIsLeft, recordFrom } from './scene.ts';

const words = await spoken(['fuite', 'pas de fuite', 'facture', 'bonjour madame']);
const speech = await startSpeechServer(words);
const line = await startLine({
  flows: 'test/line/listen-house/flows',
  plannings: 'test/line/listen-house/plannings',
  env: { VIGIE_SPEECH_URL: speech.url },
});
t.teardown(async () => {
  await line.stop();
  await speech.stop();
});

const question = 'En un mot, dites-nous';
const urgent = 'Une fuite est une urgence';
const later = 'La comptabilité vous rappellera';
const menu = 'Tapez un pour une urgence';
const nothing = 'Vous ne nous avez rien demandé';
const numbers = { ecoute: '+33199005001', touches: '+33199005002' };

let callers = 0;
async function call(t: Test, to: keyof typeof numbers = 'ecoute'): Promise<{ caller: Caller; from: string }> {
  const from = `+336123450${String(10 + callers++)}`;
  return { caller: await calls(t, line, { from, to: numbers[to] }), from };
}

const notesOf = ({ path }: Awaited<ReturnType<typeof recordFrom>>) => path.flatMap(({ note }) => note ?? []);

/** Ends the story: the caller was never left in silence, and is on record. */
async function recorded(t: Test, { caller, from }: { caller: Caller; from: string }) {
  await caller.isHungUp();
  neverLeftInSilence(t, line, caller);
  return recordFrom(line, from);
}

// Stories with callers of their own go on side by side: most of each is waiting.
t.jobs = 4;

t.test('« fuite » is understood, and stands on record', async (t) => {
  const one = await call(t);
  await one.caller.hears(question, { whole: true });
  await one.caller.says(words.fuite);
  await one.caller.hears(urgent);
  const record = await recorded(t, one);
  t.equal(record.values.dit, 'fuite');
  t.match(notesOf(record), ['« fuite »']);
});

t.test('« pas de fuite » is no leak', async (t) => {
  const one = await call(t);
  await one.caller.hears(question, { whole: true });
  await one.caller.says(words['pas de fuite']);
  await one.caller.hears(menu);
  await one.caller.presses('2');
  await one.caller.hears(later);
  const record = await recorded(t, one);
  t.equal(record.values.dit, 'pas de fuite');
});

t.test('nobody speaks: the keys are asked for, and nobody waits in silence', async (t) => {
  const one = await call(t);
  await one.caller.hears(question, { whole: true });
  await one.caller.hears(menu);
  await one.caller.hears(nothing);
  t.ok(notesOf(await recorded(t, one)).includes('no input'));
});

t.test('a key in place of a word answers the menu that follows, even before anything was asked', async (t) => {
  const one = await call(t);
  await one.caller.hears(question);
  await one.caller.presses('1');
  await one.caller.hears(urgent);
  const record = await recorded(t, one);
  t.match(
    record.path.filter(({ keyed }) => keyed),
    [{ node: 'menu', keyed: '1' }],
  );

  const hasty = await call(t);
  await hasty.caller.hears('Bonjour et bienvenue');
  await hasty.caller.presses('2');
  await hasty.caller.hears(later);
  const before = (await recorded(t, hasty)).path.map(({ node }) => node);
  t.same([...new Set(before)], ['accueil', 'ecoute', 'menu', 'facture']);
  t.notMatch(JSON.stringify(hasty.caller.heard()), /En un mot|Tapez un/, 'and is asked nothing');
});

t.test('a word said over the question stops it', async (t) => {
  const one = await call(t);
  await one.caller.hears(question);
  await one.caller.says(words.facture);
  await one.caller.hears(later);
  await recorded(t, one);
});

t.test(
  'where the question must be heard, what is said over it does not count; a key of the node answers',
  async (t) => {
    const talks = await call(t, 'touches');
    const asked = 'Dites ce qui se passe';
    await talks.caller.hears(asked);
    await talks.caller.says(words.fuite);
    await talks.caller.hearsPause();
    await talks.caller.says(words.facture);
    await talks.caller.hears(later);
    await recorded(t, talks);
    const types = await call(t, 'touches');
    await types.caller.hears(asked, { whole: true });
    await types.caller.presses('1');
    await types.caller.hears(urgent);
    t.match((await recorded(t, types)).path.at(-2), { node: 'ecoute', keyed: '1' });
  },
);

t.test(
  'the server dies while it listens: its successor asks again, and understands',
  { buffered: false },
  async (t) => {
    const one = await call(t);
    await one.caller.hears(question, { whole: true });
    await line.server.kill();
    await line.server.start();
    await one.caller.hears(question, { whole: true });
    await one.caller.says(words.fuite);
    await one.caller.hears(urgent);
    t.equal((await recorded(t, one)).values.dit, 'fuite');
  },
);

t.test('a speech server in trouble costs no call', { buffered: false }, async (t) => {
  t.jobs = 1;
  const troubles: Record<Exclude<Mood, 'well'> | 'down', RegExp> = {
    mute: /did not answer/,
    nonsense: /Vosk/,
    megabytes: /payload|size/i,
    flood: /without being asked/,
    refusing: /403/,
    stuck: /no connection within/,
    dying: /in the middle/,
    down: /ECONNREFUSED/,
  };
  for (const [mood, why] of Object.entries(troubles)) {
    await t.test(mood, async (t) => {
      if (mood === 'down') await speech.stop();
      else speech.mood = mood as Mood;
      const one = await call(t);
      if (mood === 'dying' || mood === 'mute') {
        await one.caller.hears(question, { whole: true });
        await one.caller.says(words['pas de fuite']);
      }
      await one.caller.hears(menu);
      await one.caller.presses('1');
      await one.caller.hears(urgent);
      const record = await recorded(t, one);
      const told = notesOf(record).find((note) => note.startsWith('speech failed: '));
      t.match(told, why, 'it is on record');
      t.match(kept(line, 'warnings', record.id), [{ subject: 'speech', message: why }], 'and told to the admin');
    });
  }
});

t.test('a key of the node is waited for where nobody can listen', { buffered: false }, async (t) => {
  const one = await call(t, 'touches');
  await one.caller.hears('Dites ce qui se passe', { whole: true });
  await one.caller.presses('1');
  await one.caller.hears(urgent);
  t.match((await recorded(t, one)).path.at(-2), { node: 'ecoute', keyed: '1' });
});

t.test('the doctor knows, and nothing is left', { buffered: false }, async (t) => {
  const doctor = async () => {
    const { out } = await vigie({ ...line.env, VIGIE_HTTP_PORT: String(line.server.http) }, ['doctor', '--json']);
    const { findings } = JSON.parse(out) as { findings: { check: string; state: string; mend?: { fr: string } }[] };
    return findings.find(({ check }) => check === 'listen');
  };
  t.match(await doctor(), { state: 'bad', mend: { fr: /VIGIE_SPEECH_URL/ } });
  const again = await startSpeechServer(words, Number(new URL(speech.url).port));
  t.match(await doctor(), { state: 'good' });
  await nobodyIsLeft(line);
  const { VIGIE_ARI_URL: url, VIGIE_ARI_PASSWORD: password } = line.env;
  const authorization = `Basic ${Buffer.from(`vigie:${password}`).toString('base64')}`;
  await until('Asterisk holds nothing', async () => {
    const held = await Promise.all(
      ['channels', 'bridges'].map(async (kind) =>
        (await fetch(`${url}/ari/${kind}`, { headers: { authorization } })).json(),
      ),
    );
    return held.flat().length === 0 ? true : undefined;
  });
  t.equal(again.open(), 0, 'no connection to the speech server');
  await again.stop();
});
