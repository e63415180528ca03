// The grammar of listen.
import { z } from 'zod';
import { seconds, speech, valueName } from '../../schema-parts.ts';
import { key, next } from '../common/grammar.ts';

export const schema = z.strictObject({
  kind: z.literal('listen'),
  say: speech,
  /** Seconds from the end of the question without a word. */
  wait: seconds(2, 20).default(4),
  /** false: what is said over the question does not count. */
  'barge-in': z.boolean().default(true),
  /** Receives what was understood. */
  into: valueName.optional(),
  hears: z
    .array(z.strictObject({ words: z.array(z.string().min(2)).min(1), then: next }))
    .min(1, 'expected at least one list of words'),
  /** Keys that answer as well. Without them a key takes the way `nothing`, and answers what is asked there. */
  keys: z.record(key, next).optional(),
  /** Something else was said. */
  else: next,
  /** Nothing was said, or nobody could listen. */
  nothing: next,
});
export type Listen = z.output<typeof schema>;
