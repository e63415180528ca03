// The grammar of collect.
import { z } from 'zod';
import { count, type Piece, seconds, speech, valueName } from '../../schema-parts.ts';
import { asks, next } from '../common/grammar.ts';

/** `silence`: what a caller means who presses nothing at the read-back. */
const readBack = z.strictObject({ say: speech.optional(), silence: z.enum(['accept', 'again']).default('accept') });

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
  /** Read back before going on: `true` spells the digits, a text says it in your words. 1 confirms, 2 corrects, silence takes them. */
  confirm: z.union([z.boolean(), speech, readBack]).default(false),
  then: next,
});
export type Collect = z.output<typeof schema>;

/** The file's own words for the read-back; undefined: the line spells the digits. */
export const wordsOf = ({ confirm }: Collect): Piece[] | undefined =>
  Array.isArray(confirm) ? confirm : typeof confirm === 'object' ? confirm.say : undefined;

export const onSilence = ({ confirm }: Collect): 'accept' | 'again' =>
  typeof confirm === 'object' && !Array.isArray(confirm) ? confirm.silence : 'accept';
