// What every command is, and where it says things. It loads nothing: `vigie help` passes here.
import type { Settings } from '../app/settings.ts';

/** 0 good, 1 a finding or a failure, 2 wrong use. */
export type Code = 0 | 1 | 2;
export type Environment = Readonly<Record<string, string | undefined>>;
export type Run = (args: string[], settings: Settings, env: Environment) => Promise<Code>;

export type Command = {
  name: string;
  /** Each way to use it, and what it then does. */
  uses: readonly (readonly [use: string, says: string])[];
  /** What it needs is loaded when it runs. */
  load: () => Promise<Run>;
};

/** Each says one or several lines, without the last end. */
export const terminal = {
  out: (text: string): void => void process.stdout.write(`${text}\n`),
  err: (text: string): void => void process.stderr.write(`${text}\n`),
  now: Date.now,
};

export const pause = (ms: number): Promise<void> => new Promise((later) => setTimeout(later, ms));
