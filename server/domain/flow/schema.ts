// The grammar of a flow file: named nodes, each read by its kind.
import { z } from 'zod';
import type { NodeKind } from './kind.ts';
import { kinds } from './nodes/index.ts';
import { language, name } from './schema-parts.ts';
import { table } from './schema-table.ts';

/** Registered rather than described: a description makes a copy, and each copy a definition of its own in the JSON Schema. */
const read = ({ schema, about }: NodeKind) => schema.register(z.globalRegistry, { description: about });
const [first, ...others] = kinds;
const node = z.discriminatedUnion('kind', [read(first), ...others.map(read)]);

/** One file = one flow; its id is the file's name. */
export const flowSchema = z.strictObject({
  name: z.string().min(1).optional(),
  language: language.default('fr'),
  start: name,
  tables: z.record(name, table).default({}),
  nodes: z.record(name, node),
});
export type WrittenFlow = z.output<typeof flowSchema>;
