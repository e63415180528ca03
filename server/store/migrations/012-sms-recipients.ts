// What was sent to somebody lately: the last one, and how many. Asked for each SMS that comes in or is passed on.
import type { Migration } from './migration.ts';

export const smsRecipients: Migration = {
  version: 12,
  name: 'sms-recipients',
  sql: 'CREATE INDEX sms_by_recipient ON sms (recipient, at);',
};
