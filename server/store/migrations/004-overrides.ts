// What is laid over the plannings' files: who took a duty, from when to when, and who said so. And the ways to a telephone's last uses in the
// audit, and to a caller's last call.
import type { Migration } from './migration.ts';

export const overrides: Migration = {
  version: 4,
  name: 'overrides',
  sql: `
    CREATE TABLE overrides (
      k INTEGER PRIMARY KEY AUTOINCREMENT,
      planning TEXT NOT NULL,
      people TEXT NOT NULL,
      from_at INTEGER NOT NULL,
      until_at INTEGER NOT NULL,
      why TEXT NOT NULL,
      set_by TEXT NOT NULL,
      ended_by TEXT,
      revision INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX overrides_by_end ON overrides (until_at);
    CREATE INDEX overrides_by_revision ON overrides (revision);
    CREATE INDEX audit_by_who ON audit (who, what, k);
    CREATE INDEX calls_by_caller ON calls (caller, started_at);
  `,
};
