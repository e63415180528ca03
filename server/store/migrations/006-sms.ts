// Conversations by SMS, what became of every SMS that we sent, and whoever asked for none.
import type { Migration } from './migration.ts';

export const sms: Migration = {
  version: 6,
  name: 'sms',
  sql: `
    CREATE TABLE sms_threads (
      id TEXT PRIMARY KEY,
      n INTEGER NOT NULL UNIQUE,
      phase TEXT NOT NULL,
      line TEXT NOT NULL,
      sender TEXT NOT NULL,
      last_at INTEGER NOT NULL,
      state TEXT NOT NULL
    ) STRICT;
    CREATE INDEX sms_threads_by_phase ON sms_threads (phase);
    CREATE TABLE sms (
      id TEXT PRIMARY KEY,
      recipient TEXT NOT NULL,
      sender TEXT,
      text TEXT NOT NULL,
      state TEXT NOT NULL,
      provider TEXT,
      reference TEXT,
      reports INTEGER,
      why TEXT,
      tries INTEGER NOT NULL,
      at INTEGER NOT NULL,
      ended_at INTEGER
    ) STRICT;
    CREATE INDEX sms_by_time ON sms (at);
    CREATE INDEX sms_by_reference ON sms (reference);
    CREATE TABLE sms_stops (
      number TEXT PRIMARY KEY,
      at INTEGER NOT NULL
    ) STRICT;
  `,
};
