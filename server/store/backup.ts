// Copies of the database that can be trusted: taken while the server works, compared with the original, and put back only where nobody works.
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { bad, good, type Problem, type Result } from '../base/result.ts';
import { type Database, isOurs, openDatabase, refusal } from './database.ts';
import { storeProblem } from './failure.ts';
import { damageOf } from './health.ts';

export type BackedUp = { file: string; bytes: number; calls: number };
export type Restored = { calls: number; aside?: string };

/** Nobody but the owner reads the numbers of callers. */
const ownerOnly = 0o600;

/**
 * Copies `database` into the new file `to`, while the server goes on writing. The copy is of one instant: this connection
 * holds a snapshot from before the rows are counted until the last page is copied, so that the two can be compared row for row.
 */
export async function backupDatabase(database: string, to: string): Promise<Result<BackedUp>> {
  if (existsSync(to))
    return bad({
      file: to,
      message: 'this file stands already',
      hint: 'name a new one: a backup is never overwritten',
    });
  const opened = openDatabase(database, { as: 'visit' });
  if (!opened.ok) return opened;
  const part = `${to}.part`;
  try {
    const copied = await copySnapshot(opened.value, part);
    const checked = examineCopy(part, copied);
    if (!checked.ok) return checked;
    settle(part, to);
    return good({ file: to, bytes: statSync(to).size, calls: copied.calls ?? 0 });
  } catch (error) {
    return bad(problemOf(to, error));
  } finally {
    opened.value.close();
    remove(part);
  }
}

/** Rows by table. */
type Counts = Record<string, number>;

async function copySnapshot(db: Database, part: string): Promise<Counts> {
  remove(part);
  db.exec('BEGIN');
  try {
    const counts = countsOf(db);
    await db.backup(part);
    return counts;
  } finally {
    db.exec('ROLLBACK');
  }
}

/** Counting is also what takes the snapshot: BEGIN alone reads nothing yet. */
function countsOf(db: Database): Counts {
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all() as string[];
  return Object.fromEntries(
    tables.map((table) => [table, db.prepare(`SELECT count(*) FROM "${table}"`).pluck().get() as number]),
  );
}

/** Whole, ours, and (where `expected` is given) with as many rows in each table. */
function examineCopy(file: string, expected?: Counts): Result<Counts> {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    const refused = refusal(file, db);
    if (refused) return bad(refused);
    if (!isOurs(db))
      return bad({ file, message: 'this is no backup of Vigie', hint: 'name a file made by vigie backup' });
    const damage = damageOf(db);
    if (damage.length > 0)
      return bad({
        file,
        message: `this copy is damaged: ${damage[0]}`,
        hint: 'check the disk, and use another backup',
      });
    const counts = countsOf(db);
    const differs = Object.keys(expected ?? {}).find((table) => counts[table] !== expected?.[table]);
    if (differs === undefined) return good(counts);
    const message = `the table "${differs}" has ${counts[differs]} rows in the copy and ${expected?.[differs]} in the database`;
    return bad({ file, message, hint: 'run the backup again; if it stays so, report it' });
  } finally {
    db.close();
  }
}

/**
 * Puts the backup `from` in the place of `database`, which is kept beside it under a new name. Refused while any program
 * has the database open, and where the backup is damaged, another program's, or of a newer Vigie.
 */
export function restoreDatabase(database: string, from: string, now: Date): Result<Restored> {
  const missing = (file: string): Problem => ({ file, message: 'there is no such file', hint: 'name a backup' });
  if (!existsSync(from)) return bad(missing(from));
  if (resolve(from) === resolve(database))
    return bad({ file: from, message: 'this is the database itself', hint: 'name a backup of it' });
  const next = `${database}.new`;
  try {
    remove(next);
    copyFileSync(from, next);
    const checked = examineCopy(next);
    if (!checked.ok) return bad(...checked.problems.map((problem) => ({ ...problem, file: from })));
    const aside = `${database}.before-${now.toISOString().replace(/[:.]/g, '-')}`;
    const moved = existsSync(database) ? moveAside(database, aside) : good(undefined);
    if (!moved.ok) return moved;
    settle(next, database);
    return good({ calls: checked.value.calls ?? 0, ...(existsSync(aside) ? { aside } : {}) });
  } catch (error) {
    return bad(problemOf(database, error));
  } finally {
    remove(next);
  }
}

/**
 * Leaving WAL mode needs the file for oneself: SQLite refuses it while any other connection is open, even an idle one. That
 * is the lock; no pid file can be stale. It also brings the write-ahead log home, so that one file holds everything.
 */
function moveAside(database: string, aside: string): Result<void> {
  let db: Database | undefined;
  try {
    db = new Sqlite(database, { timeout: 0 });
    db.pragma('journal_mode = DELETE');
  } catch (error) {
    const problem = problemOf(database, error);
    const inUse = problem.message.includes('SQLITE_BUSY');
    if (inUse)
      return bad({
        file: database,
        message: 'a server (or another program) works with this database',
        hint: 'stop it first; nothing was changed',
      });
    // A database too damaged to be opened is the very reason to restore one: its log goes aside with it.
  } finally {
    db?.close();
  }
  for (const end of ['', '-wal', '-shm'])
    if (existsSync(`${database}${end}`)) renameSync(`${database}${end}`, `${aside}${end}`);
  return good(undefined);
}

/** On the platter before it has its name: a power cut leaves the whole file or none. */
function settle(part: string, file: string): void {
  chmodSync(part, ownerOnly);
  const handle = openSync(part, 'r');
  fsyncSync(handle);
  closeSync(handle);
  renameSync(part, file);
}

function remove(file: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${end}`, { force: true });
}

/** @throws what is a bug of ours. */
function problemOf(file: string, error: unknown): Problem {
  if (error instanceof TypeError && error.message.includes('directory does not exist'))
    return { file, message: 'there is no such folder', hint: 'make it, or name another' };
  const problem = storeProblem(file, error);
  if (!problem) throw error;
  return problem;
}
