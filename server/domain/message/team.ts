// Which messages a finished call makes, by the rules of messages.yaml. One event makes one message per person. Pure.
import type { DeliveryContent } from './deliveries.ts';
import { type Facts, fillIn, type MessageRule, textFor } from './rules.ts';

export type Reader = { person: string; language: string; sms?: string; email?: string };
export type Ended = {
  call: string;
  line: string;
  outcome: 'talked' | 'message' | 'told' | 'hung-up' | 'lost';
  recording?: string;
  facts: Facts;
};
export type Post = { id: string; parcel: DeliveryContent };

const concerns: Partial<Record<MessageRule['on'], (call: Ended) => boolean>> = {
  call: () => true,
  missed: ({ outcome }) => outcome !== 'talked',
  message: ({ outcome }) => outcome === 'message',
};

/**
 * @param readers the people of a rule, as they can be written to
 * @param told who was told of this call by an alert: they are not told twice, unless the rule is loud
 */
export function callPosts(
  rules: readonly MessageRule[],
  call: Ended,
  readers: (rule: MessageRule) => readonly Reader[],
  told: () => ReadonlySet<string>,
): Post[] {
  const concerned = rules.filter((one) => isConcerned(one, call));
  if (concerned.length === 0) return [];
  const alerted = told();
  const posts = new Map<string, Post>();
  for (const rule of concerned) {
    for (const reader of readers(rule)) {
      const parcel = parcelFor(rule, reader, call.facts, call.recording);
      const quiet = !rule.loud && (alerted.has(reader.person) || posts.has(reader.person));
      if (!parcel || quiet) continue;
      const id = `${call.call}.${rule.on}.${reader.person}.${rule.by}`;
      posts.set(rule.loud ? id : reader.person, { id, parcel });
    }
  }
  return [...posts.values()];
}

const isConcerned = (rule: MessageRule, call: Ended): boolean =>
  concerns[rule.on]?.(call) === true && (rule.lines === undefined || rule.lines.includes(call.line));

/** Undefined: this person has no such address. */
export function parcelFor(
  rule: MessageRule,
  { language, sms, email }: Reader,
  facts: Facts,
  recording?: string,
): DeliveryContent | undefined {
  const text = fillIn(textFor(rule, language), facts);
  if (rule.by === 'sms') return sms === undefined ? undefined : { by: 'sms', to: sms, text };
  if (email === undefined) return undefined;
  const attachments = recording ? [{ file: recording, name: 'message.wav' }] : [];
  return { by: 'mail', to: [email], subject: fillIn(rule.subject ?? '', facts), text, attachments };
}
