// How a look-up table is declared in a flow file: where it comes from, how a key finds its row, and what the row holds.
import { z } from 'zod';
import { seconds, value, valueName, valueType } from './schema-parts.ts';

const column = z.string().min(1);
/** exact: equal. prefix: the longest key that begins what was asked. range: `from`–`to` in two columns. */
const match = z.enum(['exact', 'prefix', 'range']);
const shared = {
  match: match.default('exact'),
  /** Column that holds the key (for `range`: its lower bound, with `until` the upper one). */
  key: column,
  until: column.optional(),
  /** Columns the call receives, each with its type. Their names are the names of the values. */
  columns: z.record(valueName, valueType),
  /** The values on `not-found` and `failed`. */
  default: z.record(valueName, value).optional(),
};

const csv = z.strictObject({ csv: z.string().min(1), separator: z.enum([',', ';']).default(','), ...shared });
const sqlite = z.strictObject({
  sqlite: z.string().min(1),
  /** Table (or view) in the database. */
  from: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of a table or view'),
  ...shared,
});
const http = z.strictObject({
  /** `{key}` stands for what is asked, percent-encoded. */
  http: z
    .string()
    .regex(/^https?:\/\/[^{}]+\{key\}[^{}]*$/, 'expected an http(s) address with {key} in its path or query'),
  deadline: seconds(0.2, 10).default(2),
  /** Names of environment variables that hold header values: secrets stay out of files. */
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string().regex(/^[A-Z][A-Z0-9_]*$/)).default({}),
  columns: shared.columns,
  default: shared.default,
});

export const table = z.union([csv, sqlite, http]);
export type Table = z.output<typeof table>;
export type CsvTable = z.output<typeof csv>;
export type SqliteTable = z.output<typeof sqlite>;
export type HttpTable = z.output<typeof http>;
