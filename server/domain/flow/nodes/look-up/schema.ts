// The grammar of look-up.
import { z } from 'zod';
import { name } from '../../schema-parts.ts';
import { next } from '../common/grammar.ts';

export const schema = z.strictObject({
  kind: z.literal('look-up'),
  table: name,
  key: z.string().min(1),
  found: next,
  'not-found': next,
  /** Where to go when the source cannot be asked. Required unless the table is a CSV file. */
  failed: next.optional(),
});
export type LookUp = z.output<typeof schema>;
