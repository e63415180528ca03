// Calls that the line places by itself, on the local disk: saved before they ring anybody. Knows nothing of what their state means.
import type { Database } from 'better-sqlite3';
import type { PlacedCall, PlacedCallStore } from '../engine/placed-calls/ports.ts';
import { guarded } from './failure.ts';

/** Synchronous and committed on return. @throws StoreFailure when the disk or the file fails. */
export function openPlacedCalls(db: Database): PlacedCallStore {
  const save = db.prepare<[string, number | null, string]>(`
    INSERT INTO own_calls (id, over_at, state) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET over_at = excluded.over_at, state = excluded.state`);
  const forget = db.prepare<[number]>('DELETE FROM own_calls WHERE over_at < ?');
  const all = db.prepare<[], string>('SELECT state FROM own_calls ORDER BY id').pluck();
  const step = db.transaction((call: PlacedCall, before: number) => {
    save.run(call.id, call.overAt === undefined ? null : Math.round(call.overAt), JSON.stringify(call));
    forget.run(Math.round(before));
  });
  return {
    all: () => guarded(db.name, () => all.all()).map((state) => JSON.parse(state) as PlacedCall),
    save: (call, forgetBefore) => guarded(db.name, () => step.immediate(call, forgetBefore)),
  };
}
