// The network's own name of each caller's channel: what to ask a carrier about, and how a request of a call that was is known again.
import type { Migration } from './migration.ts';

export const channels: Migration = {
  version: 9,
  name: 'channels',
  sql: 'ALTER TABLE calls ADD COLUMN channel TEXT;',
};
