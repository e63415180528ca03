// The grammar of switch.
import { z } from 'zod';
import { name, phone, value, valueName } from '../../schema-parts.ts';
import { hours, list, next } from '../common/grammar.ts';

const oneCase = z.strictObject({
  called: list(phone).optional(),
  caller: z.union([z.literal('hidden'), list(phone)]).optional(),
  'caller-in': name.optional(),
  hours,
  holiday: z.boolean().optional(),
  value: z.strictObject({ name: valueName, is: list(value) }).optional(),
  /** A condition in CEL. */
  when: z.string().min(1).optional(),
  then: next,
});
export type Case = z.output<typeof oneCase>;

export const schema = z.strictObject({
  kind: z.literal('switch'),
  cases: z.array(oneCase).min(1, 'expected at least one case'),
  else: next,
});
