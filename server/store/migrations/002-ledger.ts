// What is on record: finished calls, warnings, alerts. Plain columns only, so that the same tables can stand in PostgreSQL.
import type { Migration } from './migration.ts';

export const ledger: Migration = {
  version: 2,
  name: 'ledger',
  sql: `
    CREATE TABLE calls (
      id TEXT PRIMARY KEY,
      carrier TEXT NOT NULL,
      called TEXT NOT NULL,
      caller TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      answered_at INTEGER,
      ended_at INTEGER NOT NULL,
      outcome TEXT NOT NULL,
      who TEXT,
      talk_seconds REAL,
      flow_version TEXT NOT NULL,
      planning_version TEXT,
      "values" TEXT NOT NULL,
      recording TEXT,
      notes TEXT NOT NULL
    ) STRICT;
    CREATE INDEX calls_by_start ON calls (started_at, id);
    CREATE TABLE legs (
      leg TEXT PRIMARY KEY,
      call TEXT NOT NULL,
      n INTEGER NOT NULL,
      person TEXT NOT NULL,
      name TEXT NOT NULL,
      number TEXT NOT NULL,
      trunk TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      rang_ms INTEGER NOT NULL,
      answered_at INTEGER,
      taken_at INTEGER,
      ended_at INTEGER NOT NULL,
      cause TEXT NOT NULL,
      whose TEXT NOT NULL,
      detail TEXT,
      verdict TEXT
    ) STRICT;
    CREATE INDEX legs_by_call ON legs (call, n);
    CREATE TABLE visits (
      call TEXT NOT NULL,
      n INTEGER NOT NULL,
      at INTEGER NOT NULL,
      flow TEXT NOT NULL,
      node TEXT NOT NULL,
      kind TEXT NOT NULL,
      keyed TEXT,
      note TEXT,
      PRIMARY KEY (call, n)
    ) STRICT;
    CREATE TABLE warnings (
      id TEXT PRIMARY KEY,
      at INTEGER NOT NULL,
      call TEXT,
      subject TEXT NOT NULL,
      message TEXT NOT NULL
    ) STRICT;
    CREATE TABLE alerts_raised (
      id TEXT PRIMARY KEY,
      at INTEGER NOT NULL,
      call TEXT,
      reason TEXT NOT NULL,
      target TEXT
    ) STRICT;
  `,
};
