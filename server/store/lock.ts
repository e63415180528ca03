// A lock between processes: a SQLite file held exclusively. The system lets go of it with the process, even one killed by -9.
import Sqlite from 'better-sqlite3';

/** @returns what gives it back; undefined while another process has it. @throws what the disk or the file says */
export function tryLock(file: string): (() => void) | undefined {
  const db = new Sqlite(file, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
    return () => void db.close();
  } catch (error) {
    db.close();
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) return undefined;
    throw error;
  }
}
