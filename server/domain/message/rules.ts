// Whom the line writes to and when, and the tools it opens tickets in: the grammar of messages.yaml, beside the flows.
import { z } from 'zod';
import { gatewaySchema } from './template.ts';
import { envName, type Json, json, name } from './words.ts';

const text = z.string().min(1).max(2000);

/** call: each call that is over. missed: one that nobody took. message: one with a recorded message. period, eve, moved: a person's duty. */
const events = ['call', 'missed', 'message', 'period', 'eve', 'moved'] as const;

const rule = z.strictObject({
  on: z.enum(events),
  /** Flow ids or numbers are not asked for: a line is named as in lines.yaml. All lines when left out. */
  lines: z.array(z.string().min(1)).min(1).optional(),
  /** Who: a planning's people, or a person. For `period`, `eve` and `moved`: the person concerned, on these plannings (all when left out). */
  planning: z.string().min(1).optional(),
  person: name.optional(),
  by: z.enum(['sms', 'mail']),
  subject: text.optional(),
  /** `{caller} {line} {outcome} {who}` and the call's values; `{planning} {from} {until}` for a duty. By language: a text, or fr: and en:. */
  text: z.union([text, z.record(z.string().regex(/^[a-z]{2}$/), text)]),
  /** Sent even to somebody whom an alert or another rule of the same call has told already. */
  loud: z.boolean().default(false),
});

const tool = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'expected an http(s) address' }),
  /** Header → the name of the environment variable that holds its value. */
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), envName).default({}),
  /** Signs the body: `X-Vigie-Signature: sha256=…`, HMAC with the secret in this variable. */
  sign: envName.optional(),
  /** Any JSON; `{value}` in its texts is filled in. */
  body: json,
  /** Where the ticket's reference stands in the answer: `ticket.id`. */
  reference: z
    .string()
    .regex(/^[A-Za-z0-9_.-]+$/)
    .default('id'),
});

export const messagesSchema = z.strictObject({
  rules: z.array(rule).default([]),
  tools: z.record(name, tool).default({}),
  /** SMS providers by their own HTTP APIs, in order of preference. */
  sms: z.array(gatewaySchema).default([]),
});

export type MessageRule = z.output<typeof rule>;
export type Tool = z.output<typeof tool>;
export type Messages = z.output<typeof messagesSchema>;
export const noMessages: Messages = { rules: [], tools: {}, sms: [] };

export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** A text with its values put in; one line of control characters less. What is not known is empty. */
export const fillIn = (template: string, facts: Facts): string =>
  template.replace(/\{([a-zA-Z][A-Za-z0-9_]*)\}/g, (_, key: string) =>
    String((Object.hasOwn(facts, key) ? facts[key] : undefined) ?? '').replace(/\p{Cc}+/gu, ' '),
  );

/** A JSON template filled in: values only ever become parts of texts, never structure. */
export function fillJson(template: Json, facts: Facts): Json {
  if (typeof template === 'string') return fillIn(template, facts);
  if (Array.isArray(template)) return template.map((one) => fillJson(one, facts));
  if (template === null || typeof template !== 'object') return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fillJson(value, facts)]));
}

/** The text in the reader's language, or the French one, or the first there is. */
export const textFor = ({ text: given }: MessageRule, language: string): string =>
  typeof given === 'string' ? given : (given[language.slice(0, 2)] ?? given.fr ?? Object.values(given)[0] ?? '');
