// A server is exchanged for another while people write to each other: what every earlier one saved is read, and goes on where it was.
// The rows of test/engine/conversations/saved/ have the form that servers of that format wrote; `WRITE=1` writes those of today's.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import t, { type Test } from 'tap';
import { conversationFormat } from '../../../server/domain/conversation/saved.ts';
import { karim, lea, openRoom, pass, settled } from '../alerts/house.ts';
import { hasAllFormats, hasShape, keptAt, writeKept } from '../kept.ts';

type Row = { id: string; n: number; phase: string; line: string; sender: string; last_at: number; state: string };
type Room = ReturnType<typeof openRoom>;

const folder = 'test/engine/conversations/saved';
const today = conversationFormat.format;
const line = '+33199001000';
const customer = '+33612345678';
const lines = { [line]: { name: 'Dépannage', rule: { planning: 'garde', quietMs: 24 * 3_600_000 } } };

const nobodyGetsIt = (room: Room) => {
  for (const one of [lea, karim]) room.sms.apart.set(one.sms ?? '', 'loses');
};
const writes = async (room: Room) => {
  room.sms.receives(customer, 'Fuite de gaz');
  await settled();
};
/** What brings a fresh conversation there. */
const ways = {
  'passed on': [writes],
  'under way': [nobodyGetsIt, writes],
  answered: [writes, (room: Room) => room.sms.receives(lea.sms ?? '', 'je viens'), settled],
  alerted: [nobodyGetsIt, writes, (room: Room) => pass(room.clock, 125)],
} satisfies Record<string, ((room: Room) => unknown)[]>;
type Station = keyof typeof ways;
const stations = ['passed on', 'under way', 'answered', 'alerted'] as const satisfies Station[];

async function leftAt(t: Test, station: Station): Promise<Row> {
  const room = openRoom({ lines });
  t.teardown(room.remove);
  room.leader.start();
  for (const step of ways[station]) await step(room);
  room.dies();
  const db = new Sqlite(join(room.dir, 'vigie.db'));
  const row = db.prepare<[], Row>('SELECT id, n, phase, line, sender, last_at, state FROM sms_threads').get();
  db.close();
  if (!row) throw new Error(`no row at ${station}`);
  return row;
}

/** Today's server leads what an earlier one left. */
function takesOver(t: Test, row: Row): Room {
  const before = openRoom({ lines });
  t.teardown(before.remove);
  before.dies();
  const db = new Sqlite(join(before.dir, 'vigie.db'));
  db.prepare(`INSERT INTO sms_threads (id, n, phase, line, sender, last_at, state)
    VALUES (@id, @n, @phase, @line, @sender, @last_at, @state)`).run(row);
  db.close();
  const room = openRoom({ lines, dir: before.dir, clock: before.clock });
  t.teardown(room.close);
  room.leader.start();
  t.equal(room.conversations.setAside, 0);
  return room;
}

const goesOn: Record<Station, (t: Test, room: Room) => Promise<void>> = {
  'passed on': async (t, room) => {
    room.sms.receives(lea.sms ?? '', '1: je viens');
    await settled();
    t.match(room.sms.seen, [{ to: customer, text: 'je viens' }], 'the answer finds its way');
  },
  'under way': async (t, room) => {
    await pass(room.clock, 61);
    t.match(room.sms.seen.at(-1), { to: karim.sms }, 'from one to the next, by the clock of the row');
  },
  answered: async (t, room) => {
    await writes(room);
    t.match(room.sms.seen, [{ to: lea.sms, text: /Fuite de gaz/ }], 'who answered last gets the next one');
    t.match(room.conversations.live(), [{ n: 1, letters: { length: 3 } }]);
  },
  alerted: async (t, room) => {
    await pass(room.clock, 125);
    t.same(room.alerting.live(), [], 'an alert that was raised is not raised again');
    t.match(room.store.threads.get('1'), { letters: [{ state: 'alerted' }] });
  },
};

t.test('conversations of every earlier server, wherever they were, go on under this one', async (t) => {
  if (process.env.WRITE) for (const station of stations) writeKept(folder, today, station, await leftAt(t, station));
  for (const format of hasAllFormats(t, folder, today))
    for (const station of stations)
      await t.test(`format ${format}, ${station}`, async (t) =>
        goesOn[station](t, takesOver(t, keptAt<Row>(folder, format, station))),
      );
});

t.test('what today’s server writes has the shape of the rows kept for its format', async (t) => {
  // Timers are named by ids, which no two conversations share.
  const stateOf = ({ id, state }: Row): string => state.replaceAll(id, 'id');
  for (const station of stations)
    hasShape(t, stateOf(await leftAt(t, station)), stateOf(keptAt<Row>(folder, today, station)), station);
});
