// What the alerting room needs from the rest of the house: main.ts builds these and hands them in.

import type { Clock, Instant } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { About, Alert, Contact, News, Notice } from '../../domain/alert/alert.ts';
import type { Everybody, PolicySet, Whom } from '../../domain/alert/policy.ts';

/** A timer as it was set: due at an instant, so long after it was set. */
export type SetTimer = { dueAt: Instant; ms: number };
export type SavedAlert = { alert: Alert; timers: Record<string, SetTimer> };
export type InboxRow = { k: number; kind: string; body: unknown };

/** The part of the store that alerts live in: local, synchronous, committed on return. */
export interface AlertStore {
  save(saved: SavedAlert): void;
  /** Alerts that still may do something (open, held or deferred), oldest first. */
  live(): SavedAlert[];
  /** By its id, an end of it, or its number. */
  get(idOrNumber: string): Alert | undefined;
  ofCall(call: string): Alert[];
  /** The latest first. */
  list(options: { limit: number; all: boolean }): Alert[];
  nextNumber(): number;
  post(kind: string, body: unknown): void;
  inbox(limit: number): InboxRow[];
  taken(k: number): void;
  together<T>(work: () => T): T;
}

/** Exactly one process sends. */
export interface SenderLock {
  held(): boolean;
  release(): void;
}

/**
 * Sends what an alert says. Each is told once a step is saved; what became of it comes back through `Alerting.report`, with the
 * notice's id. The same notice may be given again after a crash: its id is the key by which a repetition is known.
 */
export interface Senders {
  notify(alert: Alert, notice: Notice, to: Contact): void;
  tell(alert: Alert, notice: Notice, to: Contact, news: News): void;
  /** The alert call of this notice is no longer needed. */
  stop(alert: Alert, notice: Notice): void;
}

export type AlertPorts = {
  clock: Clock;
  ids: Ids;
  log: Log;
  store: AlertStore;
  lock: SenderLock;
  policies(): PolicySet;
  /** The one resolver, with the addresses of each person. */
  people(whom: Whom | Everybody, at: Instant): { people: Contact[]; because: string };
  senders: Senders;
  /** Orders of other rooms that came through the same door. */
  other(kind: string, body: unknown): void;
  /** This process sends from now on. */
  led?(): void;
  /** What is known of a call that may still go on. */
  about(call: string): About | undefined;
};

/** An urgency as it comes in. `id` is its maker's: the same one twice is kept once. */
export type Raise = {
  id: string;
  at: Instant;
  reason: string;
  call?: string;
  target?: Whom;
  policy?: string;
  about?: About;
  notBefore?: Instant;
};
