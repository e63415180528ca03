// What every value of a call can be: found in the files, so that conditions are typed and prompts are made ahead of time.
import type { Node } from './schema.ts';
import type { ValueType } from './schema-parts.ts';
import type { Flow, FlowSet, PublishedTable, ValueInfo } from './set.ts';
import { hasTemplate } from './template.ts';

/** One place that gives a value: `path` inside the flow file. */
export type Source = { name: string; info: ValueInfo; flow: string; path: string[] };

const written = (value: string | number | boolean): ValueInfo => ({
  type: typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'yes-no',
  spelled: false,
  texts: typeof value === 'string' && hasTemplate(value) ? null : [String(value)],
});

function ofNode(node: Node): [string, ValueInfo, string[]][] {
  if (node.kind === 'collect') return [[node.into, { type: 'text', spelled: true, texts: null }, ['into']]];
  if (node.kind === 'set') {
    return Object.entries(node.values).map(([name, value]) => [name, written(value), ['values', name]]);
  }
  if (node.kind === 'pin')
    return [
      ['technicien', { type: 'text', spelled: false, texts: null }, []],
      ['rappel', { type: 'text', spelled: true, texts: null }, []],
    ];
  if (node.kind === 'take-duty')
    return [
      ['garde', { type: 'text', spelled: false, texts: null }, []],
      ['fin', { type: 'text', spelled: false, texts: null }, []],
    ];
  if ((node.kind === 'ticket' || node.kind === 'listen') && node.into !== undefined)
    return [[node.into, { type: 'text', spelled: false, texts: null }, ['into']]];
  if (node.kind !== 'menu' || node.into === undefined) return [];
  const texts = Object.entries(node.keys).map(([key, choice]) => choice.value ?? key);
  return [[node.into, { type: 'text', spelled: false, texts }, ['into']]];
}

/** Every text a column can hold, where the table is a file. */
function columnTexts(table: PublishedTable, name: string): string[] | null {
  if (!('rows' in table)) return null;
  const given = table.default?.[name];
  const cells = table.rows.map((row) => String(row.values[name] ?? ''));
  return [...new Set([...cells, ...(given === undefined ? [] : [String(given)])])];
}

const ofTable = (table: PublishedTable): [string, ValueInfo, string[]][] =>
  (Object.entries(table.columns) as [string, ValueType][]).map(([name, type]) => [
    name,
    { type, spelled: false, texts: columnTexts(table, name) },
    ['columns', name],
  ]);

export function sourcesOf(flow: Flow): Source[] {
  const nodes = Object.entries(flow.nodes).flatMap(([id, node]) =>
    ofNode(node).map(([name, info, path]) => ({ name, info, flow: flow.id, path: ['nodes', id, ...path] })),
  );
  const tables = Object.entries(flow.tables).flatMap(([id, table]) =>
    ofTable(table).map(([name, info, path]) => ({ name, info, flow: flow.id, path: ['tables', id, ...path] })),
  );
  return [...nodes, ...tables];
}

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
