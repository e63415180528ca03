// Who used what, when: kept for ever, read by people. Secrets and PINs never stand here.
import type { Database } from 'better-sqlite3';
import type { Instant } from '../base/clock.ts';
import { guarded } from './failure.ts';

export type AuditEntry = { at: Instant; who: string; what: string; detail: string };

export interface Audit {
  add(entry: AuditEntry): void;
  /** How often since an instant. */
  count(who: string, what: string, since: Instant): number;
}

export function openAudit(db: Database): Audit {
  const add = db.prepare<AuditEntry>('INSERT INTO audit (at, who, what, detail) VALUES (@at, @who, @what, @detail)');
  const count = db
    .prepare<[string, string, number], number>('SELECT count(*) FROM audit WHERE who = ? AND what = ? AND at >= ?')
    .pluck();
  return {
    add: (entry) => guarded(db.name, () => void add.run({ ...entry, at: Math.round(entry.at) })),
    count: (who, what, since) => guarded(db.name, () => count.get(who, what, since) ?? 0),
  };
}
