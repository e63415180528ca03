// Live calls and what they need: local to one cell, never shared.
import type { Migration } from './migration.ts';

export const journal: Migration = {
  version: 1,
  name: 'journal',
  sql: `
    CREATE TABLE live_calls (
      id TEXT PRIMARY KEY,
      carrier TEXT NOT NULL,
      channel TEXT NOT NULL,
      version TEXT NOT NULL,
      state TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      seq INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX live_calls_by_channel ON live_calls (channel);
    CREATE TABLE timers (
      call TEXT NOT NULL,
      name TEXT NOT NULL,
      due_at INTEGER NOT NULL,
      PRIMARY KEY (call, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE outbox (
      n INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE TABLE publications (
      version TEXT PRIMARY KEY,
      body TEXT NOT NULL
    ) STRICT;
    CREATE TABLE turns (
      target TEXT PRIMARY KEY,
      taken INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE last_talked (
      person TEXT PRIMARY KEY,
      at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
