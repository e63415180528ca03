// A conversation by SMS as a machine of the durable runner: its step, its row with the alerts that it raises, who is on call, what is sent.
import type { Instant } from '../../base/clock.ts';
import { good } from '../../base/result.ts';
import {
  type Conversation,
  type ConversationEffect,
  type ConversationEvent,
  letterOf,
  slipOf,
} from '../../domain/conversation/conversation.ts';
import { conversationFormat } from '../../domain/conversation/saved.ts';
import { stepConversation } from '../../domain/conversation/step.ts';
import type { Sent } from '../../domain/message/port.ts';
import type { Raise } from '../alerts/ports.ts';
import type { Inside, Machine, Step } from '../machine.ts';
import { type Budget, budgetRaise } from './budget.ts';
import type { ConversationPorts } from './ports.ts';

export type ConversationMachine = Machine<Conversation, ConversationEvent, ConversationEffect, Raise>;

export const stepped = (
  conversation: Conversation,
  event: ConversationEvent,
): Step<Conversation, ConversationEffect> => {
  const { thread: value, effects } = stepConversation(conversation, event);
  return { value, effects };
};

/** @param tell takes what becomes of an SMS */
export function conversationMachine(
  ports: ConversationPorts,
  budget: Budget,
  tell: (id: string, event: ConversationEvent) => void,
): ConversationMachine {
  const { store } = ports;
  const send = openSender(ports, tell);
  return {
    kind: 'conversation',
    id: ({ id }) => id,
    isOver: ({ phase }) => phase === 'over',
    step: stepped,
    inside: (conversation, effect, at) => {
      if (effect.type === 'resolve') return onCall(conversation, effect.letter, at);
      return effect.type === 'alert' ? { notices: [raiseOf(conversation, effect, at)] } : undefined;
    },
    read: ({ id, state }) => {
      const read = conversationFormat.read(id, state);
      return read.ok ? good({ value: read.value.conversation, timers: read.value.timers }) : read;
    },
    save: ({ value, notices, allTimers }) =>
      store.save(
        { conversation: value, timers: allTimers() },
        notices.map(({ notice }) => notice),
      ),
    find: (id) => store.get(id),
    again: ({ slips }) =>
      slips.flatMap(({ id, state }) => (state === 'sending' ? [{ type: 'send' as const, slip: id }] : [])),
    perform: (conversation, effects) => {
      for (const effect of effects) if (effect.type === 'send') send(conversation, effect.slip);
    },
    listeners: [
      ({ notices, saved }) => {
        for (const raise of notices) ports.raised(raise, saved);
      },
    ],
  };

  function onCall(
    conversation: Conversation,
    letter: string,
    at: Instant,
  ): Inside<Conversation, ConversationEvent, Raise> {
    const found = ports.people(conversation.rule.planning, at);
    const answer = { type: 'resolved', at, letter, ...found } as const;
    if (budget.passes(conversation.line, found.people, at)) return { events: [answer] };
    return { events: [{ ...answer, full: true }], notices: [budgetRaise(conversation, at)] };
  }
}

/** Sends one SMS of a conversation, and takes what became of it. */
function openSender(
  { clock, sms, log, refusal }: Pick<ConversationPorts, 'clock' | 'sms' | 'log' | 'refusal'>,
  tell: (id: string, event: ConversationEvent) => void,
): (conversation: Conversation, slip: string) => void {
  return (conversation, slip) => {
    const found = slipOf(conversation, slip);
    if (!found) return;
    const { id, line } = conversation;
    const { kind, to, text } = found;
    const failed = (why: string) => tell(id, { type: 'failed', at: clock.now(), slip, why });
    const answered = (sent: Sent) => {
      log.info({ conversation: id, slip, kind, accepted: sent.accepted }, 'an SMS of a conversation');
      if (sent.accepted) tell(id, { type: 'sent', at: clock.now(), slip, reports: sent.reports });
      else failed(sent.why);
    };
    // Outside, only where the trunks' rules let us: an SMS to an island costs as much as a call there.
    const refused = kind === 'reply' ? refusal(to) : undefined;
    if (refused) {
      queueMicrotask(() => failed(refused));
      return;
    }
    // Always from the line's number: a technician's own is seen by nobody outside, and their answers come back here.
    void sms.send({ id: slip, to, text, from: line }).then(answered, (error: unknown) => failed(String(error)));
  };
}

function raiseOf(
  conversation: Conversation,
  { letter, reason }: { letter: string; reason: string },
  at: Instant,
): Raise {
  const { sender, line, lineName, rule, n } = conversation;
  const text = letterOf(conversation, letter)?.text ?? '';
  return {
    id: letter,
    at,
    reason,
    target: { planning: rule.planning },
    ...(rule.policy ? { policy: rule.policy } : {}),
    about: { caller: sender, called: line, line: lineName, values: { sms: text, conversation: n } },
  };
}
