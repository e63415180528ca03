// Who used what, when: kept for ever, read by people. Secrets and PINs never stand here.
import type { Database } from 'better-sqlite3';
import type { Audit, AuditEntry } from '../engine/technician/ports.ts';
import { guarded } from './failure.ts';

export function openAudit(db: Database): Audit {
  const add = db.prepare<AuditEntry>('INSERT INTO audit (at, who, what, detail) VALUES (@at, @who, @what, @detail)');
  const count = db
    .prepare<[string, string, number], number>('SELECT count(*) FROM audit WHERE who = ? AND what = ? AND at >= ?')
    .pluck();
  const after = db
    .prepare<{ who: string; what: string; marks: string }, number>(`
    SELECT count(*) FROM audit WHERE who = @who AND what = @what AND k > (
      SELECT coalesce(max(k), 0) FROM audit WHERE who = @who AND what IN (SELECT value FROM json_each(@marks)))`)
    .pluck();
  const last = db
    .prepare<[string, string], number>('SELECT at FROM audit WHERE who = ? AND what = ? ORDER BY k DESC LIMIT 1')
    .pluck();
  return {
    add: (entry) => guarded(db.name, () => void add.run({ ...entry, at: Math.round(entry.at) })),
    count: (who, what, since) => guarded(db.name, () => count.get(who, what, since) ?? 0),
    countAfter: (who, what, marks) =>
      guarded(db.name, () => after.get({ who, what, marks: JSON.stringify(marks) }) ?? 0),
    last: (who, what) => guarded(db.name, () => last.get(who, what)),
  };
}
