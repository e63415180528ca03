// A server is exchanged for another while the line's own calls go on: what every earlier one saved is read, and goes on.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import t, { type Test } from 'tap';
import { legView } from '../../../server/domain/call/view.ts';
import { placedCallFormat } from '../../../server/domain/placed-call/saved.ts';
import { settled } from '../alerts/house.ts';
import { hasAllFormats, hasShape, keptAt, writeKept } from '../kept.ts';
import { placing, room, say } from './rig.ts';

/** How far a call had come when its server died. */
const stations = ['placed', 'calling', 'ringing', 'asked', 'told'] as const;
type Station = (typeof stations)[number];
type Left = { id: string; over_at: number | null; state: string };
const folder = 'test/engine/placed-calls/saved';
const today = placedCallFormat.format;

const rowOf = (dir: string): Left => {
  const db = new Sqlite(join(dir, 'vigie.db'));
  const [row] = db.prepare<[], Left>('SELECT id, over_at, state FROM own_calls').all();
  db.close();
  if (!row) throw new Error('no row');
  return row;
};

async function leftAt(t: Test, station: Station): Promise<Left> {
  const { dir, open, network, clock } = room(t);
  open().place(placing());
  if (station === 'placed') return rowOf(dir);
  await settled();
  const at = clock.now();
  const { leg } = network;
  const reached = stations.indexOf(station);
  if (reached >= stations.indexOf('ringing')) network.says({ type: 'leg-ringing', leg, at });
  if (reached >= stations.indexOf('asked')) network.says({ type: 'leg-answered', leg, at });
  if (station !== 'told') return rowOf(dir);
  const playback = network.asked.find(({ type }) => type === 'ask-to-confirm')?.id ?? '';
  network.says({ type: 'leg-prompt-started', leg, playback, at });
  network.says({ type: 'leg-pressed', leg, digit: '1', at });
  return rowOf(dir);
}

/** A new server on the row that an earlier one left. */
function takesOver(t: Test, left: Left) {
  const self = room(t);
  const db = new Sqlite(join(self.dir, 'vigie.db'));
  db.prepare('INSERT INTO own_calls (id, over_at, state) VALUES (@id, @over_at, @state)').run(left);
  db.close();
  return { ...self, placer: self.open() };
}

const leg = 'a1.l1';

/** It was told already: asked again, it says the same. */
function staysOver(t: Test, left: Left): void {
  const { placer } = takesOver(t, left);
  t.equal(placer.setAside, 0);
  t.same(placer.live(), []);
  const over = placer.one('a1');
  t.same(over && legView(over, leg), { hears: 'farewell', prompts: [say('merci')] });
}

/** Rung once in all, and its key counts. @param lives what is left of its leg at the network */
function goesOn(t: Test, left: Left, lives: Parameters<ReturnType<typeof room>['network']['isBack']>[0]): void {
  const { placer, network, clock, ended } = takesOver(t, left);
  t.equal(placer.setAside, 0);
  network.isBack(lives, clock.now());
  t.equal(network.rung.length, Object.keys(lives).length === 0 ? 1 : 0, 'rung once in all');
  const at = clock.now();
  network.says({ type: 'leg-answered', leg, at }, leg);
  const playback = network.asked.findLast(({ type }) => type === 'ask-to-confirm')?.id ?? '';
  network.says({ type: 'leg-prompt-started', leg, playback, at }, leg);
  network.says({ type: 'leg-pressed', leg, digit: '1', at }, leg);
  t.match(ended, [{ of: 'alert1.n1', end: 'yes' }], 'and its key counts');
}

/** As it must go on after where it was left. */
function continues(t: Test, station: Station, left: Left): void {
  if (station === 'told') staysOver(t, left);
  else goesOn(t, left, station === 'placed' ? {} : { [leg]: station === 'asked' ? 'up' : 'ringing' });
}

t.test('calls of every earlier server, wherever they were, go on under this one', async (t) => {
  if (process.env.WRITE) for (const station of stations) writeKept(folder, today, station, await leftAt(t, station));
  for (const format of hasAllFormats(t, folder, today))
    for (const station of stations)
      t.test(`format ${format}, ${station}`, async (t) => continues(t, station, keptAt<Left>(folder, format, station)));
});

t.test('timers of an earlier server are due when they were', async (t) => {
  const { network, clock, ended } = takesOver(t, keptAt<Left>(folder, 0, 'asked'));
  network.isBack({ [leg]: 'up' }, clock.now());
  clock.advance(300_000);
  t.match(ended, [{ end: 'nobody' }]);
});

t.test('what today’s server writes has the shape of the rows kept for its format', async (t) => {
  for (const station of stations)
    hasShape(t, (await leftAt(t, station)).state, keptAt<Left>(folder, today, station).state, station);
});
