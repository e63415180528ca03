// What the room of conversations needs from the rest of the house: alerts.ts builds these and hands them in.

import type { Clock, Instant } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Conversation, ConversationRule, Reader } from '../../domain/conversation/conversation.ts';
import type { SavedConversation } from '../../domain/conversation/saved.ts';
import type { SmsProvider } from '../../domain/message/port.ts';
import type { Raise } from '../alerts/ports.ts';
import type { Leader } from '../leader.ts';
import type { Row } from '../ports.ts';
import type { Saving } from '../saving.ts';

/** The part of the store that conversations live in: local, synchronous. */
export interface ConversationStore {
  /** The conversation and the alerts that it raises, in one transaction: neither is ever kept without the other. */
  save(saved: SavedConversation, raises: readonly Raise[]): void;
  /** Those that are open, oldest first, as their rows say them. */
  live(): Row[];
  /** By its id or its number. @throws Failure when it is there and cannot be read */
  get(idOrNumber: string): Conversation | undefined;
  /** The latest first. */
  list(options: { limit: number; all: boolean }): Conversation[];
  /** The highest number that was given; 0 before the first. */
  lastNumber(): number;
}

export type ConversationPorts = {
  clock: Clock;
  ids: Ids;
  log: Log;
  saving: Saving;
  leader: Leader;
  store: ConversationStore;
  sms: SmsProvider;
  /** What a number of ours does with SMS; undefined: nothing, or it is none of ours. */
  line(number: string): { name: string; rule?: ConversationRule } | undefined;
  /** All numbers of ours with such a rule. */
  lines(): string[];
  /** The one resolver, with the addresses of each person. */
  people(planning: string, at: Instant): { people: Reader[]; because: string };
  /** Takes in what was raised. `saved`: it is a row of the inbox. */
  raised(raise: Raise, saved: boolean): void;
  /** One sentence why this number is not written to by us; undefined when it may be. */
  refusal(number: string): string | undefined;
  /** How many messages of conversations were passed on to this number since then. */
  passedOnTo(number: string, since: Instant): number;
};
