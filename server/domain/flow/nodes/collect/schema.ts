// The grammar of collect.
import { z } from 'zod';
import { count, seconds, speech, valueName } from '../../schema-parts.ts';
import { asks, next } from '../common/grammar.ts';

export const schema = z.strictObject({
  kind: z.literal('collect'),
  ...asks,
  into: valueName,
  length: z
    .union([count(1, 32), z.strictObject({ min: count(1, 32).default(1), max: count(1, 32) })])
    .transform((given) => (typeof given === 'number' ? { min: given, max: given } : given)),
  terminator: z.enum(['#', '*', 'none']).default('#'),
  /** Longest pause between two digits. */
  between: seconds(1, 30).default(4),
  /** Read back before going on: `true` spells the digits, a text says it in your words. 1 confirms, 2 corrects. */
  confirm: z.union([z.boolean(), speech]).default(false),
  then: next,
});
export type Collect = z.output<typeof schema>;
