// A server is exchanged for another while the line is tested: what every earlier one saved is read, and ends or goes on.
// The rows of test/engine/self-test/saved/ have the form that servers of that format wrote; `WRITE=1` writes those of today's.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import t, { type Test } from 'tap';
import { testFormat } from '../../../server/domain/self-test/saved.ts';
import { oneFlow } from '../../domain/flow/story.ts';
import { Loop } from '../../domain/self-test/loop.ts';
import { hasAllFormats, hasShape, keptAt, writeKept } from '../kept.ts';

type Row = { id: string; state: string; asked_at: number; body: string };
type SeriesRow = { subject: string; body: string };
type Left = { tests: Row[]; series: SeriesRow[] };

const folder = 'test/engine/self-test/saved';
const today = testFormat.format;
const flow = oneFlow('start: fin\nnodes:\n  fin: { kind: hangup, say: Au revoir. }\n');

/** What brings a test there, and how long after. Minutes. */
const ways = {
  ordered: ['brings', 0],
  dialling: ['loses', 1 / 60],
  failing: ['refuses', 1 / 60],
  passed: ['brings', 1],
  missed: ['refuses', 1],
} as const;
type Station = keyof typeof ways;
const stations = ['ordered', 'dialling', 'failing', 'passed', 'missed'] as const satisfies Station[];

const rowsOf = ({ dir }: Loop): Left => {
  const db = new Sqlite(join(dir, 'vigie.db'));
  const tests = db.prepare<[], Row>('SELECT id, state, asked_at, body FROM self_tests').all();
  const series = db.prepare<[], SeriesRow>('SELECT subject, body FROM self_test_series ORDER BY subject').all();
  db.close();
  return { tests, series };
};

async function leftAt(t: Test, station: Station): Promise<Left> {
  const loop = new Loop(flow);
  t.teardown(() => loop.end());
  const [carrier, minutes] = ways[station];
  loop.carrier = carrier;
  loop.store.selfTests.save({ id: 'x', state: 'asked', wanted: { trunk: 'a' }, askedAt: 1, story: [] });
  await loop.passes(minutes);
  return rowsOf(loop);
}

/** Today's server on what an earlier one left, a second later. */
async function takesOver(t: Test, { tests, series }: Left): Promise<Loop> {
  const loop = new Loop(flow);
  t.teardown(() => loop.end());
  const db = new Sqlite(join(loop.dir, 'vigie.db'));
  for (const row of tests)
    db.prepare('INSERT INTO self_tests (id, state, asked_at, body) VALUES (@id, @state, @asked_at, @body)').run(row);
  for (const row of series)
    db.prepare('INSERT INTO self_test_series (subject, body) VALUES (@subject, @body)').run(row);
  db.close();
  loop.restart(2000);
  await loop.passes(1);
  t.equal(loop.tester.setAside, 0);
  return loop;
}

const becomes: Record<Station, object> = {
  ordered: { state: 'passed', trunk: 'a' },
  dialling: { state: 'skipped', fault: { what: 'interrupted' } },
  failing: { state: 'missed', fault: { what: 'refused' } },
  passed: { state: 'passed', trunk: 'a' },
  missed: { state: 'missed', fault: { what: 'refused' } },
};

t.test('tests of every earlier server, wherever they were, end under this one', async (t) => {
  if (process.env.WRITE) for (const station of stations) writeKept(folder, today, station, await leftAt(t, station));
  for (const format of hasAllFormats(t, folder, today))
    for (const station of stations)
      await t.test(`format ${format}, ${station}`, async (t) => {
        const loop = await takesOver(t, keptAt<Left>(folder, format, station));
        t.match(loop.store.selfTests.get('x'), becomes[station]);
        t.equal(loop.dialled.length, station === 'ordered' ? 1 : 0, 'nothing is called twice');
      });
});

t.test('misses of every earlier server count: one more raises the alarm', async (t) => {
  for (const format of hasAllFormats(t, folder, today)) {
    const loop = await takesOver(t, keptAt<Left>(folder, format, 'missed'));
    loop.carrier = 'refuses';
    loop.store.selfTests.save({ id: 'y', state: 'asked', wanted: { trunk: 'a' }, askedAt: 2, story: [] });
    await loop.passes(1);
    t.match(loop.raised, [{ reason: /2 essais manqués/ }], `format ${format}`);
  }
});

t.test('what today’s server writes has the shape of the rows kept for its format', async (t) => {
  for (const station of stations) {
    const [now, kept] = [await leftAt(t, station), keptAt<Left>(folder, today, station)];
    for (const [n, row] of kept.tests.entries()) hasShape(t, now.tests[n]?.body ?? '""', row.body, station);
    for (const [n, row] of kept.series.entries()) hasShape(t, now.series[n]?.body ?? '""', row.body, station);
  }
});
