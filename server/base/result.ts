// Errors a person can act on are values with a place and a mend; a thrown error is our bug.

/** Where in a file, both counted from 1. */
export type Place = { file: string; line?: number; column?: number };

/** One sentence that says what is wrong, where, and what to do about it. */
export type Problem = Place & { message: string; hint?: string };

export type Result<T> = { ok: true; value: T } | { ok: false; problems: Problem[] };

export const good = <T>(value: T): Result<T> => ({ ok: true, value });
export const bad = (...problems: Problem[]): Result<never> => ({ ok: false, problems });

/** Thrown where a person must act (a full disk, a file locked by another program): `problem` says the mend. Whatever else is thrown is our bug. */
export class Failure extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, cause: unknown) {
    super(problem.message, { cause });
    this.name = new.target.name;
    this.problem = problem;
  }
}

/** `file:line:column message (hint)`: the form editors and terminals can jump to. */
export function problemText(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  return `${place} ${problem.message}${problem.hint ? ` (${problem.hint})` : ''}`;
}
