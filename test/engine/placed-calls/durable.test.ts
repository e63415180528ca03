// What must not be lost of a call that the line places: when the disk refuses, when a row cannot be read, when a step or a listener throws.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import t from 'tap';
import { hangup } from '../../../server/domain/telephony/hangup.ts';
import { settled } from '../alerts/house.ts';
import { placing, room } from './rig.ts';

/** As another program would: the row itself. */
const change = (dir: string, sql: string, ...given: unknown[]) => {
  const db = new Sqlite(join(dir, 'vigie.db'));
  db.prepare(sql).run(...given);
  db.close();
};

t.test('placed on a full disk: rung at once, said to be unsaved, saved in its order once there is room', async (t) => {
  const { open, network, clock, ended, disk, placedCalls, recovered } = room(t);
  const placer = open();
  disk.full = true;
  for (const purpose of ['a.n1', 'b.n1']) placer.place(placing(purpose));
  await settled();
  t.equal(network.rung.length, 2, 'nobody waits for a disk');
  t.type(placer.saving.failingSince, 'number');
  t.equal(placer.saving.waiting('placed call'), 2);
  network.says({ type: 'leg-ended', leg: network.leg, hangup: hangup('declined'), at: clock.now() });
  t.match(ended, [{ of: 'b.n1', end: 'nobody', why: 'declined' }]);
  t.same(placedCalls.live(), []);
  disk.full = false;
  clock.advance(9000);
  t.match(placedCalls.live(), [{ id: 'a1' }], 'one goes on');
  t.match(placedCalls.get('a2'), { overAt: 1_000_000 }, 'and one is over');
  t.match(disk.written, ['placedCalls.save', 'placedCalls.save']);
  t.match(recovered, [/^2 placed call\(s\) went on unsaved/]);
  open();
  network.isBack({ 'a1.l1': 'ringing' }, clock.now());
  t.equal(network.rung.length, 2, 'the next server knows it, and rings nobody twice');
});

t.test('one row that cannot be read is set aside and told; the others go on', async (t) => {
  const { open, network, clock, ended, dir, placedCalls } = room(t);
  const placer = open();
  for (const purpose of ['a.n1', 'b.n1', 'c.n1']) placer.place(placing(purpose));
  await settled();
  placer.close();
  const left = JSON.stringify({ format: 99, call: { placing: placing('a.n1') } });
  change(dir, 'UPDATE own_calls SET state = ? WHERE id = ?', left, 'a1');
  change(dir, 'UPDATE own_calls SET state = ? WHERE id = ?', '{"format":1,"ca', 'a2');
  const next = open();
  t.equal(next.setAside, 2);
  t.match(next.live(), [{ id: 'a3' }]);
  network.isBack({ 'a1.l1': 'up', 'a2.l1': 'ringing', 'a3.l1': 'ringing' }, clock.now());
  t.same(network.dropped, ['a1.l1', 'a2.l1'], 'a telephone that nobody leads is put down');
  t.equal(network.rung.length, 3);
  next.keepOnly((purpose) => purpose !== 'b.n1');
  t.match(ended, [{ of: 'a.n1', end: 'nobody', why: /cannot be read/ }], 'whoever waits for it takes another way');
  network.says({ type: 'leg-ended', leg: 'a3.l1', hangup: hangup('busy'), at: clock.now() });
  t.match(ended[1], { of: 'c.n1', end: 'nobody', why: 'busy' });
  t.same(
    placedCalls.live().map(({ id }) => id),
    ['a1', 'a2'],
    'rows that cannot be read stay for whoever can',
  );
});

t.test('whoever had it placed and throws costs the call nothing, also on a timer', async (t) => {
  const { self, open, network, clock, placedCalls } = room(t);
  const broken = () => {
    throw new Error('planted');
  };
  self.listener = { ringing: broken, ended: broken };
  const placer = open();
  placer.place(placing());
  await settled();
  const { leg } = network;
  network.says({ type: 'leg-ringing', leg, at: clock.now() });
  t.equal(placer.live().length, 1);
  clock.advance(300_000);
  t.same(placer.live(), [], 'nobody answers, and it ends by its timer');
  t.same(placedCalls.live(), []);
});

t.test('a step that throws puts the telephone down, and whoever waits is told', async (t) => {
  const { self, open, network, clock, ended } = room(t);
  const placer = open();
  placer.place(placing());
  await settled();
  const { context } = self;
  self.context = () => {
    throw new Error('planted');
  };
  network.says({ type: 'leg-ringing', leg: network.leg, at: clock.now() });
  t.match(ended, [{ end: 'nobody', why: /a fault of ours/ }]);
  t.match(network.asked.at(-1), { type: 'hangup-leg', leg: network.leg });
  t.same(placer.live(), []);
  self.context = context;
  placer.place(placing());
  await settled();
  t.equal(network.rung.length, 2, 'it can be placed again');
});

t.test('a network that throws ends no process: the call ends by its timers', async (t) => {
  const { open, network, clock, ended } = room(t);
  const placer = open();
  network.onPerform = () => {
    throw new Error('planted');
  };
  placer.place(placing());
  await settled();
  t.equal(placer.live().length, 1);
  clock.advance(300_000);
  t.match(ended, [{ end: 'nobody' }]);
});
