// What every value of a call can be: found in the files, so that conditions are typed and prompts are made ahead of time.
import type { Source } from './draft.ts';
import { kindOf } from './nodes/index.ts';
import type { Flow, FlowSet, PublishedTable } from './set.ts';

/** Every text a column can hold, where the table is a file. */
function columnTexts(table: PublishedTable, name: string): string[] | null {
  if (!('rows' in table)) return null;
  const given = table.default?.[name];
  const cells = table.rows.map((row) => String(row.values[name] ?? ''));
  return [...new Set([...cells, ...(given === undefined ? [] : [String(given)])])];
}

const ofNode = (flow: string, id: string, node: Flow['nodes'][string]): Source[] =>
  (kindOf(node).values?.(node) ?? []).map(({ name, info, path }) => ({
    name,
    info,
    flow,
    path: ['nodes', id, ...path],
  }));

const ofTable = (flow: string, id: string, table: PublishedTable): Source[] =>
  Object.entries(table.columns).map(([name, type]) => ({
    name,
    info: { type, spelled: false, texts: columnTexts(table, name) },
    flow,
    path: ['tables', id, 'columns', name],
  }));

export const sourcesOf = ({ id: flow, nodes, tables }: Flow): Source[] => [
  ...Object.entries(nodes).flatMap(([id, node]) => ofNode(flow, id, node)),
  ...Object.entries(tables).flatMap(([id, table]) => ofTable(flow, id, table)),
];

/** Places that give the same value are put together: spelled if one of them is keyed, unknown if one of them is. */
export function valuesOf(sources: readonly Source[]): FlowSet['values'] {
  const values: FlowSet['values'] = {};
  for (const { name, info } of sources) {
    const known = values[name];
    const texts = known ? union(known.texts, info.texts) : info.texts;
    values[name] = { type: info.type, spelled: info.spelled || known?.spelled === true, texts };
  }
  return values;
}

const union = (one: string[] | null, other: string[] | null): string[] | null =>
  one && other ? [...new Set([...one, ...other])] : null;
