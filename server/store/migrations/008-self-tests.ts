// The line's tests of itself, what they say of each way in and each leaf, and when the next is due; test calls are marked on record.
import type { Migration } from './migration.ts';

export const selfTests: Migration = {
  version: 8,
  name: 'self-tests',
  sql: `
    CREATE TABLE self_tests (
      id TEXT PRIMARY KEY,
      state TEXT NOT NULL,
      asked_at INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX self_tests_by_state ON self_tests (state, asked_at);
    CREATE TABLE self_test_series (
      subject TEXT PRIMARY KEY,
      body TEXT NOT NULL
    ) STRICT;
    CREATE TABLE self_test_next (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      due_at INTEGER NOT NULL,
      wanted TEXT NOT NULL
    ) STRICT;
    ALTER TABLE calls ADD COLUMN test TEXT;
  `,
};
