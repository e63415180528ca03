// Live calls on the local disk: saved before anything is performed. One process owns this file's journal (a cell's server).
// Knows nothing of what a call's state means, nor of the ledger; everything is synchronous and committed on return.

import type { Database } from 'better-sqlite3';
import type { Instant } from '../base/clock.ts';
import { codeOf } from '../base/errors.ts';
import type { CallId, ChannelId, PersonId } from '../domain/telephony/names.ts';
import type { Backlog, SavedCall, TimerRow } from '../engine/calls/ports.ts';
import { guarded } from './failure.ts';
import type { AlertRecord, DeliverRecord, FinishedCall, Shipment, WarningRecord } from './record.ts';

export type TimerChanges = { set: readonly TimerRow[]; cancel: readonly string[] };

/** Each method is one transaction. @throws StoreFailure when the disk or the file fails. */
export interface Journal {
  /** Inserts the call, or replaces its state (of what else a row says only the channel changes: a call back gets its caller late), cancels these timers of it, then sets those (same name: replaced). */
  save(call: SavedCall, timers?: TimerChanges): void;
  /** Takes the call and its timers out, and hands its record over to the ledger. Twice does no harm. */
  end(record: FinishedCall): void;
  /** Forgets a call that leaves no record: its caller is served as another one. */
  forget(id: CallId): void;
  /** All live calls, oldest first. */
  live(): SavedCall[];
  /** All timers, the next one first. */
  timers(): TimerRow[];
  dropTimer(call: CallId, name: string): void;
  /** Keeps a published flow set for the calls pinned to it; known versions are left as they are. */
  publish(version: string, body: string): void;
  publication(version: string): string | undefined;
  /** All that are kept. */
  publications(): { version: string; body: string }[];
  /** Drops the publications that no live call is pinned to, except `keep`; says how many. */
  prunePublications(keep: readonly string[]): number;
  /** How many turns this target had before; this one is counted. */
  nextTurn(target: string): number;
  lastTalked(person: PersonId): Instant | undefined;
  setTalked(person: PersonId, at: Instant): void;
  warn(warning: WarningRecord): void;
  alert(alert: AlertRecord): void;
  /** For whoever sends messages and tickets. */
  deliver(order: DeliverRecord): void;
  /** Records that wait for the ledger, those it could not take, and when the oldest that waits was made. */
  backlog(): Backlog;
  /** Those of these channels whose calls live, or wait for the ledger. */
  among(carrier: string, channels: readonly ChannelId[]): ChannelId[];
  /** What waits for the ledger, oldest first. */
  waiting(limit: number): { n: number; shipment: Shipment }[];
  /** The ledger has these. */
  shipped(ns: readonly number[]): void;
  /** The ledger cannot take this one (a bug): it stays in the file for whoever mends it, and no longer holds up the rest. */
  setAside(n: number): void;
  /** Several of the above in one transaction: all or nothing, so an error must leave `work`. `work` must not wait. */
  together<T>(work: () => T): T;
}

const statements = (db: Database) => ({
  save: db.prepare<SavedCall>(`
    INSERT INTO live_calls (id, carrier, channel, version, state, started_at, seq)
    VALUES (@id, @carrier, @channel, @version, @state, @startedAt, @seq)
    ON CONFLICT (id) DO UPDATE SET channel = excluded.channel, state = excluded.state, seq = excluded.seq`),
  drop: db.prepare<[string]>('DELETE FROM live_calls WHERE id = ?'),
  live: db.prepare<[], SavedCall>(`
    SELECT id, carrier, channel, version, state, started_at AS startedAt, seq FROM live_calls ORDER BY started_at, id`),
  setTimer: db.prepare<TimerRow>('INSERT OR REPLACE INTO timers (call, name, due_at) VALUES (@call, @name, @dueAt)'),
  dropTimer: db.prepare<[string, string]>('DELETE FROM timers WHERE call = ? AND name = ?'),
  dropTimers: db.prepare<[string]>('DELETE FROM timers WHERE call = ?'),
  timers: db.prepare<[], TimerRow>('SELECT call, name, due_at AS dueAt FROM timers ORDER BY due_at, call, name'),
  publish: db.prepare<[string, string]>('INSERT OR IGNORE INTO publications (version, body) VALUES (?, ?)'),
  publication: db.prepare<[string], string>('SELECT body FROM publications WHERE version = ?').pluck(),
  publications: db.prepare<[], { version: string; body: string }>('SELECT version, body FROM publications'),
  prune: db.prepare<[string]>(`
    DELETE FROM publications
    WHERE version NOT IN (SELECT version FROM live_calls) AND version NOT IN (SELECT value FROM json_each(?))`),
  turn: db
    .prepare<[string], number>(`
    INSERT INTO turns (target, taken) VALUES (?, 1)
    ON CONFLICT (target) DO UPDATE SET taken = taken + 1 RETURNING taken - 1`)
    .pluck(),
  talked: db.prepare<[string], number>('SELECT at FROM last_talked WHERE person = ?').pluck(),
  setTalked: db.prepare<[string, number]>(`
    INSERT INTO last_talked (person, at) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET at = max(at, excluded.at)`),
  post: db.prepare<[string, string]>('INSERT INTO outbox (kind, body) VALUES (?, ?)'),
  order: db.prepare<[string, string]>('INSERT INTO alert_inbox (kind, body) VALUES (?, ?)'),
  waiting: db.prepare<[number], { n: number; kind: string; body: string }>(
    "SELECT n, kind, body FROM outbox WHERE kind NOT LIKE 'refused %' ORDER BY n LIMIT ?",
  ),
  backlog: db.prepare<[], { waiting: number; refused: number; oldest: number | null }>(`
    SELECT count(*) FILTER (WHERE kind NOT LIKE 'refused %') AS waiting,
      count(*) FILTER (WHERE kind LIKE 'refused %') AS refused,
      min(coalesce(body ->> 'endedAt', body ->> 'at')) FILTER (WHERE kind NOT LIKE 'refused %') AS oldest FROM outbox`),
  among: db
    .prepare<{ carrier: string; channels: string }, string>(`
    SELECT channel FROM live_calls WHERE carrier = @carrier AND channel IN (SELECT value FROM json_each(@channels))
    UNION SELECT body ->> 'channel' FROM outbox WHERE kind IN ('call', 'refused call')
      AND body ->> 'carrier' = @carrier AND body ->> 'channel' IN (SELECT value FROM json_each(@channels))`)
    .pluck(),
  setAside: db.prepare<[number]>("UPDATE outbox SET kind = 'refused ' || kind WHERE n = ?"),
  shipped: db.prepare<[string]>('DELETE FROM outbox WHERE n IN (SELECT value FROM json_each(?))'),
});

