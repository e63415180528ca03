// A value as it lies on disk: JSON that begins with the number of its format. What an older server wrote is brought up to today's; what a
// newer one wrote, or what is damaged, is refused with the reason. Pure; knows nothing of what the values mean.
import { z } from 'zod';
import { bad, good, type Result } from './result.ts';

type Saved = Record<string, unknown>;

export type Format<T> = {
  /** Today's number: one more than the last upgrade starts from. */
  readonly format: number;
  write(value: T): string;
  read(id: string, text: string): Result<T>;
};

export type FormatOptions<T> = {
  /** What one of these is called, in problems: `alert`. */
  kind: string;
  /** One step from each earlier format to the next, from 0: rows that have no number. They take and give what may be anything. */
  upgrades: readonly ((saved: Saved) => Saved)[];
  /** What every step takes for granted. More would only repeat the types; less, and a foreign row would throw in the middle of a step. */
  shape: z.ZodType;
  /** False: it is another one's. */
  isOf(value: T, id: string): boolean;
  /** As in JSON.stringify: what is not to lie on a disk. */
  replacer?: (key: string, value: unknown) => unknown;
};

/** Timers beside a value, as they were set. */
export const timersShape = z.record(z.string(), z.object({ dueAt: z.number(), ms: z.number() }));

export function formatOf<T extends object>({ kind, upgrades, shape, isOf, replacer }: FormatOptions<T>): Format<T> {
  const today = upgrades.length;
  return {
    format: today,
    // The number stands first, where a person who looks at the row sees it.
    write: (value) => `{"format":${today},${JSON.stringify(value, replacer).slice(1)}`,
    read: (id, text) => {
      const refuse = (message: string, hint: string) => bad({ file: `saved ${kind} ${id}`, message, hint });
      const saved = objectIn(text);
      if (!saved) return refuse('its state is no JSON object', 'the row is damaged: see `vigie doctor`');
      const { format = 0, ...rest } = saved;
      if (typeof format !== 'number' || !Number.isInteger(format) || format < 0)
        return refuse(`"${String(format)}" is no format`, 'the row is damaged: see `vigie doctor`');
      if (format > today)
        return refuse(`a newer server wrote it (format ${format}, this one reads up to ${today})`, 'start that server');
      const value = upgrades.slice(format).reduce((older, upgrade) => upgrade(older), rest);
      const issue = shape.safeParse(value).error?.issues[0];
      if (issue) return refuse(`${issue.path.join('.')}: ${issue.message}`, 'the row is damaged');
      return isOf(value as T, id) ? good(value as T) : refuse('it is another one', 'the row is damaged');
    },
  };
}

/** What a text says that may have been written by anybody. */
export function objectIn(text: string): Saved | undefined {
  try {
    const saved: unknown = JSON.parse(text);
    return isObject(saved) ? saved : undefined;
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Saved =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
