// A CSV table as text becomes rows with typed values, or problems with the line of the file.

import { parse } from 'csv-parse/sync';
import { messageOf } from '../../base/errors.ts';
import { didYouMean } from '../../base/nearest.ts';
import { bad, good, type Problem, type Result } from '../../base/result.ts';
import type { Value, Values } from '../telephony/names.ts';
import { normalKey } from './match.ts';
import type { ValueType } from './schema-parts.ts';
import type { CsvTable } from './schema-table.ts';
import type { TableRow } from './set.ts';

/** More rows than this belong into SQLite: a CSV table is kept with every published version. */
export const mostRows = 50_000;
const yes = new Set(['oui', 'yes', 'true', 'vrai', '1', 'x']);
const no = new Set(['non', 'no', 'false', 'faux', '0', '']);

type Record = { info: { lines: number }; record: { [column: string]: string } };

/** Rows of a table whose first line names the columns. Keys are normal; with `exact` and `prefix` each stands once. */
export function readRows(file: string, text: string, table: CsvTable): Result<TableRow[]> {
  let records: Record[];
  try {
    records = parse(text, {
      columns: true,
      info: true,
      bom: true,
      trim: true,
      skip_empty_lines: true,
      delimiter: table.separator,
    }) as unknown as Record[];
  } catch (error) {
    const line = (error as { lines?: number }).lines ?? 1;
    return bad({ file, line, column: 1, message: messageOf(error), hint: 'check separators and quotes' });
  }
  const first = records[0];
  if (!first)
    return bad({ file, line: 1, column: 1, message: 'the table has no row', hint: 'first line: the columns' });
  if (records.length > mostRows)
    return bad({ file, message: `the table has more than ${mostRows} rows`, hint: 'put it into SQLite' });
  const missing = missingColumns(file, table, Object.keys(first.record));
  if (missing.length > 0) return bad(...missing);
  return typed(file, table, records);
}

function missingColumns(file: string, table: CsvTable, there: string[]): Problem[] {
  const wanted = [table.key, ...(table.until === undefined ? [] : [table.until]), ...Object.keys(table.columns)];
  return wanted
    .filter((column) => !there.includes(column))
    .map((column) => ({
      file,
      line: 1,
      column: 1,
      message: `there is no column "${column}", expected one of ${there.join(', ')}`,
      ...hinted(otherSeparator(table, there) ?? didYouMean(column, there)),
    }));
}

const otherSeparator = ({ separator }: CsvTable, there: string[]): string | undefined => {
  const other = separator === ',' ? ';' : ',';
  return there.some((column) => column.includes(other)) ? `write separator: "${other}"` : undefined;
};

const hinted = (hint: string | undefined): { hint?: string } => (hint ? { hint } : {});

function typed(file: string, table: CsvTable, records: Record[]): Result<TableRow[]> {
  const problems: Problem[] = [];
  const seen = new Map<string, number>();
  const rows = records.map(({ info, record }) => {
    const fault = (message: string) => problems.push({ file, line: info.lines, column: 1, message });
    const key = normalKey(record[table.key] ?? '');
    if (key === '') fault(`column "${table.key}" is empty`);
    const before = seen.get(key);
    if (before !== undefined && table.match !== 'range') fault(`the key "${key}" stands on line ${before} already`);
    seen.set(key, info.lines);
    const values: Values = {};
    for (const [name, type] of Object.entries(table.columns)) {
      const value = typedValue(record[name] ?? '', type);
      if (value === undefined) fault(`column "${name}": "${record[name]}" is no ${type}`);
      else values[name] = value;
    }
    return { key, ...(table.until === undefined ? {} : { until: normalKey(record[table.until] ?? '') }), values };
  });
  return problems.length > 0 ? bad(...problems.slice(0, 20)) : good(rows);
}

/** A cell as a value of the column's type; undefined when it is not one. */
export function typedValue(text: string, type: ValueType): Value | undefined {
  if (type === 'text') return text;
  if (type === 'yes-no') return yes.has(text.toLowerCase()) ? true : no.has(text.toLowerCase()) ? false : undefined;
  const number = Number(text.replace(',', '.'));
  return text !== '' && Number.isFinite(number) ? number : undefined;
}
