// The database as the rest of the house gets it: journal, ledger, and the way from one to the other.

import { good, type Problem, type Result } from '../base/result.ts';
import type { StopBook } from '../domain/message/opt-outs.ts';
import type { AlertStore } from '../engine/alerts/ports.ts';
import type { ConversationStore } from '../engine/conversations/ports.ts';
import type { DeliveryStore, SmsBook } from '../engine/messages/ports.ts';
import type { PlacedCallStore } from '../engine/placed-calls/ports.ts';
import type { InboxStore } from '../engine/ports.ts';
import type { TestStore } from '../engine/self-test/ports.ts';
import type { Audit, PlanningChanges } from '../engine/technician/ports.ts';
import { openAlerts } from './alerts.ts';
import { openAudit } from './audit.ts';
import { type Channels, openChannels } from './channels.ts';
import { checkpointAside } from './checkpoint.ts';
import { openConversations } from './conversations.ts';
import { type OpenOptions, openDatabase } from './database.ts';
import { openDeliveries } from './deliveries.ts';
import { StoreFailure, storeProblem } from './failure.ts';
import { openInbox } from './inbox.ts';
import { type Journal, openJournal } from './journal.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { openPlacedCalls } from './placed-calls.ts';
import { openPlanningChanges } from './planning-changes.ts';
import { openSelfTests } from './self-tests.ts';
import { openSmsBook, openStops } from './sms.ts';

/** How many records reached the ledger, and those it could not take: set aside, to be logged. */
export type Shipped = { count: number; refused: Problem[] };

export interface Store {
  journal: Journal;
  ledger: Ledger;
  channels: Channels;
  alerts: AlertStore;
  inbox: InboxStore;
  placedCalls: PlacedCallStore;
  deliveries: DeliveryStore;
  threads: ConversationStore;
  sms: SmsBook;
  stops: StopBook;
  audit: Audit;
  changes: PlanningChanges;
  selfTests: TestStore;
  /**
   * Brings what waits in the journal to the ledger. Call it after calls end and at start; what a crash or a failure
   * cut off is simply brought again. Rejects with StoreFailure when the disk or the file fails: nothing is lost then.
   */
  ship(): Promise<Shipped>;
  close(): void;
}

const atOnce = 100;

/** Opens (and for the server, makes and migrates) the database in `file`. */
export function openStore(file: string, options?: OpenOptions): Result<Store> {
  const opened = openDatabase(file, options);
  if (!opened.ok) return opened;
  const db = opened.value;
  const journal = openJournal(db);
  const ledger = openLedger(db);
  const channels = openChannels(journal, ledger);
  const alerts = openAlerts(db);
  const inbox = openInbox(db);
  const placedCalls = openPlacedCalls(db);
  const deliveries = openDeliveries(db);
  const audit = openAudit(db);
  const changes = openPlanningChanges(db);
  const written = { threads: openConversations(db), sms: openSmsBook(db), stops: openStops(db) };
  const selfTests = openSelfTests(db);
  let last: Promise<unknown> = Promise.resolve();
  const ship = (): Promise<Shipped> => {
    const next = last.then(() => shipAll(db.name, journal, ledger));
    last = next.catch(() => {});
    return next;
  };
  const stop = options?.as === 'visit' ? () => {} : checkpointAside(db, options?.onTrouble);
  const close = () => {
    stop();
    db.close();
  };
  return good({
    journal,
    ledger,
    channels,
    alerts,
    inbox,
    placedCalls,
    deliveries,
    ...written,
    audit,
    changes,
    selfTests,
    ship,
    close,
  });
}

type Waiting = ReturnType<Journal['waiting']>;

async function shipAll(file: string, journal: Journal, ledger: Ledger): Promise<Shipped> {
  const shipped: Shipped = { count: 0, refused: [] };
  for (let batch = journal.waiting(atOnce); batch.length > 0; batch = journal.waiting(atOnce)) {
    const failed = await take(file, ledger, batch);
    if (!failed) {
      journal.shipped(batch.map(({ n }) => n));
      shipped.count += batch.length;
    } else {
      await oneByOne(file, journal, ledger, batch, shipped);
    }
  }
  return shipped;
}

/** One record that can never be taken must not hold up all others. */
async function oneByOne(file: string, journal: Journal, ledger: Ledger, batch: Waiting, shipped: Shipped) {
  for (const one of batch) {
    const failed = await take(file, ledger, [one]);
    if (failed) {
      journal.setAside(one.n);
      const message = `the record of ${one.shipment.kind} ${one.shipment.body.id} cannot be kept: ${failed.message}`;
      shipped.refused.push({ file, message, hint: `it stays in the table "outbox", row ${one.n}` });
    } else {
      journal.shipped([one.n]);
      shipped.count++;
    }
  }
}

/** Undefined when taken; the error when these very records are the cause. @throws StoreFailure when the disk or the file is. */
async function take(file: string, ledger: Ledger, batch: Waiting): Promise<Error | undefined> {
  try {
    await ledger.take(batch.map(({ shipment }) => shipment));
    return undefined;
  } catch (error) {
    const problem = storeProblem(file, error);
    if (problem) throw new StoreFailure(problem, error);
    return error instanceof Error ? error : new Error(String(error));
  }
}
