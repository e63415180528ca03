// What must not be lost of a test of the line, nor cost a caller anything: when the disk refuses, when a row cannot be read, when a step,
// a network or whoever listens throws.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import t, { type Test } from 'tap';
import type { TestRow } from '../../../server/domain/self-test/record.ts';
import { oneFlow } from '../../domain/flow/story.ts';
import { Loop } from '../../domain/self-test/loop.ts';
import { Disk } from '../alerts/disk.ts';

const flow = oneFlow('start: fin\nnodes:\n  fin: { kind: hangup, say: Au revoir. }\n');
const number = '+33199001000';
const hourly = { ...flow, selfTest: { everyMs: 3_600_000, zone: 'Europe/Paris' } };
const ordered = (id: string, wanted: TestRow['wanted'] = {}): TestRow => ({
  id,
  state: 'asked',
  wanted,
  askedAt: 1,
  story: [],
});
const begin = (t: Test, flows = hourly as typeof flow, disk = new Disk()) => {
  const loop = new Loop(flows, disk.through);
  t.teardown(() => loop.end());
  return { loop, disk };
};
/** As another program would: the row itself. */
const change = ({ dir }: Loop, sql: string, ...given: unknown[]) => {
  const db = new Sqlite(join(dir, 'vigie.db'));
  db.prepare(sql).run(...given);
  db.close();
};
const states = (loop: Loop) => loop.store.selfTests.latest(9).map(({ state }) => state);

t.test('on a full disk: made once and told, said to be unsaved, saved in its order once there is room', async (t) => {
  const { loop, disk } = begin(t);
  loop.carrier = 'refuses';
  disk.full = true;
  await loop.passes(10);
  t.equal(loop.dialled.length, 2, 'the schedule holds: the miss is looked at again soon');
  t.match(loop.raised, [{ reason: /par a : 2 essais manqués/ }], 'and the alarm waits for no disk');
  t.same(loop.rows, [false]);
  t.type(loop.saving.failingSince, 'number');
  t.same([states(loop), loop.store.selfTests.series()], [[], []]);
  disk.full = false;
  await loop.passes(0.2);
  t.same(states(loop), ['missed', 'missed']);
  t.match(loop.store.selfTests.series(), [{ subject: `way ${number} a`, misses: 2, alert: loop.raised[0]?.id }]);
  t.match(loop.store.inbox.inbox(0, 9), [{ kind: 'raise' }], 'a row, with what it follows from');
  t.equal(loop.saving.failingSince, undefined);
  t.match(loop.recovered, [/2 self test\(s\)/]);
  loop.restart();
  loop.carrier = 'brings';
  await loop.passes(130);
  t.same(loop.closed, [loop.raised[0]?.id], 'the next server knows of the alert, and closes it');
  t.same(loop.rows, [false, true]);
});

t.test('ordered, and then the disk is full: made once, not again and again', async (t) => {
  const { loop, disk } = begin(t, flow);
  loop.store.selfTests.save(ordered('x', { trunk: 'b' }));
  disk.full = true;
  await loop.passes(5);
  t.equal(loop.dialled.length, 1);
  t.match(loop.store.selfTests.get('x'), { state: 'asked' });
  disk.full = false;
  await loop.passes(0.2);
  t.match(loop.store.selfTests.get('x'), { state: 'passed', trunk: 'b' });
});

t.test('one that cannot be planned on a full disk ends no process, and is told later', async (t) => {
  const { loop, disk } = begin(t, flow);
  loop.store.selfTests.save(ordered('x', { leaf: 'essai/nulle-part' }));
  disk.full = true;
  await loop.passes(1);
  disk.full = false;
  await loop.passes(0.2);
  t.match(loop.store.selfTests.get('x'), { state: 'skipped', fault: { what: 'not-planned' } });
});

t.test('rows that cannot be read are set aside; the others are made, and theirs stay', async (t) => {
  const { loop } = begin(t, flow);
  for (const id of ['w', 'x', 'y']) loop.store.selfTests.save(ordered(id));
  loop.store.selfTests.save({ ...ordered('z'), state: 'running', startedAt: 1, carrier: 'asterisk' });
  const newer = '{"format":99,"id":"w"}';
  change(loop, 'UPDATE self_tests SET body = ? WHERE id = ?', newer, 'w');
  change(loop, 'UPDATE self_tests SET body = ? WHERE id = ?', '{"format":1,"id":"z', 'z');
  loop.restart();
  await loop.passes(1);
  t.equal(loop.tester.setAside, 2);
  t.match(loop.store.selfTests.get('x'), { state: 'passed' });
  t.match(loop.store.selfTests.get('y'), { state: 'passed' });
  t.same(
    loop.store.selfTests.latest(9).map(({ id }) => id),
    ['y', 'x'],
  );
  t.throws(() => loop.store.selfTests.get('w'), /newer server/);
  t.same(
    loop.store.selfTests.asked().map(({ state }) => state),
    [newer],
  );
});

