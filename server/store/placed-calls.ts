// Calls that the line places by itself, on the local disk: saved before they ring anybody. Knows nothing of what their state means.
import type { Database } from 'better-sqlite3';
import { placedCallFormat, type SavedPlacedCall } from '../domain/placed-call/saved.ts';
import type { PlacedCallStore } from '../engine/placed-calls/ports.ts';
import type { Row } from '../engine/ports.ts';
import { guarded, readOrFail } from './failure.ts';

/** Synchronous and committed on return. @throws StoreFailure when the disk or the file fails. */
export function openPlacedCalls(db: Database): PlacedCallStore {
  const save = db.prepare<[string, number | null, string]>(`
    INSERT INTO own_calls (id, over_at, state) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET over_at = excluded.over_at, state = excluded.state`);
  const forget = db.prepare<[number]>('DELETE FROM own_calls WHERE over_at < ?');
  const live = db.prepare<[], Row>('SELECT id, state FROM own_calls WHERE over_at IS NULL ORDER BY id');
  const byId = db.prepare<[string], Row>('SELECT id, state FROM own_calls WHERE id = ?');
  const step = db.transaction((saved: SavedPlacedCall, before: number) => {
    const { id, overAt } = saved.call;
    save.run(id, overAt === undefined ? null : Math.round(overAt), placedCallFormat.write(saved));
    forget.run(Math.round(before));
  });
  return {
    live: () => guarded(db.name, () => live.all()),
    get: (id) => {
      const found = guarded(db.name, () => byId.get(id));
      return found && readOrFail(placedCallFormat.read(found.id, found.state)).call;
    },
    save: (saved, forgetBefore) => guarded(db.name, () => step.immediate(saved, forgetBefore)),
  };
}
