// The small moves that every step of a conversation is made of.
import type { Instant } from '../../base/clock.ts';
import {
  deliveryMs,
  type Letter,
  type Reader,
  type Slip,
  type Thread,
  type ThreadEffect,
  type ThreadStep,
} from './conversation.ts';

export const change = (step: ThreadStep, part: Partial<Thread>): ThreadStep => ({
  ...step,
  thread: { ...step.thread, ...part },
});
export const emit = (step: ThreadStep, ...effects: ThreadEffect[]): ThreadStep => ({
  ...step,
  effects: [...step.effects, ...effects],
});

export const changeLetter = (step: ThreadStep, id: string, part: Partial<Letter>): ThreadStep =>
  change(step, { letters: step.thread.letters.map((one) => (one.id === id ? { ...one, ...part } : one)) });
export const changeSlip = (step: ThreadStep, id: string, part: Partial<Slip>): ThreadStep =>
  change(step, { slips: step.thread.slips.map((one) => (one.id === id ? { ...one, ...part } : one)) });

function mint(step: ThreadStep, letter: 'm' | 's'): [ThreadStep, string] {
  const ids = step.thread.ids + 1;
  return [change(step, { ids }), `${step.thread.id}.${letter}${ids}`];
}

/** A new message, either way; the conversation's quiet time begins anew with it. */
export function addLetter(step: ThreadStep, letter: Omit<Letter, 'id' | 'waiting'>): [ThreadStep, string] {
  const [minted, id] = mint(step, 'm');
  const { letters, rule } = minted.thread;
  const kept = change(minted, { letters: [...letters, { ...letter, id, waiting: [] }], lastAt: letter.at });
  return [emit(kept, { type: 'start-timer', name: 'end', ms: rule.quietMs }), id];
}

export const lateTimer = (slip: string): string => `late.${slip}`;

/** An SMS of ours for a letter, written down and ordered. A word to a technician is not waited for. */
export function addSlip(
  step: ThreadStep,
  letter: string,
  kind: Slip['kind'],
  to: string,
  text: string,
  at: Instant,
  who?: Reader,
): ThreadStep {
  const [minted, id] = mint(step, 's');
  const whom = who ? { person: who.person, name: who.name } : {};
  const slip: Slip = { id, letter, kind, to, ...whom, text, at, state: 'sending' };
  const ordered = emit(change(minted, { slips: [...minted.thread.slips, slip] }), { type: 'send', slip: id });
  return kind === 'word' ? ordered : emit(ordered, { type: 'start-timer', name: lateTimer(id), ms: deliveryMs });
}
