// A conversation by SMS: one event in; the next conversation and what to do about it out. Pure: no clock, no sender, no planning.
//
//   sender's letter ──> who is on call? ──> the first of them ──60 s without a report, or refused──> the next ── ... ──> an alert
//   person's letter ──> the sender, from the line's number ──refused, not delivered, or lost──> a word to its writer
import type { Instant } from '../../base/clock.ts';
import { isAutomatic } from '../message/automatic.ts';
import {
  type Conversation,
  type ConversationEvent,
  type ConversationStep,
  isLive,
  type Letter,
  letterOf,
  mostAtOnce,
  onceMs,
  type Reader,
  type Slip,
  slipOf,
} from './conversation.ts';
import { addLetter, addSlip, change, changeLetter, changeSlip, emit, lateTimer } from './draft.ts';
import { alertReason, conversationWords, oneLine } from './words.ts';

const mostText = 1000;
const automaticMs = 10 * 60_000;

export function openConversation(
  opened: Pick<Conversation, 'id' | 'n' | 'line' | 'lineName' | 'sender' | 'rule'>,
  at: Instant,
): Conversation {
  const empty = { stopped: false, readers: [], letters: [], slips: [], ids: 0 };
  return { ...opened, ...empty, phase: 'open', openedAt: at, lastAt: at };
}

/** The next conversation and its effects. A late, repeated or foreign event changes nothing. */
export function stepConversation(thread: Conversation, event: ConversationEvent): ConversationStep {
  const step: ConversationStep = { thread, effects: [] };
  switch (event.type) {
    case 'received':
      return onReceived(step, event);
    case 'resolved':
      if (event.full) return changeLetter(step, event.letter, { state: 'kept', why: 'budget' });
      return onResolved(step, event.letter, event.people, event.because, event.at);
    case 'replied':
      return onReplied(step, event);
    case 'sent':
      return onSent(step, event.slip, event.reports);
    case 'delivered':
      return onDelivered(step, event.slip, event.at);
    case 'failed':
      return giveUp(step, event.slip, 'failed', event.why, event.at);
    case 'timer':
      if (event.name === 'end') return change(step, { phase: 'over' });
      return giveUp(step, event.name.slice('late.'.length), 'lost', 'no report in time', event.at);
    case 'stopped':
      return thread.stopped ? step : onStopped(change(step, { stopped: true }), event.at);
    case 'resumed':
      return change(step, { stopped: false });
  }
}

type Received = Extract<ConversationEvent, { type: 'received' }>;
type Replied = Extract<ConversationEvent, { type: 'replied' }>;

const isKnown = ({ letters }: Conversation, reference: string | undefined): boolean =>
  reference !== undefined && letters.some((one) => one.reference === reference);

function onReceived(step: ConversationStep, { text, reference, at, over }: Received): ConversationStep {
  if (step.thread.phase === 'over' || isKnown(step.thread, reference)) return step;
  const letter = { by: 'sender' as const, text: text.slice(0, mostText), at, ...(reference ? { reference } : {}) };
  if (isAutomatic(text) && isAnswered(step.thread, at))
    return addLetter(step, { ...letter, state: 'kept', why: 'automatic' })[0];
  if (over || floods(step.thread, at)) return kept(step, letter, at);
  const [added, id] = addLetter(step, { ...letter, state: 'open' });
  return emit(added, { type: 'resolve', letter: id });
}

function onReplied(step: ConversationStep, { who, text, reference, at }: Replied): ConversationStep {
  const { thread } = step;
  if (thread.phase === 'over' || isKnown(thread, reference)) return step;
  const { person, name } = who;
  const letter = { by: 'person' as const, person, name, text: text.slice(0, mostText), at };
  const referred = { ...letter, ...(reference ? { reference } : {}) };
  if (floods(thread, at)) return kept(step, referred, at, who);
  if (thread.stopped) {
    const [added, id] = addLetter(step, { ...referred, state: 'failed', why: 'STOP' });
    return tell(added, id, who, conversationWords(who.language).stoppedReply(thread), at);
  }
  const [added, id] = addLetter(change(step, { keeper: person, readers: withReader(thread, who) }), {
    ...referred,
    state: 'open',
  });
  return addSlip(added, id, 'reply', thread.sender, referred.text, at);
}

/** A telephone answers by itself only what was sent to it a moment ago: somebody who writes « Je conduis » first, means it. */
const isAnswered = ({ slips }: Conversation, at: Instant): boolean =>
  slips.some((slip) => slip.kind === 'reply' && at - slip.at < automaticMs);

const floods = ({ letters }: Conversation, at: Instant): boolean =>
  letters.filter((one) => one.at > at - onceMs).length >= mostAtOnce;

/** Written down, passed on to nobody; said once. */
function kept(
  step: ConversationStep,
  letter: Omit<Letter, 'id' | 'waiting' | 'state'>,
  at: Instant,
  who?: Reader,
): ConversationStep {
  const already = step.thread.letters.at(-1)?.why === 'flood';
  const [added, id] = addLetter(step, { ...letter, state: 'kept', why: 'flood' });
  const reader = who ?? nearest(step.thread);
  return already || !reader
    ? added
    : tell(added, id, reader, conversationWords(reader.language).flood(step.thread), at);
}

