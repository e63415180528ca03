// A conversation by SMS as it lies on disk, with the timers that it has. Pure.
import { z } from 'zod';
import type { SetTimer } from '../../base/clock.ts';
import { formatOf, isObject, objectIn, timersShape } from '../../base/saved.ts';
import type { Conversation } from './conversation.ts';

export type SavedConversation = { conversation: Conversation; timers: Record<string, SetTimer> };

const reader = z.looseObject({
  person: z.string(),
  name: z.string(),
  language: z.string(),
  sms: z.string().optional(),
});
const letter = z.looseObject({
  id: z.string(),
  by: z.enum(['sender', 'person']),
  text: z.string(),
  at: z.number(),
  state: z.enum(['open', 'done', 'alerted', 'failed', 'kept']),
  waiting: z.array(reader),
});
const slip = z.looseObject({
  id: z.string(),
  letter: z.string(),
  kind: z.enum(['forward', 'reply', 'word']),
  to: z.string(),
  text: z.string(),
  at: z.number(),
  state: z.enum(['sending', 'sent', 'delivered', 'failed', 'lost']),
});
const shape = z.looseObject({
  conversation: z.looseObject({
    id: z.string().min(1),
    n: z.int(),
    line: z.string(),
    lineName: z.string(),
    sender: z.string(),
    rule: z.looseObject({ planning: z.string(), quietMs: z.number(), policy: z.string().optional() }),
    phase: z.enum(['open', 'over']),
    openedAt: z.number(),
    lastAt: z.number(),
    stopped: z.boolean(),
    keeper: z.string().optional(),
    readers: z.array(reader),
    letters: z.array(letter),
    slips: z.array(slip),
    ids: z.int().min(0),
  }),
  timers: timersShape,
});

export const conversationFormat = formatOf<SavedConversation>({
  kind: 'conversation',
  // 0, before there was a number: a conversation was called a thread.
  upgrades: [({ thread, ...saved }) => ({ conversation: thread, ...saved })],
  shape,
  isOf: ({ conversation }, id) => conversation.id === id,
});

/** What a refused state may still tell: whose turn it would be to look at it. */
export function planningIn(state: string): string | undefined {
  const { conversation, thread } = objectIn(state) ?? {};
  const saved = conversation ?? thread;
  const rule = isObject(saved) ? saved.rule : undefined;
  const planning = isObject(rule) ? rule.planning : undefined;
  return typeof planning === 'string' ? planning : undefined;
}
