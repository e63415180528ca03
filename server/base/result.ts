// Errors a person can act on are values with a place and a mend; a thrown error is our bug.

/** Where in a file, both counted from 1. */
export type Place = { file: string; line?: number; column?: number };

/** One sentence that says what is wrong, where, and what to do about it. */
export type Problem = Place & { message: string; hint?: string };

export type Result<T> = { ok: true; value: T } | { ok: false; problems: Problem[] };

export const good = <T>(value: T): Result<T> => ({ ok: true, value });
export const bad = (...problems: Problem[]): Result<never> => ({ ok: false, problems });

/** `file:line:column message (hint)`: the form editors and terminals can jump to. */
export function problemText(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  return `${place} ${problem.message}${problem.hint ? ` (${problem.hint})` : ''}`;
}
