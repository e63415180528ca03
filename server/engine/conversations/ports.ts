// What the room of conversations needs from the rest of the house: alerts.ts builds these and hands them in.

import type { Clock, Instant } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Conversation, ConversationRule, Reader } from '../../domain/conversation/conversation.ts';
import type { SmsProvider } from '../../domain/message/port.ts';
import type { Raise, SetTimer } from '../alerts/ports.ts';

export type SavedConversation = { thread: Conversation; timers: Record<string, SetTimer> };

/** The part of the store that conversations live in: local, synchronous. */
export interface ConversationStore {
  /** The conversation and the alerts that it raises, in one transaction: neither is ever kept without the other. */
  save(saved: SavedConversation, raises: readonly Raise[]): void;
  live(): SavedConversation[];
  get(idOrNumber: string): Conversation | undefined;
  /** The latest first. */
  list(options: { limit: number; all: boolean }): Conversation[];
  nextNumber(): number;
}

export type ConversationPorts = {
  clock: Clock;
  ids: Ids;
  log: Log;
  store: ConversationStore;
  sms: SmsProvider;
  /** What a number of ours does with SMS; undefined: nothing, or it is none of ours. */
  line(number: string): { name: string; rule?: ConversationRule } | undefined;
  /** All numbers of ours with such a rule. */
  lines(): string[];
  /** The one resolver, with the addresses of each person. */
  people(planning: string, at: Instant): { people: Reader[]; because: string };
  /** Takes in what was raised: it stands in the inbox already where the disk took it. */
  raise(raise: Raise): void;
  /** One sentence why this number is not written to by us; undefined when it may be. */
  refusal(number: string): string | undefined;
  /** How many messages of conversations were passed on to this number since then. */
  passedOnTo(number: string, since: Instant): number;
};
