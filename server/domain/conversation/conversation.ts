// A conversation by SMS between somebody outside and whoever is on call, over one of our numbers: one value, saved at every step.
import type { Instant } from '../../base/clock.ts';

/** Somebody of ours who can be written to. */
export type Reader = { person: string; name: string; language: string; sms?: string };

/** What a line says of its SMS (lines.yaml), as it was when the conversation began. */
export type ConversationRule = { planning: string; policy?: string; quietMs: number };

/**
 * One message of the conversation. open: on its way. done: it arrived, as far as its provider tells. alerted: nobody of the planning
 * got it, an alert took over. failed: the other side did not get it, and its writer was told. kept: written down, not passed on.
 */
export type LetterState = 'open' | 'done' | 'alerted' | 'failed' | 'kept';
export type Letter = {
  id: string;
  by: 'sender' | 'person';
  person?: string;
  name?: string;
  text: string;
  at: Instant;
  /** The provider's: the same one twice is one message. */
  reference?: string;
  state: LetterState;
  why?: string;
  /** People of the planning who have not been tried. */
  waiting: Reader[];
};

/** sending: handed to its provider. sent: accepted there. delivered: reported. failed: known not to have arrived. lost: no report in time. */
export type SlipState = 'sending' | 'sent' | 'delivered' | 'failed' | 'lost';
/** One SMS that we send for a letter. Its words are fixed when it is written: sent again after a crash it says the same. */
export type Slip = {
  id: string;
  letter: string;
  kind: 'forward' | 'reply' | 'word';
  to: string;
  person?: string;
  name?: string;
  text: string;
  at: Instant;
  state: SlipState;
  endedAt?: Instant;
  why?: string;
};

export type Conversation = {
  id: string;
  /** What people write before their answer: « 7: … ». Never given twice. */
  n: number;
  /** Our number, and what it is called. */
  line: string;
  lineName: string;
  sender: string;
  rule: ConversationRule;
  phase: 'open' | 'over';
  openedAt: Instant;
  lastAt: Instant;
  /** The sender wrote STOP: nothing more is sent to them. */
  stopped: boolean;
  /** Who answered last: they get the next message first, while they are on call. */
  keeper?: string;
  /** Everybody to whom something of it was passed on. */
  readers: Reader[];
  letters: Letter[];
  slips: Slip[];
  ids: number;
};

export type ConversationEvent = { at: Instant } /** `over`: this sender wrote more than is passed on. */ & (
  | { type: 'received'; text: string; reference?: string; over?: true }
  /** `full`: more came than is passed on. */
  | { type: 'resolved'; letter: string; people: Reader[]; because: string; full?: true }
  | { type: 'replied'; who: Reader; text: string; reference?: string }
  | { type: 'sent'; slip: string /** a report will say whether it arrived */; reports: boolean }
  | { type: 'delivered'; slip: string }
  | { type: 'failed'; slip: string; why: string }
  | { type: 'stopped' | 'resumed' }
  | { type: 'timer'; name: string }
);

export type ConversationEffect =
  | { type: 'resolve'; letter: string }
  | { type: 'send'; slip: string }
  | { type: 'alert'; letter: string; reason: string }
  | { type: 'start-timer'; name: string; ms: number }
  | { type: 'cancel-timer'; name: string };

export type ConversationStep = { thread: Conversation; effects: ConversationEffect[] };

/** A message that nobody is known to have got after this time goes to the next person. */
export const deliveryMs = 60_000;
/** More than two people write to each other, both ways together: two machines do. */
export const mostAtOnce = 30;
export const onceMs = 10 * 60_000;
/** A conversation this long is closed, and the next message begins another: no row grows without end. */
export const longest = 300;

export const isLive = (slip: Slip): boolean => slip.state === 'sending' || slip.state === 'sent';
export const isFull = ({ letters }: Conversation): boolean => letters.length >= longest;
export const letterOf = ({ letters }: Conversation, id: string): Letter | undefined =>
  letters.find((one) => one.id === id);
export const slipOf = ({ slips }: Conversation, id: string): Slip | undefined => slips.find((one) => one.id === id);
/** An id of ours carries its conversation's: `<thread>.<letter><n>`. */
export const conversationOf = (id: string): string => id.slice(0, id.lastIndexOf('.'));
