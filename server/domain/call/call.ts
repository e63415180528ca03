// One call is one value: who rang, where in the flow they are, who is being sought, and how it ended. Plain JSON, saved at every step.
import type { Instant } from '../../base/clock.ts';
import type { CallBackAsked } from '../flow/call-back.ts';
import type { FlowSet } from '../flow/set.ts';
import type { FlowState, Visit } from '../flow/step.ts';
import type { HuntContext, HuntState, Leg } from '../hunt/state.ts';
import type { Effect } from '../telephony/effect.ts';
import type { Arrival } from '../telephony/event.ts';
import type { CallId, ChannelId, EffectId, LegId, PersonId, PhoneNumber, TestMark } from '../telephony/names.ts';

/** talked to a human; left a recorded message; was told a stated end; hung up by itself; lost with its carrier or with us. */
export type Outcome = 'talked' | 'message' | 'told' | 'hung-up' | 'lost';

/** What a flow lets the caller hear. */
export type Sound = Extract<Effect, { type: 'play' | 'gather' | 'record' }>;

/** `by`: who asked for it. `leg`: the technician's, once they took it. */
export type CallBack = { person: PersonId; number: PhoneNumber; by: string; leg?: LegId };
/** A call back as it is asked for: see flow/call-back.ts. */
export type CallBackOrder = CallBackAsked & { by: string; carrier: Arrival['carrier']; at: Instant };

export type Call = {
  id: CallId;
  carrier: Arrival['carrier'];
  channel: ChannelId;
  called: PhoneNumber;
  caller: PhoneNumber;
  /** The line calls itself: nobody is rung, nothing is sent, nothing is counted. */
  test?: TestMark;
  /** The flow set this call began with; a reload never moves it. */
  version: string;
  planningVersion?: string;
  startedAt: Instant;
  answeredAt?: Instant;
  endedAt?: Instant;
  phase: 'flow' | 'hunt' | 'over';
  /** Ids minted so far: the next one is never used twice. */
  effects: number;
  legs: number;
  flow: FlowState;
  hunt?: HuntState;
  /** Legs of earlier hunts of this call. */
  pastLegs: Leg[];
  path: Visit[];
  /** Somebody was sought for this caller; who took the call; an alert was raised. */
  sought?: true;
  talked?: true;
  alerted?: true;
  /** A call that the line began: a technician is rung, and their leg is this call's caller once they pressed 1. */
  callBack?: CallBack;
  outcome?: Outcome;
  recording?: string;
  /** The last sound the flow asked for, kept where the carrier comes to ask for it (Twilio). */
  hears?: Sound;
  notes: string[];
};

/** What a step may look at besides the call: a value, taken anew each time. The flow set is the one the call is pinned to. */
export type CallContext = {
  flows: FlowSet;
  hunt: HuntContext;
  planningVersion: string /** longest talk, ms */;
  longestTalkMs: number;
};

export type Step = { call: Call; effects: Effect[] };

/** Hands out this step's ids, counting on from the call's own numbers. */
export function mintFor(call: { id: CallId; effects: number; legs: number }) {
  let { effects, legs } = call;
  return {
    effect: (): EffectId => `${call.id}.e${++effects}`,
    leg: (): LegId => `${call.id}.l${++legs}`,
    counts: () => ({ effects, legs }),
  };
}
export type Mint = ReturnType<typeof mintFor>;
