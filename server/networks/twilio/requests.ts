// What each of Twilio's requests is for: the path says which, its parts and its form are parsed here, the carrier and the messages do the rest.
import { z } from 'zod';
import type { Gate } from '../../base/gate.ts';
import type { TwilioCarrier } from './carrier.ts';
import type { TwilioSms } from './sms.ts';
import { messageSchema, type VoiceWebhook, voiceSchema } from './webhook.ts';

/** `document` absent: nothing is to be heard. */
export type Answer = { status: number; document?: string };
export type Form = Record<string, unknown>;
/** Takes the parts of the path after the name, as many as the table says. @throws ZodError for what is not as it must be. */
type Meaning = (parts: readonly string[], form: Form) => Answer;

const callId = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);
const legId = z.string().regex(/^[A-Za-z0-9-]{1,64}\.l\d{1,6}$/);
const messageId = z.string().min(1).max(200);
const turn = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);
const question = z.string().regex(/^e\d{1,9}$/);
const ending = z.enum(['played', 'keyed', 'recorded', 'left']);

/** An empty document where there is nothing to hear, but Twilio reads the answer. */
export const nothing = '<Response/>';
/** Undefined is a call that is none of ours: its fallback then takes the caller. */
const heard = (document: string | undefined): Answer =>
  document === undefined ? { status: 404, document: nothing } : { status: 200, document };
const noted: Answer = { status: 204 };
const said = (form: Form): VoiceWebhook => voiceSchema.parse(form);

/** By name and number of parts that follow: `voice/3` is `/twilio/voice/:call/:turn/:what`. None is taken before what it is for has begun. */
export type Requests = ReadonlyMap<string, { begun: Gate; meaning: Meaning }>;

export function requestsFor(carrier: TwilioCarrier, sms: TwilioSms | undefined): Requests {
  const behind = (begun: Gate, meanings: Record<string, Meaning>) =>
    Object.entries(meanings).map(([name, meaning]) => [name, { begun, meaning }] as const);
  return new Map([...behind(carrier.begun, voice(carrier)), ...(sms ? behind(sms.begun, messages(sms)) : [])]);
}

const voice = (carrier: TwilioCarrier): Record<string, Meaning> => ({
  'voice/0': (_parts, form) => heard(carrier.arrived(said(form))),
  'gone/0': (_parts, form) => {
    carrier.gone(said(form));
    return noted;
  },
  'voice/1': ([call], form) => heard(carrier.caller(callId.parse(call), said(form))),
  'voice/3': ([call, when, what], form) => {
    const done = { turn: turn.parse(when), what: ending.parse(what) };
    return heard(carrier.caller(callId.parse(call), said(form), done));
  },
  'wait/2': ([call, round]) => heard(carrier.waiting(callId.parse(call), turn.parse(round))),
  'leg/1': ([leg], form) => heard(carrier.leg(legId.parse(leg), said(form))),
  'leg/2': ([leg, asked], form) => heard(carrier.pressed(legId.parse(leg), question.parse(asked), said(form))),
  'door/1': ([place], form) => heard(carrier.atDoor(said(form), turn.parse(place))),
  'test/2': ([test, place], form) => heard(carrier.tests.asks(callId.parse(test), turn.parse(place), said(form))),
  'test-leg/1': ([leg]) => heard(carrier.tests.legShows(legId.parse(leg))),
  'test-status/1': ([test], form) => {
    carrier.tests.told(callId.parse(test), said(form));
    return noted;
  },
  'leg-status/1': ([leg], form) => {
    carrier.legTold(legId.parse(leg), said(form));
    return noted;
  },
  'leg-heard/1': ([leg], form) => {
    carrier.legHeard(legId.parse(leg), said(form));
    return noted;
  },
  'recording/1': ([call], form) => {
    carrier.recorded(callId.parse(call), said(form));
    return noted;
  },
});

const messages = (sms: TwilioSms): Record<string, Meaning> => ({
  'sms/0': (_parts, form) => {
    sms.received(messageSchema.parse(form));
    return { status: 200, document: nothing };
  },
  'sms-status/2': ([id, part], form) => {
    sms.reported(messageId.parse(id), part === 'last', messageSchema.parse(form));
    return noted;
  },
});
