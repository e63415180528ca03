// What messages need from the rest of the house: where they are kept, what people edit, and the ways out. app hands these in.
import type { Clock, Instant } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Resolver } from '../../domain/alert/contacts.ts';
import type { FlowSet } from '../../domain/flow/set.ts';
import type { Delivery } from '../../domain/message/deliveries.ts';
import type { Mailer, Sent, Sms, SmsProvider, SmsReport } from '../../domain/message/port.ts';
import type { Messages, Tool } from '../../domain/message/rules.ts';
import type { Overlay } from '../../domain/planning/changes.ts';
import type { PlanningSet } from '../../domain/planning/schema.ts';
import type { CallEvent } from '../../domain/telephony/event.ts';
import type { CallId } from '../../domain/telephony/names.ts';
import type { TrunkPlan } from '../../domain/trunk/schema.ts';
import type { Saving } from '../saving.ts';

/** Local and synchronous. */
export interface DeliveryStore {
  /** False: there is one of this id already. */
  add(delivery: Delivery): boolean;
  update(delivery: Delivery): void;
  /** A dead letter gets another day. */
  revive(id: string, at: Instant): void;
  due(at: Instant, limit: number): Delivery[];
  get(id: string): Delivery | undefined;
  list(options: { state?: Delivery['state']; limit: number }): Delivery[];
}

/** sending: handed over, no answer yet. accepted: taken by a provider. delivered, failed: reported, or refused by all providers. */
export type SmsState = 'sending' | 'accepted' | 'delivered' | 'failed';
export type SmsRecord = {
  id: string;
  to: string;
  from?: string;
  text: string;
  state: SmsState;
  provider?: string;
  /** What the provider calls it. */
  reference?: string;
  /** false: this provider never says whether a message arrived. */
  reports?: boolean;
  why?: string;
  tries: number;
  at: Instant;
  endedAt?: Instant;
};

/** Local and synchronous. */
export interface SmsBook {
  began(sms: Sms, at: Instant): void;
  answered(id: string, sent: Sent, provider: string, at: Instant): void;
  /** Delivered is the last word; a late report of it corrects a failure. */
  reported(report: SmsReport): void;
  get(id: string): SmsRecord | undefined;
  /** Those whose id begins so. */
  ofPrefix(prefix: string): SmsRecord[];
  /** The latest first. */
  list(options: { state?: SmsState; limit: number }): SmsRecord[];
  /** The id of the last one that was sent to this number, but for words back to an SMS of theirs. */
  lastTo(number: string): string | undefined;
  /** How many messages of conversations were passed on to this number since then. */
  passedOnTo(number: string, since: Instant): number;
  /** Our id of what a provider calls so. */
  idOf(reference: string): string | undefined;
}

/** What people edit, as far as messages need it. */
export type EditedForMessages = { plannings: PlanningSet; overlay: Overlay; messages: Messages };

/** The configuration that is in use, and its changes. */
export interface MessageConfiguration extends Resolver {
  flows(): FlowSet;
  trunks(): TrunkPlan;
  reading(): EditedForMessages;
  onChange(listener: (edited: EditedForMessages) => void): void;
}

export type MessagePorts = {
  clock: Clock;
  log: Log;
  saving: Saving;
  deliveries: DeliveryStore;
  config: MessageConfiguration;
  sms?: SmsProvider;
  mailer?: Mailer;
  /** Opens a ticket in this tool, under this id. Never rejects. */
  openTicket(tool: Tool, id: string, body: string): Promise<Sent>;
  /** Only the one process that sends may. */
  leading(): boolean;
  /** Tells a call what was found out for it. */
  tell(call: CallId, event: CallEvent): void;
};
