// What commands have in common: words that are read, problems that are told, a database that is visited and closed again.
import { messageOf } from '../base/errors.ts';
import { type Problem, problemText, type Result } from '../base/result.ts';
import type { Code } from './command.ts';

type Err = { err: (text: string) => void };

/** Text from outside, as one line: nothing in it may steer the terminal. */
export const tame = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');

/** The first sentence of what `parseArgs` threw. */
export const wrongUse = (thrown: unknown): string => messageOf(thrown).split('. ')[0] ?? 'wrong use';

/** What was read, or what is wrong with it, as a sentence without its end. */
export function parsed<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    return wrongUse(error);
  }
}

/** @returns 1, the code of a command that failed */
export function told(io: Err, problems: readonly Problem[]): 1 {
  for (const problem of problems) io.err(problemText(problem));
  return 1;
}

/** Closed again whatever happens; what cannot be opened is told. */
export async function visiting<S extends { close(): void }>(
  io: Err,
  opened: Result<S>,
  work: (store: S) => Code | Promise<Code>,
): Promise<Code> {
  if (!opened.ok) return told(io, opened.problems);
  try {
    return await work(opened.value);
  } finally {
    opened.value.close();
  }
}
