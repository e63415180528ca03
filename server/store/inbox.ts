// The door through which other programs and rooms hand something to the one process that sends: rows, so that none is lost.
import type { Database } from 'better-sqlite3';
import type { InboxRow, InboxStore } from '../engine/ports.ts';
import { guarded } from './failure.ts';

/** The inbox in `db`. Each is committed on return. @throws StoreFailure when the disk or the file fails. */
export function openInbox(db: Database): InboxStore {
  const post = db.prepare<[string, string]>('INSERT INTO alert_inbox (kind, body) VALUES (?, ?)');
  const after = db.prepare<[number, number], InboxRow>(
    'SELECT k, kind, body FROM alert_inbox WHERE k > ? ORDER BY k LIMIT ?',
  );
  const taken = db.prepare<[number]>('DELETE FROM alert_inbox WHERE k = ?');
  const alone = <T>(work: () => T): T => guarded(db.name, work);
  return {
    post: (kind, body) => alone(() => Number(post.run(kind, body).lastInsertRowid)),
    inbox: (k, limit) => alone(() => after.all(k, limit)),
    taken: (k) => alone(() => void taken.run(k)),
  };
}
