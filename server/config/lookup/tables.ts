// Look-up tables at call time: CSV rows of the set, SQLite files, HTTP services. Knows how to ask, not why.
import { matchRow } from '../../domain/flow/match.ts';
import type { FlowSet } from '../../domain/flow/set.ts';
import type { LookUp } from '../../domain/telephony/effect.ts';
import type { Values } from '../../domain/telephony/names.ts';
import { askHttp } from './http.ts';
import { openSqlite } from './sqlite.ts';

export type TableOptions = {
  /** Folder that SQLite paths are relative to (absolute). */
  root: string;
  /** Where HTTP tables find the header values that their files name. */
  env?: Readonly<Record<string, string | undefined>>;
};

export interface Tables {
  /**
   * The row for a key: at once for CSV and SQLite, later for HTTP; null where there is none.
   * @throws (or rejects) Error in one sentence when the source cannot be asked: the flow's `failed` applies
   */
  lookUp(set: FlowSet, asked: Pick<LookUp, 'flow' | 'table' | 'key'>): Values | null | Promise<Values | null>;
  /** Closes the databases. A later look-up opens them again. */
  close(): void;
}

export function openTables({ root, env = {} }: TableOptions): Tables {
  const sqlite = openSqlite(root);
  return {
    lookUp: (set, asked) => {
      const table = set.flows[asked.flow]?.tables[asked.table];
      if (!table) throw new Error(`the flow "${asked.flow}" has no table "${asked.table}"`);
      const key = String(asked.key ?? '');
      if ('rows' in table) return matchRow(table.rows, table.match, key);
      return 'sqlite' in table ? sqlite.find(table, key) : askHttp(table, key, env);
    },
    close: () => sqlite.close(),
  };
}
