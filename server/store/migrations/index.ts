// The database's shape, step by step: numbered, forward only. A published step is never edited; a new one is added.
import type { Database } from 'better-sqlite3';
import { journal } from './001-journal.ts';
import { ledger } from './002-ledger.ts';
import { alerts } from './003-alerts.ts';
import { overrides } from './004-overrides.ts';
import { leanJournal } from './005-lean-journal.ts';
import { sms } from './006-sms.ts';
import { placedCalls } from './007-own-calls.ts';
import { selfTests } from './008-self-tests.ts';
import { channels } from './009-channels.ts';
import { channelIndex } from './010-channel-index.ts';
import { planningChanges } from './011-planning-changes.ts';
import { smsRecipients } from './012-sms-recipients.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [
  journal,
  ledger,
  alerts,
  overrides,
  leanJournal,
  sms,
  placedCalls,
  selfTests,
  channels,
  channelIndex,
  planningChanges,
  smsRecipients,
];
export const latestVersion = migrations.length;

/** The shape's version (PRAGMA user_version); 0 for an empty file. */
export const versionOf = (db: Database): number => db.pragma('user_version', { simple: true }) as number;

/** Brings `db` up to `to`, each step in its own transaction: a crash leaves the version before, never something between. */
export function migrate(db: Database, to = latestVersion): void {
  for (const step of migrations.slice(versionOf(db), to)) {
    db.transaction(() => {
      // Another process may have done this step while we waited for the lock.
      if (versionOf(db) >= step.version) return;
      db.exec(step.sql);
      db.pragma(`user_version = ${step.version}`);
    }).immediate();
  }
}
