// What may happen around a test call: sound lost one way, a number rewritten, real callers at the same moment, strangers, a server that is killed.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { FinishedCall } from '../../server/domain/call/record.ts';
import { until } from '../waiting.ts';
import { calls, edit, liveCalls, nobodyIsLeft, recordFrom } from './scene.ts';
import { nobodyRang, number, startSelfTestHouse } from './self-test-house.ts';

const { line, network, karim, lea, tests } = await startSelfTestHouse();
t.teardown(() => line.stop());
const over = (leaf = 'essai/appel', trunk = 'carrier-a') => tests('--line', number, '--trunk', trunk, '--leaf', leaf);

t.test('sound that is lost one way, in each direction', async (t) => {
  await network.spoils({ mute: 'in' });
  t.match(await over(), { code: 1, fault: { at: 'way', what: 'caller-unheard' } });
  await network.spoils({ mute: 'out' });
  t.match(await over(), { code: 1, fault: { at: 'way', what: 'line-unheard' } });
  await network.spoils({});
  t.match(await over(), { code: 0 });
  await nobodyIsLeft(line);
});

t.test('a carrier that shows another number for us: found out, and nobody was rung', async (t) => {
  await network.spoils({ shows: '+33612340000' });
  t.match(await over(), { code: 1, fault: { at: 'way', what: 'disguised', detail: '+33612340000' } });
  await network.spoils({});
  t.ok(nobodyRang(karim, lea));
  t.same(await line.api('/api/calls'), { calls: [] });
});

t.test('a carrier that does not bring our number to us', async (t) => {
  // Nobody has this number at the carrier any more.
  await network.brings(number);
  t.match(await over(), { code: 1, fault: { at: 'way', what: 'refused', detail: /404/ } });
  await network.brings(number, 'a');
});

/** A caller is served as on any day: menu, key, a telephone that rings, a talk. */
async function isServed(t: Test, from: string): Promise<void> {
  const caller = await calls(t, line, { from, to: number, via: 'a' });
  await caller.hears("Un pour l'astreinte");
  await caller.presses('1');
  const ring = await karim.rings();
  await ring.answers();
  await ring.hearsSound();
  await ring.presses('1');
  await caller.isTalkingTo(ring);
  await caller.hangsUp();
  await ring.isHungUp();
  t.match(await recordFrom(line, from), { outcome: 'talked', who: 'karim' });
}

t.test('a real caller in the same moment, and a stranger who shows our own number: both are served', async (t) => {
  const test = over('essai/appel', 'carrier-b');
  await Promise.all([isServed(t, '+33612345001'), test]);
  t.match(await test, { code: 0, state: 'passed' });
  // This one comes between the dialling and the code, and shows what the test shows.
  const second = over('essai/fin', 'carrier-b');
  const since = line.network.carriers.b.invites().length;
  await until('the test dials', () => (network.carriers.b.invites().length > since ? true : undefined));
  await isServed(t, number);
  t.match(await second, { code: 0, state: 'passed' });
  t.equal(lea.rung.length, 0);
});

t.test(
  'killed in the middle: at the door, in the flow, joined; nobody is rung, and the test is made again',
  async (t) => {
    const rung = karim.rung.length;
    for (const moment of ['door', 'flow', 'joined'] as const) {
      const since = network.carriers.b.invites().length;
      const test = over('essai/appel', 'carrier-b');
      await until('the test dials', () => (network.carriers.b.invites().length > since ? true : undefined));
      if (moment !== 'door')
        await until('it is there', async () => {
          const [call] = await liveCalls(line);
          return call && (moment === 'flow' || call.phase === 'talking') ? true : undefined;
        });
      await line.server.kill();
      await line.server.start();
      t.match(await test, { code: 1, state: 'skipped', fault: { at: 'ours', what: 'interrupted' } }, moment);
      await nobodyIsLeft(line);
    }
    t.match(await over(), { code: 0, state: 'passed' }, 'and then all is well');
    t.equal(karim.rung.length, rung);
    t.equal(lea.rung.length, 0);
  },
);

t.test('Asterisk killed in the middle', async (t) => {
  const since = network.carriers.b.invites().length;
  const test = over('essai/appel', 'carrier-b');
  await until('the test dials', () => (network.carriers.b.invites().length > since ? true : undefined));
  process.kill(line.asterisk().pid, 'SIGKILL');
  await line.asterisk().exited;
  await line.startAsterisk();
  t.match(await test, { code: 1, state: 'skipped', fault: { what: 'interrupted' } });
  await until('tests go on', async () => ((await over()).code === 0 ? true : undefined));
});

t.test('a menu that was changed: the leaf it led to cannot be tested any more, the others can', async (t) => {
  edit(join(line.files.flows, 'essai.yaml'), (text) => text.replace(', "4": code }', ' }'));
  await until('the edit is taken in', async () => {
    const { fault } = await over('essai/appel-code');
    return fault?.what === 'not-planned' ? true : undefined;
  });
  t.match(await over('essai/fin'), { code: 0 });
});

t.test(
  'nobody is on record who was not there: a test cut off at the door, or disguised, is no caller who left',
  async (t) => {
    const unled = async () => {
      const { calls } = await line.api<{ calls: FinishedCall[] }>('/api/calls?limit=100');
      return calls.flatMap(({ flowVersion, caller }) => (flowVersion === 'unled' ? caller : []));
    };
    // What was written down until now is looked at within two rounds of ten seconds; a caller who is stuck at the door tells when.
    await line.server.kill('SIGSTOP');
    const caller = await calls(t, line, { from: '+33612345009', to: number });
    await wait(300);
    await caller.hangsUp();
    await line.server.kill('SIGKILL');
    await line.server.start();
    const found = async () => ((await unled()).length > 0 ? true : undefined);
    await until('the caller who left is on record', found);
    t.same(await unled(), ['+33612345009']);
  },
);
