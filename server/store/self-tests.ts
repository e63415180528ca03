// Tests of the line by itself: rows, so that a schedule and a series of misses survive a restart. Knows nothing of what they mean.
import type { Database } from 'better-sqlite3';
import { seriesFormat, testFormat, wantedIn } from '../domain/self-test/saved.ts';
import type { Row } from '../engine/ports.ts';
import type { TestStore } from '../engine/self-test/ports.ts';
import { guarded, readOrFail } from './failure.ts';

type NextRow = { due_at: number; wanted: string };

/** Results older than this many tests are let go. */
const kept = 2000;

const statements = (db: Database) => ({
  save: db.prepare<[string, string, number, string]>(
    `INSERT INTO self_tests (id, state, asked_at, body) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body`,
  ),
  prune: db.prepare<[number]>(
    'DELETE FROM self_tests WHERE id IN (SELECT id FROM self_tests ORDER BY asked_at DESC, id DESC LIMIT -1 OFFSET ?)',
  ),
  one: db.prepare<[string], Row>('SELECT id, body AS state FROM self_tests WHERE id = ?'),
  inState: db.prepare<[string], Row>('SELECT id, body AS state FROM self_tests WHERE state = ? ORDER BY asked_at, id'),
  latest: db.prepare<[number], Row>('SELECT id, body AS state FROM self_tests ORDER BY asked_at DESC, id DESC LIMIT ?'),
  series: db.prepare<[], Row>('SELECT subject AS id, body AS state FROM self_test_series ORDER BY subject'),
  saveSeries: db.prepare<[string, string]>('INSERT OR REPLACE INTO self_test_series (subject, body) VALUES (?, ?)'),
  hand: db.prepare<[string, string]>('INSERT INTO alert_inbox (kind, body) VALUES (?, ?)'),
  next: db.prepare<[], NextRow>('SELECT due_at, wanted FROM self_test_next'),
  setNext: db.prepare<[number, string]>('INSERT OR REPLACE INTO self_test_next (one, due_at, wanted) VALUES (1, ?, ?)'),
});

/** Synchronous and committed on return. @throws StoreFailure when the disk or the file fails. */
export function openSelfTests(db: Database): TestStore {
  const sql = statements(db);
  const alone = <T>(work: () => T): T => guarded(db.name, work);
  const save = db.transaction<TestStore['save']>((row, { series, handed } = { series: [], handed: [] }) => {
    const { id, state, askedAt } = row;
    sql.save.run(id, state, Math.round(askedAt), testFormat.write(row));
    if (row.endedAt !== undefined) sql.prune.run(kept);
    for (const one of series) sql.saveSeries.run(one.subject, seriesFormat.write(one));
    for (const { kind, body } of handed) sql.hand.run(kind, JSON.stringify(body));
  });
  return {
    save: (row, follows) => alone(() => save.immediate(row, follows)),
    get: (id) => {
      const found = alone(() => sql.one.get(id));
      return found && readOrFail(testFormat.read(found.id, found.state));
    },
    asked: () => alone(() => sql.inState.all('asked')),
    running: () => alone(() => sql.inState.all('running')),
    latest: (limit) =>
      alone(() => sql.latest.all(limit)).flatMap(({ id, state }) => {
        const read = testFormat.read(id, state);
        return read.ok ? [read.value] : [];
      }),
    series: () =>
      alone(() => sql.series.all()).flatMap(({ id, state }) => {
        const read = seriesFormat.read(id, state);
        return read.ok ? [read.value] : [];
      }),
    next: () => {
      const next = alone(() => sql.next.get());
      return next && { dueAt: next.due_at, wanted: wantedIn(next.wanted) };
    },
    setNext: ({ dueAt, wanted }) => alone(() => void sql.setNext.run(Math.round(dueAt), JSON.stringify(wanted))),
  };
}
