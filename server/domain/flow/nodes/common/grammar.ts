// Pieces of grammar that several kinds share.
import { z } from 'zod';
import { count, name, seconds, speech } from '../../schema-parts.ts';

/** Where the call goes on. */
export const next = name;

/** One, or a list of them. */
export const list = <T extends z.ZodType>(one: T) =>
  z
    .union([one, z.array(one).min(1, 'expected at least one')])
    .transform((given): z.output<T>[] => (Array.isArray(given) ? given : [given]));

export const key = z.string().regex(/^[0-9*#]$/, 'expected one key of the telephone: 0 to 9, "*" or "#"');

/** What happens on no input or a wrong one: ask again (saying this first), and after `tries` times go elsewhere. */
const retry = z.strictObject({ say: speech.optional(), tries: count(1, 9).default(2), then: next });
export type Retry = z.output<typeof retry>;

export const asks = {
  say: speech,
  wait: seconds(1, 60).default(4),
  'barge-in': z.boolean().default(true),
  'no-input': retry,
  'wrong-input': retry,
};

export const wait = z.enum(['music', 'ringing']).optional();
/** How a hunt can end that has no planning. */
export const exits = {
  'no-answer': next,
  'carrier-failure': next,
  answered: next.optional(),
  'caller-gone': next.optional(),
};

export const planning = z.string().min(1).optional();
export const person = name.optional();
export const hours = z.record(z.string(), z.string()).optional();
