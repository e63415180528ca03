// What is laid over the plannings' rules, of every kind, in order. Duties taken before stand in it too; their old table stays as it was.
import type { Migration } from './migration.ts';

export const planningChanges: Migration = {
  version: 11,
  name: 'planning-changes',
  sql: `
    CREATE TABLE planning_changes (
      k INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL,
      planning TEXT,
      from_at INTEGER NOT NULL,
      until_at INTEGER NOT NULL,
      why TEXT,
      body TEXT NOT NULL,
      author TEXT NOT NULL,
      made_at INTEGER NOT NULL,
      ended_by TEXT,
      revision INTEGER NOT NULL
    );
    CREATE INDEX planning_changes_by_end ON planning_changes (until_at);
    CREATE INDEX planning_changes_by_revision ON planning_changes (revision);
    INSERT INTO planning_changes (k, kind, planning, from_at, until_at, why, body, author, made_at, ended_by, revision)
      SELECT k, 'changement', planning, from_at, until_at, why, json_object('people', json(people)), set_by, from_at, ended_by, revision
      FROM overrides;
  `,
};
