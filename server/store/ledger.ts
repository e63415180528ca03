// What is on record, for people to read: finished calls, warnings, alerts. Shared by the cells of a company, so reached through
// Kysely only (PostgreSQL can stand behind it), and never on the way of a call.
import { createRequire } from 'node:module';
import type { Database } from 'better-sqlite3';
import type { Kysely } from 'kysely';
import type { Instant } from '../base/clock.ts';
import type { CallId, ChannelId } from '../domain/telephony/names.ts';
import type { CallRecords, Found, ListOptions } from '../engine/calls/ports.ts';
import { type MachineNote, machineNotes } from './notes.ts';
import type { AlertRecord, FinishedCall, Shipment, WarningRecord } from './record.ts';
import * as rows from './tables.ts';

/** As CommonJS, its 262 modules are loaded in half the time; every command that opens the database waits for them. */
const kysely: typeof import('kysely') = createRequire(import.meta.url)('kysely');

export interface Ledger extends CallRecords {
  /** Takes records in. The same record twice is kept once, so a shipment may be repeated after a crash. */
  take(shipments: readonly Shipment[]): Promise<void>;
  /** The network's names of the latest callers' channels over one carrier, at most so many, oldest first. */
  channels(carrier: string, most: number): Promise<ChannelId[]>;
  /** Those of these channels whose calls are on record. */
  among(carrier: string, channels: readonly ChannelId[]): Promise<ChannelId[]>;
  /** Since an instant, oldest first. */
  warnings(since?: Instant): Promise<WarningRecord[]>;
  alerts(since?: Instant): Promise<AlertRecord[]>;
  /** Phones that a machine tends to answer, by what is on record since then. */
  machineNotes(since: Instant): Promise<MachineNote[]>;
}

type Tables = Kysely<rows.LedgerTables>;

/**
 * The ledger in the journal's own file. It never opens a transaction: one held across an await would shut the journal,
 * which waits synchronously, out of the file for ever. Each statement commits by itself; a call's own row comes last,
 * so that a reader sees a call whole or not at all, and what a crash cut off is simply taken again.
 */
export function openLedger(db: Database): Ledger {
  return ledgerOf(new kysely.Kysely<rows.LedgerTables>({ dialect: new kysely.SqliteDialect({ database: db }) }));
}

/** The ledger over any database that Kysely reaches, its tables in place. */
export function ledgerOf(tables: Tables): Ledger {
  return {
    take: (shipments) => take(tables, shipments),
    list: (options) => list(tables, options),
    get: (idOrEnd) => get(tables, idOrEnd),
    lastOf: async (caller) => {
      const all = tables.selectFrom('calls').selectAll().where('caller', '=', caller);
      const [last] = await whole(tables, await all.orderBy('started_at', 'desc').limit(1).execute());
      return last;
    },
    channels: async (carrier, most) => {
      const of = tables.selectFrom('calls').select('channel').where('carrier', '=', carrier);
      const found = await of.where('channel', 'is not', null).orderBy('started_at', 'desc').limit(most).execute();
      return found.flatMap(({ channel }) => channel ?? []).reverse();
    },
    among: async (carrier, channels) => {
      const found: ChannelId[] = [];
      for (let from = 0; from < channels.length; from += channelsAtOnce) {
        const some = channels.slice(from, from + channelsAtOnce);
        const of = tables.selectFrom('calls').select('channel').where('carrier', '=', carrier);
        for (const { channel } of await of.where('channel', 'in', some).execute()) if (channel) found.push(channel);
      }
      return found;
    },
    warnings: async (since = 0) => {
      const found = await tables.selectFrom('warnings').selectAll().where('at', '>=', since).orderBy('at').execute();
      return found.map(rows.warningOfRow);
    },
    alerts: async (since = 0) => {
      const found = await tables
        .selectFrom('alerts_raised')
        .selectAll()
        .where('at', '>=', since)
        .orderBy('at')
        .execute();
      return found.map(rows.alertOfRow);
    },
    machineNotes: (since) => machineNotes(tables, since),
  };
}

