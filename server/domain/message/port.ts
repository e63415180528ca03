// The ports of written messages: what an SMS provider, a mailbox and a ticket tool must be able to do for us. Knows no provider.
import type { Instant } from '../../base/clock.ts';
import type { PhoneNumber } from '../telephony/names.ts';

/** `id` is ours and stays the same when a message is sent again: a provider that can recognises it. */
export type Sms = {
  id: string;
  to: PhoneNumber;
  text: string /** one of our numbers; the provider's own otherwise */;
  from?: PhoneNumber;
};

/**
 * The provider's first answer. `reports`: it will tell later whether the message arrived; without it, accepted is all we learn.
 * `again`: the same request may succeed later (provider down); otherwise it never will (no such number).
 */
export type Sent =
  | { accepted: true; reference?: string; reports: boolean /** which provider, where there are several */; by?: string }
  | { accepted: false; why: string; again: boolean };

/** What became of an accepted message. `id` is that of the `Sms`. */
export type SmsReport = { id: string; delivered: boolean; why?: string; at: Instant };
export type IncomingSms = {
  from: PhoneNumber;
  to: PhoneNumber;
  text: string;
  at: Instant /** the provider's, to drop repetitions */;
  reference?: string;
};
export type SmsListener = {
  reported(report: SmsReport): void;
  received(sms: IncomingSms): void;
  /** This number wrote STOP, or takes it back. */
  left?(number: PhoneNumber, stopped: boolean): void;
};

export interface SmsProvider {
  readonly name: string;
  /** Reports and replies go to `listener` from now on. */
  start(listener: SmsListener): Promise<void>;
  /** Never rejects, and settles within 30 s: what goes wrong is an answer. */
  send(sms: Sms): Promise<Sent>;
  stop(): Promise<void>;
}

export type Attachment = { file: string; name: string };
export type Mail = { id: string; to: string[]; subject: string; text: string; attachments: Attachment[] };

export interface Mailer {
  /** Never rejects. Accepted means that the mail server took it. */
  send(mail: Mail): Promise<Sent>;
  stop(): Promise<void>;
}
