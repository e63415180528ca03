// What waits to leave the house in writing, as rows: the words are fixed when it is written, so that a retry says the same thing.
import type { Instant } from '../../base/clock.ts';
import type { Attachment } from './port.ts';

export type DeliveryContent =
  | { by: 'sms'; to: string; text: string }
  | { by: 'mail'; to: string[]; subject: string; text: string; attachments: Attachment[] }
  /** The body is made already; secrets are read when it is sent. */
  | { by: 'ticket'; tool: string; body: string };

export type Delivery = {
  /** Also the idempotency key: the same id is kept once, and sent under it each time. */
  id: string;
  /** The call it is about. */
  about?: string;
  parcel: DeliveryContent;
  state: 'waiting' | 'done' | 'dead';
  tries: number;
  madeAt: Instant;
  dueAt: Instant;
  endedAt?: Instant;
  /** The reference, or why it failed the last time. */
  answer?: string;
};

const minute = 60_000;
/** Retried for so long. */
export const longestMs = 24 * 60 * minute;
const waits = [10_000, 30_000, minute, 2 * minute, 5 * minute, 10 * minute, 30 * minute];

/** What a failed try makes of it: a later try, or a dead letter that somebody may send again. */
export function afterFailure(delivery: Delivery, why: string, again: boolean, at: Instant): Delivery {
  const tries = delivery.tries + 1;
  const wait = waits[Math.min(tries, waits.length) - 1] ?? minute;
  const over = !again || at + wait > delivery.madeAt + longestMs;
  return over
    ? { ...delivery, tries, state: 'dead', endedAt: at, answer: why }
    : { ...delivery, tries, dueAt: at + wait, answer: why };
}

export const afterSuccess = (delivery: Delivery, reference: string | undefined, at: Instant): Delivery => ({
  ...delivery,
  tries: delivery.tries + 1,
  state: 'done' as const,
  endedAt: at,
  ...(reference === undefined ? {} : { answer: reference }),
});

/** Its provider took it, and it did not arrive. */
export const afterReport = (delivery: Delivery, why: string, at: Instant): Delivery => ({
  ...delivery,
  state: 'dead' as const,
  endedAt: at,
  answer: why,
});
