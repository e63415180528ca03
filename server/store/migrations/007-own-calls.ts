// Calls that the line places by itself (an alert by telephone), each a row with its whole state.
import type { Migration } from './migration.ts';

export const placedCalls: Migration = {
  version: 7,
  name: 'own-calls',
  sql: `
    CREATE TABLE own_calls (
      id TEXT PRIMARY KEY,
      over_at INTEGER,
      state TEXT NOT NULL
    ) STRICT;
  `,
};
