// Whatever dies, the caller is not lost: the server killed in every state, dead for long, Asterisk killed.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { lastResortTexts } from '../../server/networks/asterisk/render/last-resort.ts';
import { tone } from '../network/audio.ts';
import type { Caller } from '../network/network.ts';
import type { Ring } from '../network/phone.ts';
import { until } from '../waiting.ts';
import {
  calls,
  edit,
  kept,
  liveCalls,
  neverLeftInSilence,
  nobodyIsLeft,
  recordFrom,
  startScene,
  vigie,
} from './scene.ts';

/** The menu waits a minute for a key: who hears it again before that is told by a server that came back, not by the menu's own time. */
const line = await startScene({
  prepare: ({ flows }) =>
    edit(join(flows, 'etapes.yaml'), (text) => text.replace('kind: menu', 'kind: menu\n    wait: 60')),
});
t.teardown(() => line.stop());
const { network } = line;
const stages = '+33199002010';
const phone = (last: string, name: string) => network.phone(`+336399810${last}`, name);
const quentin = phone('71', 'Quentin');
const rose = phone('72', 'Rose');
const simon = phone('73', 'Simon');

async function begins(t: Test, from: string): Promise<Caller> {
  const caller = await calls(t, line, { from, to: stages });
  await caller.hears('Première étape');
  return caller;
}

/** Whether the server leads a caller who comes now, and not the last-resort route. */
async function isServed(t: Test, from: string): Promise<boolean> {
  const caller = await calls(t, line, { from, to: stages });
  const byServer = caller.hears('Première étape').then(() => true);
  const byRoute = caller.hears(lastResortTexts.welcome).then(() => false);
  const served = await Promise.race([byServer, byRoute]).catch(() => false);
  if (!caller.isOver) await caller.hangsUp();
  return served;
}

async function takes(ring: Ring): Promise<void> {
  await ring.answers();
  await ring.hearsSound();
  await ring.presses('1');
}

t.test('the server is killed while one talks, two phones ring and one listens to a menu', async (t) => {
  const from = (n: number) => `+3361234910${n}`;
  const talking = await begins(t, from(1));
  await talking.presses('2');
  const bridged = await quentin.rings();
  await takes(bridged);
  await talking.isTalkingTo(bridged);

  const waiting = await begins(t, from(2));
  await waiting.presses('2');
  const ringing = await rose.rings();

  const lucky = await begins(t, from(3));
  await lucky.presses('2');
  const answering = await simon.rings();

  const inMenu = await calls(t, line, { from: from(4), to: stages });
  await inMenu.hears('Première étape', { whole: true });
  await line.server.kill('SIGKILL');

  // Nobody is dropped while the server is dead, and a phone may be answered.
  await answering.answers();
  await talking.isTalkingTo(bridged);
  for (const one of [talking, waiting, lucky, inMenu, bridged, ringing, answering])
    t.notOk(one.isOver, `${one.who} stays`);

  await line.server.start();
  // Whoever answered meanwhile is asked now, and joined on the key; whoever was in the menu hears it again.
  await Promise.all([inMenu.hears('Première étape'), answering.hears("Pour prendre l'appel")]);
  await answering.presses('1');
  await lucky.isTalkingTo(answering);

  // The phone that rang rings on: it was not called a second time.
  rose.isNotRung();
  simon.isNotRung();
  quentin.isNotRung();
  await takes(ringing);
  await waiting.isTalkingTo(ringing);
  await talking.isTalkingTo(bridged);
  await inMenu.presses('3');
  await inMenu.hears('Dites ce qui se passe');
  neverLeftInSilence(t, line, talking, waiting, lucky);

  for (const caller of [talking, waiting, lucky, inMenu]) await caller.hangsUp();
  const records = await Promise.all([1, 2, 3, 4].map((n) => recordFrom(line, from(n))));
  t.same(
    records.map(({ outcome, who }) => [outcome, who ?? '']),
    [
      ['talked', 'quentin'],
      ['talked', 'rose'],
      ['talked', 'simon'],
      ['hung-up', ''],
    ],
  );
  t.same(
    records.map(({ legs }) => legs.filter(({ cause }) => cause !== 'occupied').length),
    [1, 1, 1, 0],
    'each phone was called once',
  );
  await nobodyIsLeft(line);
});

