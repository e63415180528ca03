// A call that the line places by itself, as one value: whom it is for, what they hear, how far it is. Plain JSON, saved at every step.
import type { Instant } from '../../base/clock.ts';
import type { HuntContext, HuntState } from '../hunt/state.ts';
import type { Carrier } from '../telephony/carrier.ts';
import type { Effect } from '../telephony/effect.ts';
import type { CallEvent, Living } from '../telephony/event.ts';
import type { CallId, LegId, PhoneNumber } from '../telephony/names.ts';
import type { Prompt } from '../telephony/prompt.ts';

export type Placing = {
  /** Who asks: a second call for the same purpose is not placed. */
  purpose: string;
  to: { person: string; name: string; phones: PhoneNumber[]; language: string };
  announce: Prompt[];
  question: Prompt[];
  /** Said when the call is stopped while the person listens. */
  taken: Prompt[];
  /** Our number, shown to them. */
  line: PhoneNumber;
  ringMs: number;
};

export type PlacedCall = {
  id: CallId;
  placing: Placing;
  /** The network that it goes over, and those that could not carry it. */
  carrier: Carrier['name'];
  tried: Carrier['name'][];
  /** Absent until what it says is ready. */
  hunt?: HuntState;
  /** Ids minted so far. */
  effects: number;
  legs: number;
  /** The last words, to the person who hears them. */
  told?: { leg: LegId; prompts: Prompt[] };
  /** Over: kept a while, for webhooks that come late or twice. */
  overAt?: Instant;
};

/** How it ended: a key, or none. `why`: the last thing the network said. */
export type PlacedEnd = { end: 'yes' | 'no' } | { end: 'nobody'; why: string };

export type PlacedEvent =
  | CallEvent
  /** What it says is ready: the telephone is rung. */
  | { type: 'begin'; at: Instant }
  /** After a restart or a lost connection. */
  | { type: 'back'; at: Instant; living: Living }
  /** Its network did not come back. */
  | { type: 'unreachable'; at: Instant }
  /** No longer needed. */
  | { type: 'stopped'; at: Instant }
  /** Whoever had it placed knows how it ended, and says this to the person. */
  | { type: 'told'; at: Instant; end: PlacedEnd; prompts: Prompt[] };

export type PlacedEffect =
  | Effect
  | { type: 'cancel-timer'; name: string }
  /** Whoever had it placed is to be told; answered by `told`. */
  | { type: 'ended'; end: PlacedEnd }
  /** It goes over another network from now on: the last that this one is asked for. */
  | { type: 'leave'; carrier: Carrier['name']; effects: Effect[] };

/** What a step may look at besides the call. */
export type PlacedContext = {
  /** Networks, best first. */
  carriers: readonly Carrier['name'][];
  hunt(carrier: Carrier['name']): HuntContext;
};

export type PlacedStep = { call: PlacedCall; effects: PlacedEffect[] };

/** Nobody waits for it any more. */
export const isOver = (call: PlacedCall): boolean => call.overAt !== undefined;
