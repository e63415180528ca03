// What can go wrong with a database file, each as one sentence a person can act on. Knows SQLite's and the system's error codes.
import { codeOf } from '../base/errors.ts';
import { Failure, type Problem, type Result } from '../base/result.ts';

/** Thrown by a store in use (full disk, lock, corruption): the caller decides what becomes of the call; `problem` says the mend. */
export class StoreFailure extends Failure {}

type Saying = { message: string; hint: string };

/** By prefix of the code, first match wins: SQLite's extended codes (https://sqlite.org/rescode.html) and errno names. */
const sayings: [prefix: string, saying: Saying][] = [
  [
    'SQLITE_FULL',
    { message: 'the disk that holds the database is full', hint: 'free some space: nothing was written' },
  ],
  ['ENOSPC', { message: 'the disk that holds the database is full', hint: 'free some space: nothing was written' }],
  [
    'SQLITE_BUSY',
    {
      message: 'the database is locked by another program',
      hint: 'stop the other server, backup or sqlite3 session that holds it',
    },
  ],
  [
    'SQLITE_LOCKED',
    {
      message: 'the database is locked by another program',
      hint: 'stop the other server, backup or sqlite3 session that holds it',
    },
  ],
  ['SQLITE_NOTADB', { message: 'this file is not a database', hint: 'name another file, or restore a backup here' }],
  [
    'SQLITE_CORRUPT',
    { message: 'the database is damaged', hint: 'keep a copy of the file, then restore the last backup' },
  ],
  [
    'SQLITE_READONLY',
    {
      message: 'the database cannot be written',
      hint: "give the server's user write access to the file and its folder",
    },
  ],
  [
    'SQLITE_CANTOPEN',
    { message: 'the database cannot be opened', hint: "give the server's user read and write access to the folder" },
  ],
  ['SQLITE_IOERR', { message: 'the disk failed while reading or writing the database', hint: 'check the disk' }],
  ['EACCES', { message: 'the folder of the database cannot be written', hint: "give the server's user write access" }],
  ['EPERM', { message: 'the folder of the database cannot be written', hint: "give the server's user write access" }],
  ['EROFS', { message: 'the folder of the database is read-only', hint: 'choose a folder on a writable disk' }],
  ['ENOTDIR', { message: 'the folder of the database is a file', hint: 'choose another path' }],
  ['EEXIST', { message: 'the folder of the database is a file', hint: 'choose another path' }],
  ['ENOENT', { message: 'the folder of the database cannot be made', hint: 'choose another path' }],
];

/** The problem behind an error of SQLite or of the file system; undefined when it is a bug of ours and should be thrown on. */
export function storeProblem(file: string, error: unknown): Problem | undefined {
  const code = codeOf(error);
  const saying = sayings.find(([prefix]) => code.startsWith(prefix))?.[1];
  return saying && { file, message: `${saying.message} [${code}]`, hint: saying.hint };
}

/** Runs `work`; failures of disk and database come out as `StoreFailure`, bugs as they are. */
export function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const problem = error instanceof StoreFailure ? undefined : storeProblem(file, error);
    throw problem ? new StoreFailure(problem, error) : error;
  }
}

/** A row as a value. @throws Failure when it cannot be read */
export function readOrFail<T>(read: Result<T>): T {
  if (read.ok) return read.value;
  const [problem] = read.problems;
  throw problem ? new Failure(problem, undefined) : new Error('a row cannot be read');
}
