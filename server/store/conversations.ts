// Conversations by SMS on the local disk, each a row with its whole state: saved before anything of it is sent.
import type { Database } from 'better-sqlite3';
import type { Conversation } from '../domain/conversation/conversation.ts';
import type { ConversationStore, SavedConversation } from '../engine/conversations/ports.ts';
import { guarded } from './failure.ts';

const statements = (db: Database) => ({
  save: db.prepare<[string, number, string, string, string, number, string]>(`
    INSERT INTO sms_threads (id, n, phase, line, sender, last_at, state) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, last_at = excluded.last_at, state = excluded.state`),
  raise: db.prepare<[string]>("INSERT INTO alert_inbox (kind, body) VALUES ('raise', ?)"),
  live: db.prepare<[], string>("SELECT state FROM sms_threads WHERE phase = 'open' ORDER BY n").pluck(),
  byId: db.prepare<[string], string>('SELECT state FROM sms_threads WHERE id = ?').pluck(),
  byNumber: db.prepare<[number], string>('SELECT state FROM sms_threads WHERE n = ?').pluck(),
  all: db.prepare<[number], string>('SELECT state FROM sms_threads ORDER BY n DESC LIMIT ?').pluck(),
  open: db
    .prepare<[number], string>("SELECT state FROM sms_threads WHERE phase = 'open' ORDER BY n DESC LIMIT ?")
    .pluck(),
  last: db.prepare<[], number>('SELECT coalesce(max(n), 0) FROM sms_threads').pluck(),
});

const read = (state: string): SavedConversation => JSON.parse(state) as SavedConversation;

/** The conversations in `db`, a database opened by `openDatabase`. @throws StoreFailure when the disk or the file fails. */
export function openConversations(db: Database): ConversationStore {
  const sql = statements(db);
  const alone = <T>(work: () => T): T => guarded(db.name, work);
  const save = db.transaction(({ thread, timers }: SavedConversation, raises: readonly object[]) => {
    const { id, n, phase, line, sender, lastAt } = thread;
    sql.save.run(id, n, phase, line, sender, Math.round(lastAt), JSON.stringify({ thread, timers }));
    for (const raise of raises) sql.raise.run(JSON.stringify(raise));
  });
  return {
    save: (saved, raises) => alone(() => save.immediate(saved, raises)),
    live: () => alone(() => sql.live.all()).map(read),
    get: (name) =>
      alone((): Conversation | undefined => {
        const found = sql.byId.get(name) ?? (/^\d{1,9}$/.test(name) ? sql.byNumber.get(Number(name)) : undefined);
        return found === undefined ? undefined : read(found).thread;
      }),
    list: ({ limit, all }) => alone(() => (all ? sql.all : sql.open).all(limit)).map((state) => read(state).thread),
    nextNumber: () => alone(() => (sql.last.get() ?? 0) + 1),
  };
}