/** Well under SQLite's 32,766 values in a statement: a leg has 16 columns. */
const rowsAtOnce = 500;
const channelsAtOnce = 1000;

async function insert<T extends keyof rows.LedgerTables>(tables: Tables, table: T, all: rows.LedgerTables[T][]) {
  for (let from = 0; from < all.length; from += rowsAtOnce) {
    await tables
      .insertInto(table)
      // Kysely cannot follow a table's name through a generic; the rows were made by tables.ts for this very table.
      .values(all.slice(from, from + rowsAtOnce) as never)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

async function take(tables: Tables, shipments: readonly Shipment[]): Promise<void> {
  const calls = shipments.flatMap((one) => (one.kind === 'call' ? [one.body] : []));
  const warnings = shipments.flatMap((one) => (one.kind === 'warning' ? [one.body] : []));
  const alerts = shipments.flatMap((one) => (one.kind === 'alert' ? [one.body] : []));
  await insert(tables, 'warnings', warnings.map(rows.warningRow));
  await insert(tables, 'alerts_raised', alerts.map(rows.alertRow));
  await insert(tables, 'visits', calls.flatMap(rows.visitRows));
  await insert(tables, 'legs', calls.flatMap(rows.legRows));
  await insert(tables, 'calls', calls.map(rows.callRow));
}

async function list(tables: Tables, { since = 0, limit = 100, before, tests: all = false }: ListOptions = {}) {
  let query = tables.selectFrom('calls').selectAll().where('started_at', '>=', since);
  if (!all) query = query.where('test', 'is', null);
  if (before) {
    query = query.where(({ eb, and, or }) =>
      or([
        eb('started_at', '<', before.startedAt),
        and([eb('started_at', '=', before.startedAt), eb('id', '<', before.id)]),
      ]),
    );
  }
  const found = await query
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const calls = await whole(tables, found.slice(0, limit));
  const last = calls.at(-1);
  return found.length > limit && last ? { calls, next: { startedAt: last.startedAt, id: last.id } } : { calls };
}

async function get(tables: Tables, idOrEnd: string): Promise<Found> {
  const calls = tables.selectFrom('calls').selectAll();
  const exact = await calls.where('id', '=', idOrEnd).execute();
  const pattern = `%${idOrEnd.replace(/[\\%_]/g, (sign) => `\\${sign}`)}`;
  const found =
    exact.length > 0 || idOrEnd === ''
      ? exact
      : await calls.where(kysely.sql<boolean>`id like ${pattern} escape '\\'`).orderBy('id').limit(10).execute();
  if (found.length > 1) return { found: 'several', ids: found.map(({ id }) => id) };
  const [call] = await whole(tables, found);
  return call ? { found: 'one', call } : { found: 'none' };
}

/** Calls with their legs and visits, in the order given. */
async function whole(tables: Tables, calls: rows.LedgerTables['calls'][]): Promise<FinishedCall[]> {
  const ids = calls.map(({ id }) => id);
  if (ids.length === 0) return [];
  const legs = await tables.selectFrom('legs').selectAll().where('call', 'in', ids).orderBy('n').execute();
  const visits = await tables.selectFrom('visits').selectAll().where('call', 'in', ids).orderBy('n').execute();
  const legsOf = byCall(legs);
  const visitsOf = byCall(visits);
  return calls.map((call) => rows.callOfRows(call, legsOf.get(call.id) ?? [], visitsOf.get(call.id) ?? []));
}

function byCall<T extends { call: CallId }>(list: T[]): Map<CallId, T[]> {
  const groups = new Map<CallId, T[]>();
  for (const one of list) groups.set(one.call, [...(groups.get(one.call) ?? []), one]);
  return groups;
}