t.test('a caller who hangs up, and a talk that ends, while the server is dead: both are on record', async (t) => {
  const talking = await begins(t, '+33612349201');
  await talking.presses('2');
  const ring = await quentin.rings();
  await takes(ring);
  await talking.isTalkingTo(ring);
  const impatient = await begins(t, '+33612349202');
  await impatient.presses('2');
  const second = await rose.rings();
  await line.server.kill('SIGKILL');
  await talking.hangsUp();
  await impatient.hangsUp();
  await line.server.start();
  // Their phones do not ring or wait for ever.
  await ring.isHungUp();
  await second.isHungUp();
  const [one, other] = await Promise.all(['+33612349201', '+33612349202'].map((from) => recordFrom(line, from)));
  t.equal(one?.outcome, 'talked');
  t.equal(one?.who, 'quentin');
  t.equal(other?.outcome, 'lost', 'nobody saw how it ended');
  t.equal(kept(line, 'alerts_raised', other?.id ?? '').length, 1);
  t.same(await liveCalls(line), []);
});

t.test(
  'who comes and leaves while the server is stuck, and killed before it hears of them, is on record all the same',
  async (t) => {
    const numbers = ['+33612349231', '+33612349232'] as const;
    await line.server.kill('SIGSTOP');
    const [brief, patient] = await Promise.all(numbers.map((from) => calls(t, line, { from, to: stages })));
    await wait(500);
    await brief?.hangsUp();
    await wait(5000);
    await patient?.hangsUp();
    await line.server.kill('SIGKILL');
    await line.server.start();
    const records = await Promise.all(
      numbers.map((from) =>
        until(`the call of ${from} is on record`, () => recordFrom(line, from).catch(() => undefined)),
      ),
    );
    for (const { outcome, called, legs, notes } of records) {
      t.equal(outcome, 'hung-up');
      t.equal(called, stages);
      t.same(legs, [], 'nobody was rung');
      t.match(notes, [/left before a server led their call/]);
    }
    t.same(
      records.map(({ id }) => kept(line, 'alerts_raised', id).length),
      [0, 1],
      'whoever waited is called back',
    );
    t.equal((await vigie(line.env, 'call', records[1]?.id ?? '')).code, 0);
  },
);

t.test('the server is killed under callers who leave a message: each message is kept', async (t) => {
  const numbers = ['+33612349251', '+33612349252', '+33612349253'] as const;
  const speaks = async (from: string): Promise<Caller> => {
    const caller = await begins(t, from);
    await caller.presses('3');
    await caller.hears('Dites ce qui se passe', { whole: true });
    await caller.says(tone(700, 3000));
    return caller;
  };
  const [patient, finished, gone] = await Promise.all([speaks(numbers[0]), speaks(numbers[1]), speaks(numbers[2])]);
  await line.server.kill('SIGKILL');
  // One talks on, one ends with the key that ends a message, one hangs up.
  await Promise.all([patient.says(tone(700, 2000)), finished.presses('#'), gone.hangsUp()]);
  await line.server.start();
  await finished.hears('Fin de la dernière étape');
  await patient.says(tone(700, 1000));
  await patient.presses('#');
  await patient.hears('Fin de la dernière étape');
  const records = await Promise.all(numbers.map((from) => recordFrom(line, from)));
  t.same(
    records.map(({ outcome }) => outcome),
    ['message', 'message', 'message'],
  );
  const seconds = records.map(({ id, recording = '' }) => {
    t.match(recording, id, 'the record names its file');
    return statSync(recording).size / 16_000;
  });
  // The first words fall into the signal tone, and a key or a hang-up comes right behind the last ones.
  t.ok(Math.min(...seconds) > 1.5, `what was said before is kept: ${seconds.map((one) => one.toFixed(1))} s`);
  t.ok((seconds[0] ?? 0) - Math.max(...seconds.slice(1)) > 1.5, 'what was said while the server was dead, too');
  await nobodyIsLeft(line);
});

