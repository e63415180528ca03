// Alerts on the local disk, each a row with its whole state: saved before anybody is told. And the lock of the one process that sends.
import type { Database } from 'better-sqlite3';
import type { Alert } from '../domain/alert/alert.ts';
import { alertFormat } from '../domain/alert/saved.ts';
import type { AlertStore } from '../engine/alerts/ports.ts';
import type { SenderLock } from '../engine/ports.ts';
import { guarded, readOrFail } from './failure.ts';
import { tryLock } from './lock.ts';

const alive = "IN ('open', 'held', 'deferred')";

const statements = (db: Database) => ({
  save: db.prepare<[string, number, string, string | null, number, string]>(`
    INSERT INTO alerts (id, n, phase, call, raised_at, state) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, call = excluded.call, state = excluded.state`),
  live: db.prepare<[], Saved>(`SELECT id, state FROM alerts WHERE phase ${alive} ORDER BY n`),
  byId: db.prepare<[string], Saved>('SELECT id, state FROM alerts WHERE id = ?'),
  byNumber: db.prepare<[number], Saved>('SELECT id, state FROM alerts WHERE n = ?'),
  byCall: db.prepare<[string], Saved>('SELECT id, state FROM alerts WHERE call = ? ORDER BY n'),
  list: db.prepare<[number], Saved>('SELECT id, state FROM alerts ORDER BY n DESC LIMIT ?'),
  listLive: db.prepare<[number], Saved>(`SELECT id, state FROM alerts WHERE phase ${alive} ORDER BY n DESC LIMIT ?`),
  last: db.prepare<[], number>('SELECT coalesce(max(n), 0) FROM alerts').pluck(),
});

type Saved = { id: string; state: string };

/** The alerts in `db`, a database opened by `openDatabase`. */
export function openAlerts(db: Database): AlertStore {
  const sql = statements(db);
  const alone = <T>(work: () => T): T => guarded(db.name, work);
  const alertsIn = (rows: readonly Saved[]): Alert[] =>
    rows.flatMap(({ id, state }) => {
      const read = alertFormat.read(id, state);
      return read.ok ? [read.value.alert] : [];
    });
  return {
    save: (saved) =>
      alone(() => {
        const { id, n, phase, about, raisedAt } = saved.alert;
        sql.save.run(id, n, phase, about.call ?? null, Math.round(raisedAt), alertFormat.write(saved));
      }),
    live: () => alone(() => sql.live.all()),
    has: (id) => alone(() => sql.byId.get(id)) !== undefined,
    get: (name) => {
      const byNumber = () => (/^\d{1,9}$/.test(name) ? sql.byNumber.get(Number(name)) : undefined);
      const found = alone(() => sql.byId.get(name) ?? byNumber());
      return found && readOrFail(alertFormat.read(found.id, found.state)).alert;
    },
    ofCall: (call) => alertsIn(alone(() => sql.byCall.all(call))),
    list: ({ limit, all }) => alertsIn(alone(() => (all ? sql.list : sql.listLive).all(limit))),
    lastNumber: () => alone(() => sql.last.get()) ?? 0,
  };
}

/** A lock in a file of its own beside the database: an open transaction that ends with its process. */
export function openSenderLock(file: string): SenderLock {
  let release: (() => void) | undefined;
  return {
    held: () => {
      release ??= guarded(file, () => tryLock(`${file}.sender`));
      return release !== undefined;
    },
    release: () => {
      release?.();
      release = undefined;
    },
  };
}
