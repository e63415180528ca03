// The small moves that every step of a conversation is made of.
import type { Instant } from '../../base/clock.ts';
import {
  type Conversation,
  type ConversationEffect,
  type ConversationStep,
  deliveryMs,
  type Letter,
  type Reader,
  type Slip,
} from './conversation.ts';

export const change = (step: ConversationStep, part: Partial<Conversation>): ConversationStep => ({
  ...step,
  thread: { ...step.thread, ...part },
});
export const emit = (step: ConversationStep, ...effects: ConversationEffect[]): ConversationStep => ({
  ...step,
  effects: [...step.effects, ...effects],
});

export const changeLetter = (step: ConversationStep, id: string, part: Partial<Letter>): ConversationStep =>
  change(step, { letters: step.thread.letters.map((one) => (one.id === id ? { ...one, ...part } : one)) });
export const changeSlip = (step: ConversationStep, id: string, part: Partial<Slip>): ConversationStep =>
  change(step, { slips: step.thread.slips.map((one) => (one.id === id ? { ...one, ...part } : one)) });

function mint(step: ConversationStep, letter: 'm' | 's'): [ConversationStep, string] {
  const ids = step.thread.ids + 1;
  return [change(step, { ids }), `${step.thread.id}.${letter}${ids}`];
}

/** A new message, either way; the conversation's quiet time begins anew with it. */
export function addLetter(step: ConversationStep, letter: Omit<Letter, 'id' | 'waiting'>): [ConversationStep, string] {
  const [minted, id] = mint(step, 'm');
  const { letters, rule } = minted.thread;
  const kept = change(minted, { letters: [...letters, { ...letter, id, waiting: [] }], lastAt: letter.at });
  return [emit(kept, { type: 'start-timer', name: 'end', ms: rule.quietMs }), id];
}

export const lateTimer = (slip: string): string => `late.${slip}`;

/** An SMS of ours for a letter, written down and ordered. A word to a technician is not waited for. */
export function addSlip(
  step: ConversationStep,
  letter: string,
  kind: Slip['kind'],
  to: string,
  text: string,
  at: Instant,
  who?: Reader,
): ConversationStep {
  const [minted, id] = mint(step, 's');
  const whom = who ? { person: who.person, name: who.name } : {};
  const slip: Slip = { id, letter, kind, to, ...whom, text, at, state: 'sending' };
  const ordered = emit(change(minted, { slips: [...minted.thread.slips, slip] }), { type: 'send', slip: id });
  return kind === 'word' ? ordered : emit(ordered, { type: 'start-timer', name: lateTimer(id), ms: deliveryMs });
}
