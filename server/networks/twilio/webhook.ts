// What Twilio sends, parsed: only what we use, everything else is ignored (parameters are added without notice).
import { z } from 'zod';
import { type PhoneNumber, unknownNumber } from '../../domain/telephony/names.ts';

const whole = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);
const blankable = <T extends z.ZodType>(type: T) =>
  z.preprocess((given) => (given === '' ? undefined : given), type.optional());

export const callSid = z.string().regex(/^CA[0-9a-f]{32}$/i);
export const messageSid = z.string().regex(/^(SM|MM)[0-9a-f]{32}$/i);

export const statuses = [
  'queued',
  'initiated',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'failed',
  'no-answer',
  'canceled',
] as const;
export const overStatuses: ReadonlySet<string> = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled']);

/** Any request about a call. */
export const voiceSchema = z.object({
  CallSid: callSid,
  CallStatus: blankable(z.enum(statuses)),
  From: z.string().max(255).default(''),
  To: z.string().max(255).default(''),
  CallerName: z.string().max(255).optional(),
  /** STIR/SHAKEN, as Twilio verified it. */
  StirVerstat: z.string().max(64).optional(),
  ForwardedFrom: z.string().max(255).optional(),
  Digits: z.string().max(64).default(''),
  SpeechResult: z.string().max(2000).default(''),
  /** A decoration: what cannot be read says nothing. */
  Confidence: z.coerce.number().min(0).max(1).catch(0).default(0),
  SequenceNumber: blankable(whole),
  SipResponseCode: blankable(whole),
  RecordingSid: blankable(z.string().regex(/^RE[0-9a-f]{32}$/i)),
  RecordingDuration: blankable(whole),
  RecordingStatus: z.string().max(32).optional(),
  AnsweredBy: z.string().max(32).optional(),
  MachineDetectionDuration: blankable(whole),
  ErrorCode: z.string().max(16).optional(),
});
export type VoiceWebhook = z.output<typeof voiceSchema>;

/** Any request about a message. */
export const messageSchema = z.object({
  MessageSid: messageSid,
  From: z.string().max(255).default(''),
  To: z.string().max(255).default(''),
  Body: z.string().max(20_000).default(''),
  MessageStatus: z.string().max(32).optional(),
  /** With advanced opt-out: STOP, START or HELP, whatever words the sender used. */
  OptOutType: blankable(z.string().max(16)),
  ErrorCode: blankable(z.string().max(16)),
});
export type MessageWebhook = z.output<typeof messageSchema>;

/** Numbers that Twilio writes where there is none (anonymous, unavailable, restricted, blocked). */
const nobody = new Set(['+266696687', '+86282452253', '+7378742833', '+2562533', '+8656696']);

/** A number in E.164, or '' for anything else: anonymous, `client:…`, `sip:…`. */
export const numberOf = (text: string | undefined): PhoneNumber =>
  text && /^\+[1-9]\d{6,14}$/.test(text) && !nobody.has(text) ? text : unknownNumber;
