// What must not be lost of a conversation by SMS: when the disk refuses, when a row cannot be read, when a step fails.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import t from 'tap';
import { Disk } from '../alerts/disk.ts';
import { karim, lea, openRoom, pass, settled } from '../alerts/house.ts';

const line = '+33199001000';
const customer = '+33612345678';
const second = '+33612345679';
const rule = { planning: 'garde', quietMs: 24 * 3_600_000 };
const lines = { [line]: { name: 'Dépannage', rule } };

t.test(
  'a message that comes on a full disk: passed on at once, with the next person and the alert behind it, and saved later',
  async (t) => {
    const disk = new Disk();
    const room = openRoom({ lines, through: disk.through });
    t.teardown(room.remove);
    room.leader.start();
    for (const one of [lea, karim]) room.sms.apart.set(one.sms ?? '', 'loses');
    disk.full = true;
    room.sms.receives(customer, 'Fuite de gaz');
    await pass(room.clock, 125);
    const whom = [...new Set(room.sms.seen.map(({ to }) => to))];
    t.same(whom, [lea.sms, karim.sms], 'from one to the next, by the clock');
    t.equal(room.alerting.live().length, 1, 'and the alert does not wait for a disk either');
    t.equal(room.store.threads.get('1'), undefined);
    t.equal(room.saving.waiting('conversation'), 1);
    disk.full = false;
    await pass(room.clock, 9);
    t.match(room.store.threads.get('1'), { letters: [{ text: 'Fuite de gaz', state: 'alerted' }] });
    t.equal(room.store.alerts.list({ all: true, limit: 9 }).length, 1, 'one alert, not two');
    t.same(room.store.inbox.inbox(0, 9), []);
    room.close();
  },
);

t.test('one row that cannot be read: somebody is told, the others go on, and its sender begins another', async (t) => {
  const room = openRoom({ lines });
  t.teardown(room.remove);
  room.leader.start();
  for (const from of [customer, second]) room.sms.receives(from, 'un');
  await settled();
  room.dies();
  const db = new Sqlite(join(room.dir, 'vigie.db'));
  const state = JSON.stringify({ format: 99, conversation: { rule: { planning: 'direction' } } });
  db.prepare('UPDATE sms_threads SET state = ? WHERE n = 1').run(state);
  db.close();
  const next = openRoom({ lines, dir: room.dir, clock: room.clock });
  next.leader.start();
  await settled();
  t.equal(next.conversations.setAside, 1);
  t.same(
    next.conversations.live().map(({ n }) => n),
    [2],
  );
  t.match(next.alerting.live(), [
    { reason: /Une conversation par SMS ne peut plus être lue/, target: { planning: 'direction' } },
  ]);
  next.sms.receives(second, 'deux');
  next.sms.receives(customer, 'deux');
  await settled();
  t.match(
    next.conversations.live().map(({ n, letters }) => [n, letters.length]),
    [
      [2, 2],
      [3, 1],
    ],
  );
  next.close();
});

t.test('a conversation of an earlier server, before formats had numbers, goes on', async (t) => {
  const room = openRoom({ lines });
  t.teardown(room.remove);
  room.leader.start();
  room.sms.receives(customer, 'un');
  await settled();
  const [row] = room.store.threads.live();
  const { conversation: thread, timers } = JSON.parse(row?.state ?? '{}');
  room.dies();
  const db = new Sqlite(join(room.dir, 'vigie.db'));
  db.prepare('UPDATE sms_threads SET state = ?').run(JSON.stringify({ thread, timers }));
  db.close();
  const next = openRoom({ lines, dir: room.dir, clock: room.clock });
  next.leader.start();
  next.sms.receives(lea.sms ?? '', '1: je viens');
  await settled();
  t.match(next.sms.seen, [{ to: customer, text: 'je viens' }]);
  next.close();
});
