// Tests of the line by itself: rows, so that a schedule and a series of misses survive a restart.
import type { Database } from 'better-sqlite3';
import type { Series, TestRow } from '../domain/self-test/record.ts';
import type { TestStore } from '../engine/self-test/ports.ts';
import { guarded } from './failure.ts';

type Row = { id: string; state: string; asked_at: number; body: string };
type NextRow = { due_at: number; wanted: string };

/** Results older than this many tests are let go. */
const kept = 2000;

export function openSelfTests(db: Database): TestStore {
  const save = db.prepare<Row>(
    `INSERT INTO self_tests (id, state, asked_at, body) VALUES (@id, @state, @asked_at, @body)
     ON CONFLICT (id) DO UPDATE SET state = @state, body = @body`,
  );
  const prune = db.prepare<[number]>(
    'DELETE FROM self_tests WHERE id IN (SELECT id FROM self_tests ORDER BY asked_at DESC, id DESC LIMIT -1 OFFSET ?)',
  );
  const one = db.prepare<[string], string>('SELECT body FROM self_tests WHERE id = ?').pluck();
  const open = db
    .prepare<[], string>("SELECT body FROM self_tests WHERE state IN ('asked', 'running') ORDER BY asked_at, id")
    .pluck();
  const latest = db
    .prepare<[number], string>('SELECT body FROM self_tests ORDER BY asked_at DESC, id DESC LIMIT ?')
    .pluck();
  const series = db.prepare<[], string>('SELECT body FROM self_test_series ORDER BY subject').pluck();
  const saveSeries = db.prepare<[string, string]>(
    'INSERT OR REPLACE INTO self_test_series (subject, body) VALUES (?, ?)',
  );
  const next = db.prepare<[], NextRow>('SELECT due_at, wanted FROM self_test_next');
  const setNext = db.prepare<[number, string]>(
    'INSERT OR REPLACE INTO self_test_next (one, due_at, wanted) VALUES (1, ?, ?)',
  );
  const alone = <T>(work: () => T): T => guarded(db.name, work);
  const rows = (bodies: readonly string[]) => bodies.map((body) => JSON.parse(body) as TestRow);
  return {
    save: (row) =>
      alone(() => {
        const { id, state, askedAt } = row;
        save.run({ id, state, asked_at: Math.round(askedAt), body: JSON.stringify(row) });
        if (row.endedAt !== undefined) prune.run(kept);
      }),
    get: (id) => rows(alone(() => one.all(id)))[0],
    open: () => rows(alone(() => open.all())),
    latest: (limit) => rows(alone(() => latest.all(limit))),
    series: () => alone(() => series.all()).map((body) => JSON.parse(body) as Series),
    saveSeries: (one) => alone(() => void saveSeries.run(one.subject, JSON.stringify(one))),
    next: () => alone(() => next.all()).map(({ due_at, wanted }) => ({ dueAt: due_at, wanted: JSON.parse(wanted) }))[0],
    setNext: ({ dueAt, wanted }) => alone(() => void setNext.run(Math.round(dueAt), JSON.stringify(wanted))),
    together: (work) => alone(() => db.transaction(work)()),
  };
}
