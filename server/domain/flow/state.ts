// What a call remembers of its way through the flows. Small and JSON, so that it can be saved at every step.
import type { Instant } from '../../base/clock.ts';
import type { DialExit, DialSpec } from '../telephony/dial.ts';
import type { Effect } from '../telephony/effect.ts';
import type { Attested, CallEvent } from '../telephony/event.ts';
import type { EffectId, PhoneNumber, Values } from '../telephony/names.ts';

/** How a flow ended: the caller was told something stated, left a message, talked to somebody, or hung up. */
export type FlowOutcome = 'told' | 'message' | 'talked' | 'gone';
export type FlowEnd = {
  want: 'end';
  end: 'hangup';
  reason: 'normal' | 'busy' | 'rejected';
  outcome: FlowOutcome;
};

/**
 * What the flow asks of the call now. `wait`: events. `dial`: a hunt, to be answered by `dial-ended`.
 * `end`: the flow is over; the `hangup` effect, where the caller is still there, is already among the effects.
 */
export type FlowWant = { want: 'wait' } | { want: 'dial'; spec: DialSpec } | FlowEnd;

/** What is going on, with the id that its events must carry. */
export type Doing =
  | { kind: 'nothing' }
  | { kind: 'playing'; effect: EffectId }
  | {
      kind: 'asking';
      effect: EffectId;
      /** What was keyed so far. */
      digits: string;
      /** What was keyed and may never be written down (a PIN): whoever saves a call leaves fields of this name out. */
      secret?: string;
      /** The prompt came to its end (keys count from here on where barge-in is off). */
      played: boolean;
      /** Digits being read back. */
      confirming: string | null;
      /** Times that nothing, or something wrong, was keyed at this node. */
      silent: number;
      wrong: number;
      /** Nobody can listen to what is said: only keys answer. */
      deaf?: true;
    }
  | { kind: 'recording'; effect: EffectId }
  | { kind: 'looking-up'; effect: EffectId }
  | { kind: 'dialling' }
  | { kind: 'ended'; want: FlowEnd };

export type FlowState = {
  /** Empty strings: the number called is none of our lines. */
  flow: string;
  node: string;
  /** Counts what was begun; timers carry it, so that late ones are recognised. */
  turn: number;
  /** Where the flows that called this one go on. */
  stack: { flow: string; node: string }[];
  values: Values;
  called: PhoneNumber;
  caller: PhoneNumber;
  /** What the caller's network says of their number. */
  attested?: Attested;
  answered: boolean;
  /** Keys typed ahead, for the next question. */
  ahead?: string;
  /** When a number was last complete by its length: a key right after it belongs to it. */
  tail?: Instant;
  /** When keys last were an answer by themselves, and the key that might still end them. */
  ended?: { at: Instant; key: string };
  /** Codes tried so far at a `pin` node. */
  codes?: number;
  /** Who proved by a PIN who they are, and whom they may call: set by the house alone, never by a file or a key. */
  technician?: Technician;
  /** The caller left a message. */
  message: boolean;
  /** The caller hung up; only what makes no sound is still done. */
  gone: boolean;
  doing: Doing;
};

/** `last`: whom a `call-back` rings: the last caller, or the one chosen from `offered`. `offered`: what keys 1 to 9 stand for. */
export type Technician = { person: string; last: PhoneNumber; offered?: Offered[] };
/** A call of the log or a planning. `id` is the number or the planning; empty: it is told and cannot be chosen. */
export type Offered = { id: string; name: string; at: Instant };

/** One thing that happened on the way, for the call's record. */
export type Visit = { at: Instant; flow: string; node: string; kind: string; keyed?: string; note?: string };
export type FlowStep = {
  state: FlowState;
  effects: Effect[];
  then: FlowWant;
  trail: Visit[];
};

/** How the hunt that a flow asked for came out, told to the flow by the call. */
export type DialEnded = { type: 'dial-ended'; at: Instant; exit: DialExit };
export type FlowEvent = CallEvent | DialEnded;
