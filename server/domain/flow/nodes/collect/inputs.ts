// Digits that a caller could usefully key, for the line's self test: those a table knows, one that none is likely to know.
import type { FlowSet, TableRow } from '../../set.ts';
import type { Asking } from '../common/question.ts';
import { schema as lookUpSchema } from '../look-up/schema.ts';
import type { Collect } from './schema.ts';

/** Rows with the same values lead to the same place: one of each is tried, and no more than this of one table. */
const mostRows = 12;

export function inputsOf(node: Collect, doing: Asking, set: FlowSet): string[] {
  if (doing.confirming !== null) return ['1'];
  const fit = [...known(set, node.into), filler(node)].filter((keys) => fits(node, keys));
  return [...new Set(fit)].map((keys) => ended(node, keys)).concat('');
}

const fits = ({ length: { min, max } }: Collect, keys: string) =>
  /^\d+$/.test(keys) && keys.length >= min && keys.length <= max;

/** A number that no table is likely to know. */
const filler = ({ length: { min } }: Collect): string => '0918273645'.repeat(4).slice(0, Math.max(1, min));

/** Fewer digits than there may be: the key that ends them spares the wait. */
const ended = ({ length, terminator }: Collect, keys: string): string =>
  keys.length < length.max && terminator !== 'none' ? keys + terminator : keys;

/** Keys of the tables that are asked with this value. */
function known(set: FlowSet, value: string): string[] {
  return Object.values(set.flows).flatMap(({ nodes, tables }) =>
    Object.values(nodes).flatMap((node) => {
      const asked = lookUpSchema.safeParse(node).data;
      const table = asked?.key.includes(`{${value}}`) ? tables[asked.table] : undefined;
      return table && 'rows' in table ? oneOfEach(table.rows).flatMap(({ key }) => [key, key.padEnd(5, '0')]) : [];
    }),
  );
}

function oneOfEach(rows: readonly TableRow[]): TableRow[] {
  const seen = new Set<string>();
  return rows
    .filter(({ key, values }) => {
      const shape = JSON.stringify(values);
      return /^\d+$/.test(key) && !seen.has(shape) && seen.add(shape);
    })
    .slice(0, mostRows);
}