function onResolved(
  step: ConversationStep,
  id: string,
  people: readonly Reader[],
  because: string,
  at: Instant,
): ConversationStep {
  const letter = letterOf(step.thread, id);
  if (letter?.state !== 'open' || letter.waiting.length > 0) return step;
  const { keeper } = step.thread;
  const reachable = people.filter(({ sms }) => sms !== undefined && sms !== step.thread.sender);
  const waiting = [
    ...reachable.filter(({ person }) => person === keeper),
    ...reachable.filter(({ person }) => person !== keeper),
  ];
  return toNext(changeLetter(step, id, { waiting, why: because }), id, at);
}

/** The next person of the planning; nobody left: an urgency that somebody must confirm. */
function toNext(step: ConversationStep, id: string, at: Instant): ConversationStep {
  const letter = letterOf(step.thread, id);
  if (!letter) return step;
  const [next, ...waiting] = letter.waiting;
  if (next?.sms === undefined)
    return emit(changeLetter(step, id, { state: 'alerted' }), {
      type: 'alert',
      letter: id,
      reason: alertReason(step.thread, letter),
    });
  const { thread } = step;
  const words = conversationWords(next.language);
  const first = !thread.readers.some(({ person }) => person === next.person);
  const text = words.forward(thread, oneLine(letter.text, mostText)) + (first ? `\n${words.how(thread.n)}` : '');
  const known = change(changeLetter(step, id, { waiting }), { readers: withReader(thread, next) });
  return addSlip(known, id, 'forward', next.sms, text, at, next);
}

const withReader = ({ readers }: Conversation, who: Reader): Reader[] => [
  ...readers.filter(({ person }) => person !== who.person),
  who,
];

function onSent(step: ConversationStep, id: string, reports: boolean): ConversationStep {
  const slip = slipOf(step.thread, id);
  if (slip?.state !== 'sending') return step;
  const accepted = changeSlip(step, id, { state: 'sent' });
  // A provider that never reports: that it took the message is all we will learn.
  return reports ? accepted : arrived(accepted, slip);
}

function onDelivered(step: ConversationStep, id: string, at: Instant): ConversationStep {
  const slip = slipOf(step.thread, id);
  if (!slip || slip.state === 'delivered') return step;
  return arrived(changeSlip(step, id, { state: 'delivered', endedAt: at }), slip);
}

function arrived(step: ConversationStep, { id, letter, kind }: Slip): ConversationStep {
  if (kind === 'word') return step;
  const quiet = emit(step, { type: 'cancel-timer', name: lateTimer(id) });
  const open = letterOf(step.thread, letter)?.state === 'open';
  return open ? changeLetter(quiet, letter, { state: 'done' }) : quiet;
}

/** It did not arrive, or no one can say that it did: somebody else is written to, or whoever wrote it is told. */
function giveUp(
  step: ConversationStep,
  id: string,
  state: 'failed' | 'lost',
  why: string,
  at: Instant,
): ConversationStep {
  const slip = slipOf(step.thread, id);
  if (!slip || slip.state === 'delivered' || slip.state === 'failed') return step;
  if (state === 'lost' && !isLive(slip)) return step;
  const noted = changeSlip(step, id, { state, why, endedAt: at });
  // Known now for certain; the next one was tried when it was lost.
  if (!isLive(slip) || slip.kind === 'word') return noted;
  const quiet = emit(noted, { type: 'cancel-timer', name: lateTimer(id) });
  const letter = letterOf(step.thread, slip.letter);
  if (!letter) return quiet;
  return slip.kind === 'forward' ? notGot(quiet, letter, at) : notAnswered(quiet, letter, state, why, at);
}

/** Also of a letter that was done: a provider that promised no report may yet tell of a failure. */
function notGot(step: ConversationStep, letter: Letter, at: Instant): ConversationStep {
  const others = step.thread.slips.some(
    (one) => one.letter === letter.id && one.kind === 'forward' && (isLive(one) || one.state === 'delivered'),
  );
  if (letter.state === 'alerted' || others) return step;
  return toNext(changeLetter(step, letter.id, { state: 'open' }), letter.id, at);
}

function notAnswered(
  step: ConversationStep,
  letter: Letter,
  state: 'failed' | 'lost',
  why: string,
  at: Instant,
): ConversationStep {
  const told = changeLetter(step, letter.id, { state: 'failed', why });
  const writer = step.thread.readers.find(({ person }) => person === letter.person);
  if (!writer) return told;
  const words = conversationWords(writer.language);
  const text = state === 'lost' ? words.lost(step.thread) : words.failed(step.thread, oneLine(why, 60));
  return tell(told, letter.id, writer, text, at);
}

/** Whoever is in this conversation now: who answered last, or else who was written to last. */
const nearest = ({ readers, keeper }: Conversation): Reader | undefined =>
  readers.find(({ person }) => person === keeper) ?? readers.at(-1);

function onStopped(step: ConversationStep, at: Instant): ConversationStep {
  const reader = nearest(step.thread);
  const letter = step.thread.letters.at(-1);
  if (!reader || !letter || step.thread.phase === 'over') return step;
  return tell(step, letter.id, reader, conversationWords(reader.language).stopped(step.thread), at);
}

const tell = (step: ConversationStep, letter: string, who: Reader, text: string, at: Instant): ConversationStep =>
  who.sms === undefined ? step : addSlip(step, letter, 'word', who.sms, text, at, who);
