// What the alerting room needs from the rest of the house: main.ts builds these and hands them in.

import type { Clock, Instant } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { About, Alert, AlertEvent, Contact, News, Notice } from '../../domain/alert/alert.ts';
import type { Everybody, PolicySet, Whom } from '../../domain/alert/policy.ts';
import type { SavedAlert } from '../../domain/alert/saved.ts';
import type { Inbox } from '../inbox.ts';
import type { Leader } from '../leader.ts';
import type { Row } from '../ports.ts';
import type { Saving } from '../saving.ts';

/** The part of the store that alerts live in: local, synchronous, committed on return. */
export interface AlertStore {
  save(saved: SavedAlert): void;
  /** Alerts that still may do something (open, held or deferred), oldest first, as their rows say them. */
  live(): Row[];
  /** There is a row of this id, whether it can be read or not. */
  has(id: string): boolean;
  /** By its id or its number. @throws Failure when it is there and cannot be read */
  get(idOrNumber: string): Alert | undefined;
  /** Those of them that can be read, as in the list. */
  ofCall(call: string): Alert[];
  /** The latest first. */
  list(options: { limit: number; all: boolean }): Alert[];
  /** The highest number that was given; 0 before the first. */
  lastNumber(): number;
}

/** An event without its instant: the room's own clock says when. */
export type Said<E extends AlertEvent = AlertEvent> = E extends unknown ? Omit<E, 'at'> : never;

/** The alerts, as whoever sends their notices sees them. */
export type Answered = {
  /** What became of a notice; `notice` carries its alert's id. */
  report(said: Said<Extract<AlertEvent, { notice: string }>>): void;
  /** Somebody answered through a notice. @returns the alert as it then is; undefined when there is none */
  act(alert: string, said: Said): Alert | undefined;
};

/**
 * Sends what an alert says. Each is told once a step is saved; what became of it comes back through `Answered`, with the
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
  saving: Saving;
  store: AlertStore;
  inbox: Inbox;
  leader: Leader;
  policies(): PolicySet;
  /** The one resolver, with the addresses of each person. */
  people(whom: Whom | Everybody, at: Instant): { people: Contact[]; because: string };
  /** Asked once. */
  senders(answered: Answered): Senders;
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
