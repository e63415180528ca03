// Conversations by SMS on the local disk, each a row with its whole state: saved before anything of it is sent.
import type { Database } from 'better-sqlite3';
import type { Conversation } from '../domain/conversation/conversation.ts';
import { conversationFormat, type SavedConversation } from '../domain/conversation/saved.ts';
import type { ConversationStore } from '../engine/conversations/ports.ts';
import { guarded, readOrFail } from './failure.ts';

type Saved = { id: string; state: string };

const statements = (db: Database) => ({
  save: db.prepare<[string, number, string, string, string, number, string]>(`
    INSERT INTO sms_threads (id, n, phase, line, sender, last_at, state) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, last_at = excluded.last_at, state = excluded.state`),
  raise: db.prepare<[string]>("INSERT INTO alert_inbox (kind, body) VALUES ('raise', ?)"),
  live: db.prepare<[], Saved>("SELECT id, state FROM sms_threads WHERE phase = 'open' ORDER BY n"),
  byId: db.prepare<[string], Saved>('SELECT id, state FROM sms_threads WHERE id = ?'),
  byNumber: db.prepare<[number], Saved>('SELECT id, state FROM sms_threads WHERE n = ?'),
  all: db.prepare<[number], Saved>('SELECT id, state FROM sms_threads ORDER BY n DESC LIMIT ?'),
  open: db.prepare<[number], Saved>("SELECT id, state FROM sms_threads WHERE phase = 'open' ORDER BY n DESC LIMIT ?"),
  last: db.prepare<[], number>('SELECT coalesce(max(n), 0) FROM sms_threads').pluck(),
});

/** The conversations in `db`, a database opened by `openDatabase`. @throws StoreFailure when the disk or the file fails. */
export function openConversations(db: Database): ConversationStore {
  const sql = statements(db);
  const alone = <T>(work: () => T): T => guarded(db.name, work);
  const save = db.transaction((saved: SavedConversation, raises: readonly object[]) => {
    const { id, n, phase, line, sender, lastAt } = saved.conversation;
    sql.save.run(id, n, phase, line, sender, Math.round(lastAt), conversationFormat.write(saved));
    for (const raise of raises) sql.raise.run(JSON.stringify(raise));
  });
  return {
    save: (saved, raises) => alone(() => save.immediate(saved, raises)),
    live: () => alone(() => sql.live.all()),
    get: (name) => {
      const byNumber = () => (/^\d{1,9}$/.test(name) ? sql.byNumber.get(Number(name)) : undefined);
      const found = alone(() => sql.byId.get(name) ?? byNumber());
      return found && readOrFail(conversationFormat.read(found.id, found.state)).conversation;
    },
    list: ({ limit, all }) =>
      alone(() => (all ? sql.all : sql.open).all(limit)).flatMap(({ id, state }): Conversation[] => {
        const read = conversationFormat.read(id, state);
        return read.ok ? [read.value.conversation] : [];
      }),
    lastNumber: () => alone(() => sql.last.get()) ?? 0,
  };
}