t.test('the server is dead: the last-resort route reaches a person, who takes the call with 1', async (t) => {
  const from = '+33612349301';
  await line.server.kill('SIGKILL');
  const caller = await calls(t, line, { from, to: stages });
  await caller.hears(lastResortTexts.welcome);
  const ring = await quentin.rings();
  await ring.answers();
  await ring.hears(lastResortTexts.announce);
  await caller.isNotTalkingTo(ring);
  await ring.presses('1');
  await caller.isTalkingTo(ring);
  neverLeftInSilence(t, line, caller);
  await caller.hangsUp();

  // Nobody takes this one: a message.
  for (const one of [quentin, rose, simon]) one.behaves('busy');
  const alone = await calls(t, line, { from: '+33612349302', to: stages });
  await alone.hears(lastResortTexts.message, { whole: true });
  neverLeftInSilence(t, line, alone);
  await alone.hearsPause(500);
  await alone.says(tone(700, 3000));
  await alone.hangsUp();
  for (const one of [quentin, rose, simon]) {
    t.equal(one.rung.at(-1)?.shows, stages);
    one.behaves('rings');
  }

  await line.server.start();
  const taken = await recordFrom(line, from);
  t.equal(taken.outcome, 'talked');
  t.equal(taken.who, 'quentin');
  const left = await recordFrom(line, '+33612349302');
  t.equal(left.outcome, 'message');
  t.match(left.recording, /\.wav$/);
  const told = await vigie(line.env, 'calls', '--json');
  t.equal(told.code, 0);
  const ids = (JSON.parse(told.out) as { id: string }[]).map(({ id }) => id);
  t.ok(ids.includes(taken.id) && ids.includes(left.id), 'vigie calls lists both');
});

t.test(
  'the server hangs with its socket open: new callers take the last-resort route, nobody waits in the air',
  async (t) => {
    await line.server.kill('SIGSTOP');
    t.teardown(() => line.server.kill('SIGCONT'));
    // Its last heartbeat must be too old to be believed: four seconds.
    await wait(4500);
    const caller = await calls(t, line, { from: '+33612349401', to: stages });
    await caller.hears(lastResortTexts.welcome);
    // The phones claimed above were busy ones: the next call is this one's.
    const ring = await until('Quentin rings', () =>
      quentin.rung.at(-1)?.isOver === false ? quentin.rung.at(-1) : undefined,
    );
    await ring.answers();
    await ring.hears(lastResortTexts.announce);
    await ring.presses('1');
    await caller.isTalkingTo(ring);
    neverLeftInSilence(t, line, caller);
    await caller.hangsUp();
    await line.server.kill('SIGCONT');
    await until('the server takes calls again', () => isServed(t, '+33612349402'));
  },
);

t.test(
  'Asterisk is killed: served again within seconds of its return, the lost call is flagged and alerted',
  async (t) => {
    const from = '+33612349501';
    const caller = await begins(t, from);
    await caller.presses('2');
    await until('somebody rings', () =>
      [quentin, rose, simon].some((one) => one.rung.at(-1)?.isOver === false) ? true : undefined,
    );
    process.kill(line.asterisk().pid, 'SIGKILL');
    await line.asterisk().exited;
    await line.startAsterisk();
    const back = Date.now();
    await until('a new caller is served', () => isServed(t, '+33612349502'));
    t.comment(
      `served ${((Date.now() - back) / 1000).toFixed(1)} s after Asterisk's return; \`make faults\` holds it to its goal`,
    );
    const record = await recordFrom(line, from);
    t.equal(record.outcome, 'lost');
    t.equal(kept(line, 'alerts_raised', record.id).length, 1);
    await nobodyIsLeft(line);
  },
);
