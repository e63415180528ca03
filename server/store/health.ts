// Looks at a database without changing it: is it whole, how big, what waits in it. For the doctor and for checks of a backup.
import { statSync } from 'node:fs';
import { bad, good, type Result } from '../base/result.ts';
import { type Database, openDatabase } from './database.ts';
import { storeProblem } from './failure.ts';

export type DatabaseHealth = {
  /** What SQLite finds wrong; empty: nothing. */
  damage: string[];
  /** The file and its write-ahead log. */
  bytes: number;
  calls: number;
  /** Records that are not in the ledger yet. */
  waiting: number;
  /** Records that the ledger cannot take. */
  refused: number;
};

/** Every page is read: 100 MB take about a second. */
export function examineDatabase(file: string): Result<DatabaseHealth> {
  const opened = openDatabase(file, { as: 'visit' });
  if (!opened.ok) return opened;
  const db = opened.value;
  try {
    const count = (what: string) => db.prepare(`SELECT count(*) FROM ${what}`).pluck().get() as number;
    return good({
      damage: damageOf(db),
      bytes: sizeOf(file) + sizeOf(`${file}-wal`),
      calls: count('calls'),
      waiting: count("outbox WHERE kind NOT LIKE 'refused %'"),
      refused: count("outbox WHERE kind LIKE 'refused %'"),
    });
  } catch (error) {
    const problem = storeProblem(file, error);
    if (!problem) throw error;
    return bad(problem);
  } finally {
    db.close();
  }
}

/** SQLite's own list of what is wrong (PRAGMA integrity_check says `ok` when nothing is). */
export const damageOf = (db: Database): string[] =>
  (db.pragma('integrity_check') as { integrity_check: string }[])
    .map((row) => row.integrity_check)
    .filter((line) => line !== 'ok');

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
