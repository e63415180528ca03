// The small pieces that flow and line files are made of. Knows their written form only, never what they do in a call.
import { z } from 'zod';

/** What every object has by itself: as a name it would be found where nobody wrote it. */
const inherited: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** The name of a node, a flow, a table or a list: letters, digits, `-` and `_`. */
export const name = z
  .string()
  .regex(/^[\p{L}0-9][\p{L}0-9_-]{0,63}$/u, 'expected a name made of letters, digits, "-" or "_"')
  .refine((text) => !inherited.has(text), 'this name is taken; choose another');

/** Words of CEL, and what every call knows by itself. */
export const takenNames: ReadonlySet<string> = new Set([
  ...['called', 'caller', 'line', 'today', 'time', 'weekday'],
  ...['in', 'true', 'false', 'null', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import'],
  ...['let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while', 'int', 'uint', 'double', 'bool'],
  ...['string', 'bytes', 'list', 'map', 'type', 'size', 'has', 'all', 'exists', 'filter', 'timestamp', 'duration'],
]);

/** The name of a value: it must be usable in a condition, so it is an identifier of CEL. */
export const valueName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9_]{0,63}$/, 'expected a value name: a small letter, then letters, digits or "_" (no accents)')
  .refine((text) => !takenNames.has(text) && !inherited.has(text), 'this name is taken; choose another');

export const valueType = z.enum(['text', 'number', 'yes-no']);
export type ValueType = z.output<typeof valueType>;

export const value = z.union([z.string(), z.number(), z.boolean()]);
export const typeOf = (given: z.output<typeof value>): ValueType =>
  typeof given === 'string' ? 'text' : typeof given === 'number' ? 'number' : 'yes-no';
export const language = z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'expected a language such as "fr" or "en-GB"');
/** Read by numbers.ts once the whole file stands, so that the message can name the mistake. */
export const phone = z.string({
  error: 'expected a telephone number in quotes, such as "+33 1 99 00 10 00"',
});
export const seconds = (least: number, most: number) =>
  z.number().min(least, `expected ${least} to ${most} seconds`).max(most, `expected ${least} to ${most} seconds`);
export const count = (least: number, most: number) =>
  z
    .int()
    .min(least, `expected a whole number from ${least} to ${most}`)
    .max(most, `expected a whole number from ${least} to ${most}`);

const piece = z.union([
  z.strictObject({ text: z.string().min(1, 'expected something to say'), language: language.optional() }),
  z.strictObject({ file: z.string().min(1, 'expected the name of a recording') }),
  z.strictObject({ spell: z.string().min(1, 'expected something to spell'), language: language.optional() }),
  z.strictObject({ pause: seconds(0.1, 10) }),
]);

/** One thing to hear. Texts may hold `{value}`. */
export type Piece =
  | { text: string; language?: string | undefined }
  | { file: string }
  | { spell: string; language?: string | undefined }
  | { pause: number };

const written = z.union([z.string().min(1, 'expected something to say'), piece]);
const asPiece = (part: z.output<typeof written>): Piece => (typeof part === 'string' ? { text: part } : part);

/** What is heard: a text, a piece, or a list of them. */
export const speech = z
  .union([written, z.array(written).min(1, 'expected at least one thing to say')])
  .transform((parts): Piece[] => (Array.isArray(parts) ? parts.map(asPiece) : [asPiece(parts)]));
