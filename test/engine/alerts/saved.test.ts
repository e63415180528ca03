// A server is exchanged for another while alerts are open: what every earlier one saved is read, and goes on where it was.
// The rows of test/engine/alerts/saved/ have the form that servers of that format wrote; `WRITE=1` writes those of today's.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import t, { type Test } from 'tap';
import { alertFormat } from '../../../server/domain/alert/saved.ts';
import { hasAllFormats, hasShape, keptAt, writeKept } from '../kept.ts';
import { lea, openRoom, pass, settled } from './house.ts';

type Row = { id: string; n: number; phase: string; call: string | null; raised_at: number; state: string };
type Room = ReturnType<typeof openRoom>;

const folder = 'test/engine/alerts/saved';
const today = alertFormat.format;
const id = 'c1.e1';
const who = { person: 'lea', name: 'Lea' };

/** What brings a fresh alert there. */
const ways = {
  told: () => {},
  lost: async (room: Room) => {
    room.sms.behaviour = 'loses';
    await pass(room.clock, 130);
  },
  held: (room: Room) => room.alerting.act('1', { type: 'taken', who, by: 'api' }),
  closed: (room: Room) => room.alerting.act('1', { type: 'closed', who, by: 'command', note: 'réparé' }),
} satisfies Record<string, (room: Room) => unknown>;
type Station = keyof typeof ways;
const stations = ['told', 'lost', 'held', 'closed'] as const satisfies Station[];

async function leftAt(t: Test, station: Station): Promise<Row> {
  const room = openRoom();
  t.teardown(room.remove);
  room.leader.start();
  room.alerting.raise({ id, at: 0, reason: 'Personne n’a pris l’appel.', call: 'c1', target: { planning: 'garde' } });
  await settled();
  await ways[station](room);
  await settled();
  room.dies();
  const db = new Sqlite(join(room.dir, 'vigie.db'));
  const row = db.prepare<[], Row>('SELECT id, n, phase, call, raised_at, state FROM alerts').get();
  db.close();
  if (!row) throw new Error(`no row at ${station}`);
  return row;
}

/** Today's server leads what an earlier one left. */
function takesOver(t: Test, row: Row): Room {
  const before = openRoom();
  t.teardown(before.remove);
  before.dies();
  const db = new Sqlite(join(before.dir, 'vigie.db'));
  db.prepare(`INSERT INTO alerts (id, n, phase, call, raised_at, state)
    VALUES (@id, @n, @phase, @call, @raised_at, @state)`).run(row);
  db.close();
  const room = openRoom({ dir: before.dir, clock: before.clock });
  t.teardown(room.close);
  room.leader.start();
  t.equal(room.alerting.setAside, 0);
  return room;
}

const goesOn: Record<Station, (t: Test, room: Room) => Promise<void>> = {
  told: async (t, room) => {
    await pass(room.clock, 301);
    t.match(room.sms.seen, [{ to: lea.sms }], 'reminded when it was to be');
    room.alerting.act('1', { type: 'taken', who, by: 'api' });
    t.match(room.store.alerts.get('1'), { phase: 'held', holder: { person: 'lea' } });
  },
  lost: async (t, room) => {
    await pass(room.clock, 301);
    t.ok(room.sms.seen.length > 0, 'somebody is told again');
    t.match(room.alerting.live(), [{ id, phase: 'open' }]);
  },
  held: async (t, room) => {
    await pass(room.clock, 301);
    t.same(room.sms.seen, [], 'nobody else is woken');
    await pass(room.clock, 14_400);
    t.match(room.alerting.live(), [{ id, phase: 'open' }], 'and it comes back when it is not closed in its time');
  },
  closed: async (t, room) => {
    await pass(room.clock, 301);
    t.same([room.alerting.live(), room.sms.seen], [[], []]);
    t.match(room.store.alerts.get('1'), { phase: 'resolved', closed: { name: 'Lea' } });
  },
};

t.test('alerts of every earlier server, wherever they were, go on under this one', async (t) => {
  if (process.env.WRITE) for (const station of stations) writeKept(folder, today, station, await leftAt(t, station));
  for (const format of hasAllFormats(t, folder, today))
    for (const station of stations)
      await t.test(`format ${format}, ${station}`, async (t) =>
        goesOn[station](t, takesOver(t, keptAt<Row>(folder, format, station))),
      );
});

t.test('what today’s server writes has the shape of the rows kept for its format', async (t) => {
  for (const station of stations)
    hasShape(t, (await leftAt(t, station)).state, keptAt<Row>(folder, today, station).state, station);
});
