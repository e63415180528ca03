// The grammar of lines.yaml: our numbers, where each one enters, and what all flows share.
import { z } from 'zod';
import { language, name, phone, seconds, speech } from './schema-parts.ts';

const wait = z.strictObject({
  sound: z.enum(['music', 'ringing']).default('music'),
  words: speech.optional(),
  every: seconds(5, 120).default(15),
});
const common = {
  language: language.optional(),
  timezone: z.string().optional(),
  /** Country, or country-region, as date-holidays names them: `FR`, `FR-57`. */
  holidays: z
    .string()
    .regex(/^[A-Z]{2}(-[A-Z0-9]{1,4})?$/, 'expected a country or region such as "FR" or "FR-57"')
    .optional(),
  /** Number shown to the person rung. */
  show: z.enum(['line', 'caller']).optional(),
  wait: wait.optional(),
};

/** SMS to this number go to whoever is on call there, and their answers back. */
const sms = z.strictObject({
  planning: z.string().min(1),
  /** Raised when nobody of the planning got a message; the usual policy when left out. */
  policy: name.optional(),
  /** A conversation ends after so many hours without a word. */
  hours: z.number().min(1, 'expected at least 1 hour').max(168, 'expected at most 168 hours (a week)').default(24),
});

/** The line calls itself over each of its carriers and keys its way to each leaf of its flows: docs/self-test.md. */
const selfTest = z.strictObject({
  /** Minutes between two test calls. */
  every: z.number().min(1, 'expected at least 1 minute').max(10_080, 'expected at most 10080 minutes'),
  /** As in a switch: `{ lun-ven: "08:00-20:00" }`. */
  hours: z.record(z.string(), z.string()).optional(),
  /** Trunks to call out by, `twilio` for the Twilio account; all unless said otherwise. */
  trunks: z.array(z.string()).min(1).optional(),
  /** How two misses in a row are told: a policy of alert-policies.yaml; its default one otherwise. */
  policy: name.optional(),
  /** Whom that policy's first level tells, where it says `raised`. */
  planning: name.optional(),
  person: name.optional(),
});

export const linesSchema = z.strictObject({
  defaults: z.strictObject(common).default({}),
  lines: z
    .array(z.strictObject({ number: phone, name: z.string().min(1), flow: name, sms: sms.optional(), ...common }))
    .min(1, 'expected at least one line'),
  'self test': selfTest.optional(),
  /** Named lists of telephone numbers: VIP callers, blocked callers. `+33 1 99*` matches a beginning. */
  lists: z.record(name, z.array(phone)).default({}),
});
export type WrittenLines = z.output<typeof linesSchema>;
