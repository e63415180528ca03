// Values have one type each; tables say what holds when nothing is found, and have the columns that they name.
import { didYouMean } from '../../../base/nearest.ts';
import type { Draft } from '../draft.ts';
import { at, type Finding, noSuch, oneOf, type Rule } from '../finding.ts';
import { typeOf } from '../schema-parts.ts';
import type { Flow, PublishedTable } from '../set.ts';

const oneType: Rule = (draft) =>
  draft.sources.flatMap((source) => {
    const first = draft.sources.find((other) => other.name === source.name);
    if (!first || first.info.type === source.info.type) return [];
    const message = `"${source.name}" is ${source.info.type} here, and ${first.info.type} in the flow "${first.flow}"`;
    return [at(draft, source.flow, source.path, message, 'give one of the two another name')];
  });

/** A rule for each table of each flow. */
const eachTable =
  (rule: (draft: Draft, flow: Flow, path: PropertyKey[], table: PublishedTable) => Finding[]): Rule =>
  (draft) =>
    Object.values(draft.set.flows).flatMap((flow) =>
      Object.entries(flow.tables).flatMap(([name, table]) => rule(draft, flow, ['tables', name], table)),
    );

const ranges = eachTable((draft, { id }, path, table) =>
  'match' in table && table.match === 'range' && table.until === undefined
    ? [at(draft, id, path, 'a range needs "until": the column of the upper bound')]
    : [],
);

const defaults = eachTable((draft, { id }, path, table) =>
  Object.entries(table.default ?? {}).flatMap(([column, given]) => {
    const place = [...path, 'default', column];
    const type = table.columns[column];
    if (!type) return noSuch(draft, id, place, 'column', column, Object.keys(table.columns));
    if (typeOf(given) === type) return [];
    return [at(draft, id, place, `"${column}" is ${type}, "${given}" is ${typeOf(given)}`)];
  }),
);

/** Databases are looked into where somebody hands in a way to do so. */
const databases = eachTable((draft, { id }, path, table) => {
  if (!('sqlite' in table) || !draft.known.columns) return [];
  const there = draft.known.columns(table.sqlite, table.from);
  if (!Array.isArray(there)) return [at(draft, id, [...path, 'sqlite'], there.why)];
  const lacking = columnsOf(table).filter((column) => !there.includes(column));
  return lacking.map((column) => {
    const message = `there is no column "${column}" in "${table.from}", ${oneOf(there)}`;
    return at(draft, id, path, message, didYouMean(column, there));
  });
});

const columnsOf = ({ key, until, columns }: Extract<PublishedTable, { key: string }>): string[] => [
  key,
  ...(until === undefined ? [] : [until]),
  ...Object.keys(columns),
];

export const values: Rule = (draft) => [oneType, ranges, defaults, databases].flatMap((rule) => rule(draft));
