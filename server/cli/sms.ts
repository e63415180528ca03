// What became of an SMS, in a few French words: for messages, calls and conversations. Pure.

import { frenchNumber } from '../domain/call/words.ts';
import { measure } from '../domain/message/segments.ts';
import type { SmsRecord } from '../engine/messages/ports.ts';

const states = { sending: 'en cours', accepted: 'accepté', delivered: 'reçu', failed: 'échec' } as const;

/** `reçu`, `échec (Twilio undelivered 30003)`, `accepté (twilio)`; how many SMS it cost where that is more than one. */
export function smsFate({ state, why, reports, provider, text }: SmsRecord): string {
  const { segments, encoding } = measure(text);
  const silent = state === 'accepted' && reports === false ? 'ne dit pas si c’est arrivé' : undefined;
  const notes = [provider, why, silent].filter((one) => one !== undefined).join(', ');
  const size = segments > 1 ? ` [${segments} SMS${encoding === 'ucs-2' ? ', UCS-2' : ''}]` : '';
  return `${states[state]}${notes ? ` (${notes})` : ''}${size}`;
}

export const smsLine = (sms: SmsRecord): string => `SMS au ${frenchNumber(sms.to)} : ${smsFate(sms)}`;

/** As programs see it. */
export const smsShown = (sms: SmsRecord) => {
  const { at, endedAt, ...rest } = sms;
  return {
    ...rest,
    ...measure(sms.text),
    at: new Date(at).toISOString(),
    endedAt: endedAt === undefined ? null : new Date(endedAt).toISOString(),
  };
};
