// Opens the SQLite file: made when missing, brought up to date, refused with a clear problem when it cannot be ours.
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { bad, good, type Problem, type Result } from '../base/result.ts';
import { storeProblem } from './failure.ts';
import { latestVersion, migrate, versionOf } from './migrations/index.ts';

export type { Database } from 'better-sqlite3';

export type OpenOptions = {
  /** `own` (the server): makes and migrates the file. `visit` (a command beside it): the file must stand, at this version. */
  as?: 'own' | 'visit';
  /** How long to wait for another program's lock, once open. It blocks the process, so it stays short. */
  busyMs?: number;
  /** Told when something goes slower than it should, but goes on. */
  onTrouble?: (error: Error) => void;
};

/** Nobody is on the line yet: another command may take its time. */
const openingMs = 2000;

/** "VIGI": tells our files from any other SQLite database (PRAGMA application_id). */
const ourApplication = 0x56494749;

/** The database in `file`, in WAL mode, at the latest version. */
export function openDatabase(file: string, { as = 'own', busyMs = openingMs }: OpenOptions = {}): Result<Database> {
  let db: Database | undefined;
  try {
    if (as === 'visit' && !existsSync(file)) return bad(missing(file));
    mkdirSync(dirname(file), { recursive: true });
    db = new Sqlite(file, { timeout: openingMs });
    const refused = as === 'own' ? refusal(file, db) : (refusal(file, db) ?? older(file, db));
    if (refused) {
      db.close();
      return bad(refused);
    }
    prepare(db, as);
    db.pragma(`busy_timeout = ${busyMs}`);
    return good(db);
  } catch (error) {
    db?.close();
    const problem = storeProblem(file, error);
    if (!problem) throw error;
    return bad(problem);
  }
}

/**
 * synchronous=NORMAL: a commit reaches the operating system, not the platter. Killing the process (-9) loses nothing;
 * a power cut may lose the last commits, never the file's integrity (https://sqlite.org/pragma.html#pragma_synchronous).
 * The calls in progress die with the machine anyway.
 */
function prepare(db: Database, as: 'own' | 'visit'): void {
  db.pragma('synchronous = NORMAL');
  if (as === 'visit') return;
  db.pragma('journal_mode = WAL');
  db.pragma(`application_id = ${ourApplication}`);
  migrate(db);
}

/** False for an empty file too. */
export const isOurs = (db: Database): boolean => db.pragma('application_id', { simple: true }) === ourApplication;

/** Why this database cannot be ours, if it cannot. */
export function refusal(file: string, db: Database): Problem | undefined {
  const version = versionOf(db);
  const tables = db.prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").pluck().get() as number;
  if (tables > 0 && !isOurs(db)) {
    return { file, message: "this is another program's database", hint: 'name another file' };
  }
  if (version <= latestVersion) return undefined;
  return {
    file,
    message: `this database was written by a newer Vigie (version ${version}, this one knows ${latestVersion})`,
    hint: 'install that Vigie again, or restore a backup made before the upgrade; nothing was changed',
  };
}

function older(file: string, db: Database): Problem | undefined {
  const version = versionOf(db);
  if (version === latestVersion) return undefined;
  return {
    file,
    message: `this database was written by an older Vigie (version ${version}, this one needs ${latestVersion})`,
    hint: 'start the line once: it brings the database up to date',
  };
}

const missing = (file: string): Problem => ({
  file,
  message: 'there is no database yet',
  hint: 'start the line first (make run)',
});
