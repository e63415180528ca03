// Alerts on the local disk, each a row with its whole state: saved before anybody is told. And the door through which other
// programs (the switchboard's saves, `vigie alert ack`) hand something to the one process that sends.
import type { Database } from 'better-sqlite3';
import type { Alert } from '../domain/alert/alert.ts';
import type { AlertStore, SavedAlert, SenderLock } from '../engine/alerts/ports.ts';
import { guarded } from './failure.ts';
import { tryLock } from './lock.ts';

const statements = (db: Database) => ({
  save: db.prepare<[string, number, string, string | null, number, string]>(`
    INSERT INTO alerts (id, n, phase, call, raised_at, state) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, call = excluded.call, state = excluded.state`),
  live: db
    .prepare<[], string>("SELECT state FROM alerts WHERE phase IN ('open', 'held', 'deferred') ORDER BY n")
    .pluck(),
  byId: db.prepare<[string], string>('SELECT state FROM alerts WHERE id = ?').pluck(),
  byNumber: db.prepare<[number], string>('SELECT state FROM alerts WHERE n = ?').pluck(),
  byCall: db.prepare<[string], string>('SELECT state FROM alerts WHERE call = ? ORDER BY n').pluck(),
  list: db.prepare<[number], string>('SELECT state FROM alerts ORDER BY n DESC LIMIT ?').pluck(),
  listLive: db
    .prepare<[number], string>(
      "SELECT state FROM alerts WHERE phase IN ('open', 'held', 'deferred') ORDER BY n DESC LIMIT ?",
    )
    .pluck(),
  last: db.prepare<[], number>('SELECT coalesce(max(n), 0) FROM alerts').pluck(),
  post: db.prepare<[string, string]>('INSERT INTO alert_inbox (kind, body) VALUES (?, ?)'),
  inbox: db.prepare<[number], { k: number; kind: string; body: string }>(
    'SELECT k, kind, body FROM alert_inbox ORDER BY k LIMIT ?',
  ),
  taken: db.prepare<[number]>('DELETE FROM alert_inbox WHERE k = ?'),
});

const alertIn = (state: string): Alert => (JSON.parse(state) as SavedAlert).alert;

/** The alerts in `db`, a database opened by `openDatabase`. */
export function openAlerts(db: Database): AlertStore {
  const sql = statements(db);
  const alone = <T>(work: () => T): T => guarded(db.name, work);
  return {
    save: ({ alert, timers }) =>
      alone(() => {
        const { id, n, phase, about, raisedAt } = alert;
        sql.save.run(id, n, phase, about.call ?? null, Math.round(raisedAt), JSON.stringify({ alert, timers }));
      }),
    live: () => alone(() => sql.live.all()).map((state) => JSON.parse(state) as SavedAlert),
    get: (name) =>
      alone(() => {
        const found = sql.byId.get(name) ?? (/^\d{1,9}$/.test(name) ? sql.byNumber.get(Number(name)) : undefined);
        return found === undefined ? undefined : alertIn(found);
      }),
    ofCall: (call) => alone(() => sql.byCall.all(call)).map(alertIn),
    list: ({ limit, all }) => alone(() => (all ? sql.list : sql.listLive).all(limit)).map(alertIn),
    nextNumber: () => alone(() => (sql.last.get() ?? 0) + 1),
    post: (kind, body) => alone(() => void sql.post.run(kind, JSON.stringify(body))),
    inbox: (limit) => alone(() => sql.inbox.all(limit)).map((row) => ({ ...row, body: JSON.parse(row.body) })),
    taken: (k) => alone(() => void sql.taken.run(k)),
    together: (work) => guarded(db.name, () => db.transaction(work).immediate()),
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
