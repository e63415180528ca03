// Each save of a call writes fewer pages: an index that nothing asked, and a counter that only kept old row numbers from coming again.
import type { Migration } from './migration.ts';

/** A row leaves the outbox after the ledger has it, and newer ones always have a higher number than those that wait: its number may come again. */
export const leanJournal: Migration = {
  version: 5,
  name: 'lean journal',
  sql: `
    DROP INDEX live_calls_by_channel;
    CREATE TABLE lean_outbox (
      n INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    INSERT INTO lean_outbox (n, kind, body) SELECT n, kind, body FROM outbox;
    DROP TABLE outbox;
    ALTER TABLE lean_outbox RENAME TO outbox;
  `,
};
