// Alerts with all that was done about them, what waits to be taken in by the one sender, written messages under way, and the audit.
import type { Migration } from './migration.ts';

export const alerts: Migration = {
  version: 3,
  name: 'alerts',
  sql: `
    CREATE TABLE alerts (
      id TEXT PRIMARY KEY,
      n INTEGER NOT NULL UNIQUE,
      phase TEXT NOT NULL,
      call TEXT,
      raised_at INTEGER NOT NULL,
      state TEXT NOT NULL
    ) STRICT;
    CREATE INDEX alerts_by_phase ON alerts (phase);
    CREATE INDEX alerts_by_call ON alerts (call);
    CREATE TABLE alert_inbox (
      k INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE TABLE deliveries (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      about TEXT,
      body TEXT NOT NULL,
      state TEXT NOT NULL,
      tries INTEGER NOT NULL,
      made_at INTEGER NOT NULL,
      due_at INTEGER NOT NULL,
      ended_at INTEGER,
      answer TEXT
    ) STRICT;
    CREATE INDEX deliveries_by_state ON deliveries (state, due_at);
    CREATE TABLE audit (
      k INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      who TEXT NOT NULL,
      what TEXT NOT NULL,
      detail TEXT NOT NULL
    ) STRICT;
  `,
};