/** All of a work or nothing; what is already part of one is simply done (a savepoint for each would cost as much as the work). */
function wholly(db: Database): <T>(work: () => T) => T {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const undo = db.prepare('ROLLBACK');
  return (work) => {
    if (db.inTransaction) return work();
    begin.run();
    try {
      const done = work();
      commit.run();
      return done;
    } catch (error) {
      // A full disk has undone it already.
      if (db.inTransaction) undo.run();
      throw error;
    }
  };
}

/** Waiting for another program's lock holds up every call: whoever waited once in vain no longer waits, until a write succeeds. */
function patience(db: Database): <T>(work: () => T) => T {
  const usual = db.pragma('busy_timeout', { simple: true }) as number;
  const wait = (ms: number) => db.pragma(`busy_timeout = ${ms}`);
  let waits = true;
  return (work) => {
    try {
      const done = work();
      if (!waits) wait(usual);
      waits = true;
      return done;
    } catch (error) {
      if (waits && codeOf(error).startsWith('SQLITE_BUSY')) {
        wait(0);
        waits = false;
      }
      throw error;
    }
  };
}

/** The journal in `db`, a database opened by `openDatabase`. */
export function openJournal(db: Database): Journal {
  const sql = statements(db);
  const patiently = patience(db);
  const whole = wholly(db);
  const together = <T>(work: () => T): T => guarded(db.name, () => patiently(() => whole(work)));
  const write = <T>(work: () => T): T => guarded(db.name, () => patiently(work));
  const read = <T>(work: () => T): T => guarded(db.name, work);
  const post = (shipment: Shipment) => sql.post.run(shipment.kind, JSON.stringify(shipment.body));
  const drop = (id: CallId) => {
    sql.drop.run(id);
    sql.dropTimers.run(id);
  };

  return {
    save: (call, { set, cancel } = { set: [], cancel: [] }) =>
      together(() => {
        sql.save.run(call);
        for (const name of cancel) sql.dropTimer.run(call.id, name);
        for (const timer of set) sql.setTimer.run(timer);
      }),
    end: (record) =>
      together(() => {
        drop(record.id);
        post({ kind: 'call', body: record });
      }),
    forget: (id) => together(() => drop(id)),
    live: () => read(() => sql.live.all()),
    timers: () => read(() => sql.timers.all()),
    dropTimer: (call, name) => write(() => void sql.dropTimer.run(call, name)),
    publish: (version, body) => write(() => void sql.publish.run(version, body)),
    publication: (version) => read(() => sql.publication.get(version)),
    publications: () => read(() => sql.publications.all()),
    prunePublications: (keep) => write(() => sql.prune.run(JSON.stringify(keep)).changes),
    nextTurn: (target) => write(() => sql.turn.get(target) ?? 0),
    lastTalked: (person) => read(() => sql.talked.get(person)),
    setTalked: (person, at) => write(() => void sql.setTalked.run(person, at)),
    warn: (body) => write(() => void post({ kind: 'warning', body })),
    // The record for the ledger, and the order for whoever sends alerts: both or none.
    alert: (body) =>
      together(() => {
        post({ kind: 'alert', body });
        sql.order.run('raise', JSON.stringify(body));
      }),
    deliver: (body) => write(() => void sql.order.run('deliver', JSON.stringify(body))),
    backlog: () => {
      const found = read(() => sql.backlog.get());
      const { waiting = 0, refused = 0, oldest = null } = found ?? {};
      return oldest === null ? { waiting, refused } : { waiting, refused, oldest };
    },
    among: (carrier, channels) => read(() => sql.among.all({ carrier, channels: JSON.stringify(channels) })),
    waiting: (limit) =>
      read(() => sql.waiting.all(limit)).map(({ n, kind, body }) => ({
        n,
        shipment: { kind, body: JSON.parse(body) } as Shipment,
      })),
    shipped: (ns) => write(() => void sql.shipped.run(JSON.stringify(ns))),
    setAside: (n) => write(() => void sql.setAside.run(n)),
    together,
  };
}
