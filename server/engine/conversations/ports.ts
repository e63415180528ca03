// What the room of conversations needs from the rest of the house: alerts.ts builds these and hands them in.

import type { Clock, Instant } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Reader, Thread, ThreadRule } from '../../domain/conversation/conversation.ts';
import type { SmsProvider } from '../../domain/message/port.ts';
import type { Raise, SetTimer } from '../alerts/ports.ts';

export type SavedThread = { thread: Thread; timers: Record<string, SetTimer> };

/** The part of the store that conversations live in: local, synchronous. */
export interface ThreadStore {
  /** The conversation and the alerts that it raises, in one transaction: neither is ever kept without the other. */
  save(saved: SavedThread, raises: readonly Raise[]): void;
  live(): SavedThread[];
  get(idOrNumber: string): Thread | undefined;
  /** The latest first. */
  list(options: { limit: number; all: boolean }): Thread[];
  nextNumber(): number;
}

export type RelayPorts = {
  clock: Clock;
  ids: Ids;
  log: Log;
  store: ThreadStore;
  sms: SmsProvider;
  /** What a number of ours does with SMS; undefined: nothing, or it is none of ours. */
  line(number: string): { name: string; rule?: ThreadRule } | undefined;
  /** All numbers of ours with such a rule. */
  lines(): string[];
  /** The one resolver, with the addresses of each person. */
  people(planning: string, at: Instant): { people: Reader[]; because: string };
  /** Takes in what was raised: it stands in the inbox already where the disk took it. */
  raise(raise: Raise): void;
  /** One sentence why this number is not written to by us; undefined when it may be. */
  refusal(number: string): string | undefined;
};
