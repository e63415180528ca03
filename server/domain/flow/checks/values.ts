// Values: one type each, conditions that are yes-or-no questions, tables that say what holds when nothing is found.
import { didYouMean } from '../../../base/nearest.ts';
import { conditionFault } from '../condition.ts';
import type { Draft } from '../draft.ts';
import { at, type Finding, nodesOf, oneOf, type Rule, type Spot } from '../finding.ts';
import { daysOf, windowsOf } from '../hours.ts';
import type { Case } from '../schema.ts';

const typeOf = (value: string | number | boolean) =>
  typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'yes-no';

const oneType: Rule = (draft) =>
  draft.sources.flatMap((source) => {
    const first = draft.sources.find((other) => other.name === source.name);
    if (!first || first.info.type === source.info.type) return [];
    const message = `"${source.name}" is ${source.info.type} here, and ${first.info.type} in the flow "${first.flow}"`;
    return [at(draft, source.flow, source.path, message, 'give one of the two another name')];
  });

function value(draft: Draft, spot: Spot, path: PropertyKey[], one: NonNullable<Case['value']>): Finding[] {
  const info = draft.set.values[one.name];
  const names = Object.keys(draft.set.values);
  if (!info)
    return [
      at(
        draft,
        spot.flow,
        [...path, 'name'],
        `there is no value "${one.name}", ${oneOf(names)}`,
        didYouMean(one.name, names),
      ),
    ];
  return one.is
    .filter((text) => typeOf(text) !== info.type)
    .map((text) =>
      at(
        draft,
        spot.flow,
        [...path, 'is'],
        `"${one.name}" is ${info.type}, "${text}" is ${typeOf(text)}`,
        info.type === 'text' ? 'put it in quotes' : undefined,
      ),
    );
}

function hours(draft: Draft, spot: Spot, path: PropertyKey[], given: Record<string, string>): Finding[] {
  return Object.entries(given).flatMap(([days, text]) => [
    ...(daysOf(days)
      ? []
      : [at(draft, spot.flow, [...path, days], `"${days}" names no days`, 'write "lun-ven", "sam" or "mon-fri"')]),
    ...(windowsOf(text)
      ? []
      : [at(draft, spot.flow, [...path, days], `"${text}" names no hours`, 'write "08:00-12:00, 13:30-18:00"')]),
  ]);
}

const conditions = ['called', 'caller', 'caller-in', 'hours', 'holiday', 'value', 'when'] as const;

function oneCase(draft: Draft, spot: Spot, path: PropertyKey[], one: Case): Finding[] {
  if (conditions.every((name) => one[name] === undefined))
    return [
      at(draft, spot.flow, path, 'a case without a condition', `give one of ${conditions.join(', ')}, or use "else"`),
    ];
  const fault = one.when === undefined ? undefined : conditionFault(draft.set, one.when);
  return [
    ...(fault ? [at(draft, spot.flow, [...path, 'when'], `the condition is wrong: ${fault}`)] : []),
    ...(one.value ? value(draft, spot, [...path, 'value'], one.value) : []),
    ...(one.hours ? hours(draft, spot, [...path, 'hours'], one.hours) : []),
  ];
}

const cases: Rule = (draft) =>
  nodesOf(draft).flatMap((spot) =>
    spot.node.kind === 'decide' && spot.node.hours
      ? hours(draft, spot, [...spot.path, 'hours'], spot.node.hours)
      : spot.node.kind === 'switch'
        ? spot.node.cases.flatMap((one, i) => oneCase(draft, spot, [...spot.path, 'cases', i], one))
        : [],
  );

const questions: Rule = (draft) =>
  nodesOf(draft).flatMap(({ flow, node, path }) => {
    if (node.kind === 'menu' && Object.keys(node.keys).length === 0)
      return [at(draft, flow, [...path, 'keys'], 'a menu without a key', 'give at least one: "1": some-node')];
    if (node.kind === 'collect' && node.length.min > node.length.max)
      return [at(draft, flow, [...path, 'length'], `min ${node.length.min} is more than max ${node.length.max}`)];
    return [];
  });

const tables: Rule = (draft) =>
  Object.values(draft.set.flows).flatMap((flow) =>
    Object.entries(flow.tables).flatMap(([name, table]) => {
      const path = ['tables', name];
      const columns = Object.keys(table.columns);
      const range = 'match' in table && table.match === 'range';
      return [
        ...(range && table.until === undefined
          ? [at(draft, flow.id, path, 'a range needs "until": the column of the upper bound')]
          : []),
        ...Object.entries(table.default ?? {}).flatMap(([column, given]) => {
          const type = table.columns[column];
          if (!type)
            return [
              at(
                draft,
                flow.id,
                [...path, 'default', column],
                `there is no column "${column}", ${oneOf(columns)}`,
                didYouMean(column, columns),
              ),
            ];
          return typeOf(given) === type
            ? []
            : [
                at(
                  draft,
                  flow.id,
                  [...path, 'default', column],
                  `"${column}" is ${type}, "${given}" is ${typeOf(given)}`,
                ),
              ];
        }),
      ];
    }),
  );

/** Databases are looked into where somebody hands in a way to do so. */
const databases: Rule = (draft) =>
  Object.values(draft.set.flows).flatMap((flow) =>
    Object.entries(flow.tables).flatMap(([name, table]) => {
      if (!('sqlite' in table) || !draft.known.columns) return [];
      const path = ['tables', name];
      const there = draft.known.columns(table.sqlite, table.from);
      if (!Array.isArray(there)) return [at(draft, flow.id, [...path, 'sqlite'], there.why)];
      return [table.key, ...(table.until === undefined ? [] : [table.until]), ...Object.keys(table.columns)]
        .filter((column) => !there.includes(column))
        .map((column) =>
          at(
            draft,
            flow.id,
            path,
            `there is no column "${column}" in "${table.from}", ${oneOf(there)}`,
            didYouMean(column, there),
          ),
        );
    }),
  );

/** Only a CSV table cannot fail to answer. */
const fallbacks: Rule = (draft) =>
  nodesOf(draft).flatMap(({ flow, node, path }) => {
    const table = node.kind === 'look-up' ? draft.set.flows[flow]?.tables[node.table] : undefined;
    if (node.kind !== 'look-up' || !table || 'rows' in table || node.failed !== undefined) return [];
    return [
      at(
        draft,
        flow,
        path,
        `missing "failed": the table "${node.table}" may not answer`,
        'say where the call goes on then',
      ),
    ];
  });

export const values: Rule = (draft) =>
  [oneType, cases, questions, tables, databases, fallbacks].flatMap((rule) => rule(draft));
