// SQLite files as look-up tables: opened for reading only, asked with bound parameters, opened anew when replaced.

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { messageOf } from '../../base/errors.ts';
import { normalKey } from '../../domain/flow/match.ts';
import { typedValue } from '../../domain/flow/rows.ts';
import type { SqliteTable } from '../../domain/flow/schema-table.ts';
import type { Values } from '../../domain/telephony/names.ts';

type Open = { inode: number; database: Database.Database };

export type Sqlite = { find(table: SqliteTable, key: string): Values | null; close(): void };

/** @param root the folder that paths are relative to */
export function openSqlite(root: string): Sqlite {
  const open = new Map<string, Open>();
  const at = (file: string): Database.Database => {
    const path = resolve(root, file);
    const inode = statSync(path).ino;
    const known = open.get(path);
    if (known?.inode === inode) return known.database;
    known?.database.close();
    const database = new Database(path, { readonly: true, fileMustExist: true, timeout: 500 });
    open.set(path, { inode, database });
    return database;
  };
  return {
    find: (table, key) => find(at(table.sqlite), table, normalKey(key)),
    close: () => {
      for (const { database } of open.values()) database.close();
      open.clear();
    },
  };
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The question of each way of matching. Keys in the table are compared as they stand: capitals, no spaces. */
function question(table: SqliteTable, key: string): { where: string; given: string[] } {
  const column = quoted(table.key);
  if (table.match === 'exact') return { where: `${column} = ? LIMIT 1`, given: [key] };
  if (table.match === 'range') {
    const until = quoted(table.until ?? table.key);
    return { where: `${column} <= ? AND ${until} >= ? ORDER BY ${column} DESC LIMIT 1`, given: [key, key] };
  }
  // Every beginning of the key, asked for by equality: an index serves, and the longest comes first.
  const starts = Array.from({ length: Math.min(key.length, 40) }, (_, i) => key.slice(0, i + 1));
  const marks = starts.map(() => '?').join(', ');
  return { where: `${column} IN (${marks}) ORDER BY length(${column}) DESC LIMIT 1`, given: starts };
}

function find(database: Database.Database, table: SqliteTable, key: string): Values | null {
  if (key === '') return null;
  const columns = Object.keys(table.columns);
  const { where, given } = question(table, key);
  const names = columns.length > 0 ? columns.map(quoted).join(', ') : '1';
  const row = database.prepare(`SELECT ${names} FROM ${quoted(table.from)} WHERE ${where}`).get(...given);
  if (!row) return null;
  const cells = row as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(table.columns).map(([name, type]) => [name, typedValue(String(cells[name] ?? ''), type) ?? null]),
  );
}

/** The columns of a table or view, or why they cannot be read: for the checks. */
export function columnsIn(root: string): (file: string, from: string) => string[] | { why: string } {
  return (file, from) => {
    try {
      const database = new Database(resolve(root, file), { readonly: true, fileMustExist: true });
      try {
        const columns = database.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(from) as string[];
        return columns.length > 0 ? columns : { why: `there is no table "${from}" in ${file}` };
      } finally {
        database.close();
      }
    } catch (error) {
      return { why: `${file} cannot be read as SQLite: ${messageOf(error)}` };
    }
  };
}
