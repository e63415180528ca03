// The grammar of pin.
import { z } from 'zod';
import { seconds, speech } from '../../schema-parts.ts';
import { next } from '../common/grammar.ts';

export const schema = z.strictObject({
  kind: z.literal('pin'),
  say: speech,
  /** Said before the next try. */
  wrong: speech.optional(),
  wait: seconds(2, 60).default(8),
  then: next,
  refused: next,
});
export type Pin = z.output<typeof schema>;
