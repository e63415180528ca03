// What must not be lost of an alert: when the disk refuses, when a row cannot be read, when what came in cannot be worked on.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import t from 'tap';
import { usualPolicies } from '../../../server/domain/alert/policy.ts';
import { Disk } from './disk.ts';
import { lea, openRoom, pass, settled } from './house.ts';

const raise = (id: string, more: object = {}) => ({
  id,
  at: 0,
  reason: `Personne n'a pris l'appel ${id}.`,
  target: { planning: 'garde' },
  ...more,
});
/** As another program would: the row itself. */
const change = (dir: string, sql: string, ...given: unknown[]) => {
  const db = new Sqlite(join(dir, 'vigie.db'));
  db.prepare(sql).run(...given);
  db.close();
};

t.test('raised on a full disk: told at once, said to be unsaved, saved in its order once there is room', async (t) => {
  const disk = new Disk();
  const room = openRoom({ through: disk.through });
  t.teardown(room.remove);
  room.leader.start();
  disk.full = true;
  for (const id of ['c1.e1', 'c2.e1', 'c3.e1']) room.alerting.raise(raise(id));
  await settled();
  t.same(
    room.sms.seen.map(({ to }) => to),
    [lea.sms, lea.sms, lea.sms],
    'nobody waits for a disk',
  );
  t.type(room.saving.failingSince, 'number');
  t.equal(room.saving.waiting('alert'), 3);
  t.same(room.store.alerts.list({ all: true, limit: 9 }), []);
  disk.full = false;
  await pass(room.clock, 9);
  t.same(
    room.store.alerts.list({ all: true, limit: 9 }).map(({ id }) => id),
    ['c3.e1', 'c2.e1', 'c1.e1'],
  );
  t.equal(room.saving.failingSince, undefined);
  t.match(room.recovered, [/^3 alert\(s\), 3 SMS\(s\) went on unsaved for \d+ s/]);
  t.same(room.store.inbox.inbox(0, 9), [], 'what was done already is not done again');
  room.dies();
  const next = openRoom({ dir: room.dir, clock: room.clock });
  next.leader.start();
  t.equal(next.alerting.live().length, 3, 'and the next server has them');
  await pass(room.clock, 300);
  t.equal(next.sms.seen.length, 3, 'with their reminders');
  next.close();
});

t.test('a step that the disk refuses is written with the next that it takes', async (t) => {
  const disk = new Disk();
  const room = openRoom({ through: disk.through });
  t.teardown(room.remove);
  room.leader.start();
  room.alerting.raise(raise('c1.e1'));
  await settled();
  disk.full = true;
  room.alerting.act('1', { type: 'taken', who: { person: 'lea', name: 'Lea' }, by: 'api' });
  t.equal(room.store.alerts.get('1')?.phase, 'open', 'the row is the one before');
  t.equal(room.alerting.find('1')?.phase, 'held', 'whoever asks is told what is');
  disk.full = false;
  room.alerting.raise(raise('c2.e1'));
  t.match(room.store.alerts.get('1'), { phase: 'held', holder: { person: 'lea' } });
  room.close();
});

t.test('one row that cannot be read is set aside and told; the others are led', async (t) => {
  const room = openRoom();
  t.teardown(room.remove);
  room.leader.start();
  for (const id of ['c1.e1', 'c2.e1', 'c3.e1']) room.alerting.raise(raise(id));
  await settled();
  room.dies();
  const spoilt = JSON.stringify({
    format: 99,
    alert: { reason: 'Fuite', about: { call: 'c1' }, target: { person: 'marc' } },
  });
  change(room.dir, 'UPDATE alerts SET state = ? WHERE id = ?', spoilt, 'c1.e1');
  change(room.dir, 'UPDATE alerts SET state = ? WHERE id = ?', '{"format":1,"aler', 'c2.e1');
  for (const start of ['first', 'second']) {
    const next = openRoom({ dir: room.dir, clock: room.clock });
    next.leader.start();
    await settled();
    t.ok(next.alerting.leading);
    t.equal(next.alerting.setAside, 2, `the ${start} start tells of both`);
    t.match(
      next.alerting.live().map(({ id }) => id),
      ['c3.e1', 'c1.e1.unread', 'c2.e1.unread'],
      'each is an urgency all the same, once',
    );
    t.match(next.alerting.find('c1.e1.unread'), { reason: /Fuite/, about: { call: 'c1' }, target: { person: 'marc' } });
    t.throws(() => next.store.alerts.get('c1.e1'), /a newer server wrote it/);
    t.same(next.store.alerts.list({ all: true, limit: 9 }).length, 3, 'a list shows those that can be read');
    next.dies();
  }
});

t.test('a row of the inbox stays until its work is saved', async (t) => {
  const disk = new Disk();
  const room = openRoom({ through: disk.through });
  t.teardown(room.remove);
  room.store.inbox.post('raise', JSON.stringify(raise('c1.e1')));
  disk.full = true;
  room.leader.start();
  await settled();
  t.equal(room.sms.seen.length, 1, 'told');
  t.equal(room.store.inbox.inbox(0, 9).length, 1, 'and not gone');
  room.dies();
  const next = openRoom({ dir: room.dir, clock: room.clock });
  next.leader.start();
  await settled();
  t.equal(next.alerting.live().length, 1, 'a death in between loses nothing');
  t.same(next.store.inbox.inbox(0, 9), []);
  next.close();
});

t.test('what cannot be worked on stays, is told, is tried again, and holds up nobody', async (t) => {
  let broken = true;
  const policies = () => {
    if (broken) throw new Error('planted');
    return usualPolicies;
  };
  const room = openRoom({ policiesNow: policies });
  t.teardown(room.remove);
  room.store.inbox.post('from a newer server', '{}');
  room.store.inbox.post('raise', '{"id":7}');
  room.store.inbox.post('raise', '{"id"');
  room.leader.start();
  room.alerting.raise(raise('c1.e1'));
  await settled();
  t.equal(room.alerting.setAside, 4);
  broken = false;
  room.alerting.raise(raise('c2.e1'));
  await settled();
  t.same(
    room.alerting.live().map(({ id }) => id),
    ['c2.e1'],
  );
  await pass(room.clock, 3);
  t.same(
    room.alerting.live().map(({ id }) => id),
    ['c2.e1', 'c1.e1'],
    'the urgency whose step had failed',
  );
  t.equal(room.store.inbox.inbox(0, 9).length, 3, 'the rest waits for whoever can');
  room.close();
});

t.test(
  'a reminder whose step fails comes again; a server that is stopping keeps the reminders it cannot run',
  async (t) => {
    const disk = new Disk();
    let asked = 0;
    const room = openRoom({
      through: disk.through,
      peopleNow: () => {
        if (++asked === 2) throw new Error('planted');
        return { people: [lea], because: 'de garde' };
      },
    });
    t.teardown(room.remove);
    room.leader.start();
    room.alerting.raise(raise('c1.e1'));
    await pass(room.clock, 300);
    t.equal(room.sms.seen.length, 1, 'the step failed');
    await pass(room.clock, 60);
    t.equal(room.sms.seen.length, 2, 'and was made again');
    room.alerting.stop();
    const [, second] = room.sms.seen;
    room.alerting.report({ type: 'delivered', notice: second?.id ?? '' });
    const [row] = room.store.alerts.live();
    t.match(
      Object.keys(JSON.parse(row?.state ?? '{}').timers),
      [/^remind\./],
      'a late report leaves the row its timer',
    );
    room.dies();
  },
);