t.test('a series that cannot be read counts as never tested, and is so next', async (t) => {
  const { loop } = begin(t, hourly);
  await loop.passes(62);
  t.same(
    loop.dialled.map(({ trunk }) => trunk),
    ['a', 'b'],
  );
  change(loop, 'UPDATE self_test_series SET body = ? WHERE subject = ?', '{"format":99}', `way ${number} b`);
  await loop.passes(60);
  t.equal(loop.dialled.at(-1)?.trunk, 'b');
  t.match(
    loop.store.selfTests.series().map(({ subject }) => subject),
    [/leaf/, `way ${number} a`, `way ${number} b`],
    'and on record again',
  );
});

t.test('a network that throws: nothing happens there, and the test says so by its own clock', async (t) => {
  const { loop } = begin(t, flow);
  loop.carrier = 'fails';
  loop.store.selfTests.save(ordered('x'));
  await loop.passes(2);
  t.match(loop.store.selfTests.get('x'), { state: 'missed', fault: { what: 'not-back' } });
});

t.test('whoever is told and throws costs no test anything; the alert is a row all the same', async (t) => {
  const { loop } = begin(t);
  loop.carrier = 'refuses';
  loop.deaf = true;
  await loop.passes(10);
  t.same(loop.raised, []);
  t.match(loop.store.inbox.inbox(0, 9), [{ kind: 'raise' }]);
  t.same(states(loop), ['missed', 'missed']);
  loop.carrier = 'brings';
  await loop.passes(60);
  t.equal(states(loop)[0], 'passed', 'the schedule goes on');
});

t.test('a step that throws: the test is broken off, and whoever stands at the door is let in', async (t) => {
  const { loop } = begin(t, flow);
  loop.carrier = 'loses';
  loop.store.selfTests.save(ordered('x'));
  await loop.passes(0.05);
  t.ok(loop.arrives('someone', '+33612345678'), 'kept at the door: it may be us under another number');
  const caller = `${loop.store.selfTests.running()[0]?.id}.caller`;
  const spoilt = { type: 'ended', channel: caller, at: loop.clock.now(), hangup: undefined } as unknown;
  loop.says(spoilt as Parameters<typeof loop.says>[0]);
  t.same(loop.hungUp, [caller], 'our own leg first: it rings nobody');
  await loop.passes(1);
  t.same(loop.admitted, ['someone']);
  t.match(loop.store.selfTests.get('x'), { state: 'skipped', fault: { what: 'interrupted' } });
  loop.carrier = 'brings';
  loop.store.selfTests.save(ordered('y'));
  await loop.passes(1);
  t.match(loop.store.selfTests.get('y'), { state: 'passed' }, 'and the next one is made');
});

t.test('killed, and its network does not come back: it ends by itself, and holds up no other', async (t) => {
  const { loop } = begin(t, flow);
  loop.carrier = 'loses';
  loop.store.selfTests.save(ordered('x'));
  await loop.passes(0.05);
  loop.restart(2000, false);
  loop.carrier = 'brings';
  loop.store.selfTests.save(ordered('y'));
  await loop.passes(0.5);
  t.match(loop.store.selfTests.get('x'), { state: 'running' }, 'it may still be at the door');
  await loop.passes(1);
  t.match(loop.store.selfTests.get('x'), { state: 'skipped', fault: { what: 'interrupted' } });
  t.match(loop.store.selfTests.get('y'), { state: 'passed' });
});

t.test('a miss that was seen before the server died stays one', async (t) => {
  const { loop } = begin(t, flow);
  loop.carrier = 'refuses';
  loop.store.selfTests.save(ordered('x'));
  await loop.passes(1 / 60);
  t.match(loop.store.selfTests.get('x'), { state: 'running', fault: { what: 'refused' } });
  loop.restart(1000);
  await loop.passes(1);
  t.match(loop.store.selfTests.get('x'), { state: 'missed', fault: { what: 'refused' } });
  t.match(loop.store.selfTests.series(), [{ misses: 1 }]);
});
