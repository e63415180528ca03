// A call is asked for by its channel: has the one who left a moment ago been on record?
import type { Migration } from './migration.ts';

export const channelIndex: Migration = {
  version: 10,
  name: 'channel-index',
  sql: 'CREATE INDEX calls_by_channel ON calls (channel);',
};
