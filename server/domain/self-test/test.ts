// One test call of the line to itself as a value: who has been seen at the door, what was proved, how it ended. Knows no network and no clock.
import type { Instant } from '../../base/clock.ts';
import type { Call } from '../call/call.ts';
import type { FinishedCall } from '../call/record.ts';
import type { Arrival } from '../telephony/event.ts';
import {
  type CallId,
  type ChannelId,
  type EffectId,
  type LegId,
  type PhoneNumber,
  type TestMark,
  type TrunkId,
  testCallerOf,
} from '../telephony/names.ts';
import type { TestChannelEvent } from '../telephony/self-test.ts';
import type { LeafKey } from './leaves.ts';
import type { Input } from './ways.ts';

/** What a test is about: our number called from the outside over this trunk, and the way through the flow to this leaf. */
export type Plan = {
  id: TestMark['id'];
  line: PhoneNumber;
  trunk: TrunkId;
  /** The network on which all of it happens. */
  carrier: Arrival['carrier'];
  leaf: LeafKey;
  inputs: Input[];
  /** The number that we show; what else may come back for it. */
  shows: PhoneNumber;
  own: PhoneNumber[];
  /** Pressed by our caller, and by nobody else in the world. */
  code: string;
};

/** `way`: the number over this trunk. `leaf`: what the flow makes of it. `ours`: the test itself could not be made, which says nothing of the line. */
export type Fault =
  | { at: 'way'; what: 'refused' | 'cut'; detail: string }
  | { at: 'way'; what: 'not-back' | 'disguised' | 'keys-lost' | 'caller-unheard' | 'line-unheard'; detail?: string }
  | {
      at: 'leaf';
      what: 'other-question' | 'elsewhere' | 'nobody' | 'no-leg' | 'unheard-together' | 'too-long';
      detail: string;
    }
  | { at: 'ours'; what: 'interrupted' | 'not-planned'; detail: string };

/** dialling: nobody has proved to be us. sounding: tones both ways, at the door. inside: in the flow. together: joined with the answerer. leaving: heard all, rung off. */
export type Stage = 'dialling' | 'sounding' | 'inside' | 'together' | 'leaving' | 'settling' | 'over';

export type Test = Plan & {
  stage: Stage;
  startedAt: Instant;
  caller: ChannelId;
  /** Showed one of our numbers: answered, and listened to for the code. */
  candidates: { arrival: Arrival; keyed: string }[];
  /** Came to the number while our call was on its way, and are not answered: one of them may be us under another number. */
  others: Arrival[];
  door?: Arrival;
  answeredAt?: Instant;
  /** The other end of the tones, and whether it is its turn to hear. */
  far?: { channel: ChannelId; hears: boolean };
  call?: CallId;
  /** Questions as they were put, and the nodes of those that were answered as planned. */
  seen: EffectId[];
  asked: LeafKey[];
  /** The last answer; `again`: given a second time. */
  pressed?: Input & { again: boolean };
  confirmed: LegId[];
  fault?: Fault;
  story: { at: Instant; text: string }[];
};

export type TestEvent =
  | TestChannelEvent
  | { type: 'arrival'; at: Instant; arrival: Arrival }
  | { type: 'timer'; at: Instant; name: string }
  | { type: 'step'; at: Instant; call: Call; view: View }
  | { type: 'call-over'; at: Instant; record: FinishedCall }
  | { type: 'lost'; at: Instant; why: string }
  | { type: 'back'; at: Instant };

export type TimerName = 'back' | 'held' | 'tones' | 'longest' | 'settled' | 'said' | 'key';

export type TestEffect =
  | { type: 'expect'; seconds: number }
  | { type: 'dial' }
  | { type: 'quiet' | 'hang-up'; channel: ChannelId }
  | { type: 'answer'; channel: ChannelId; ringing: boolean }
  | { type: 'press'; channel: ChannelId; keys: string }
  | { type: 'sound' | 'hear'; channel: ChannelId; hertz: number }
  | { type: 'admit'; arrival: Arrival }
  | { type: 'meet'; channel: ChannelId; call: CallId }
  | { type: 'start-timer'; name: TimerName; ms: number }
  /** Told once, at the end. */
  | { type: 'done' };

/** What the test sees of its own call. */
export type View = {
  node: LeafKey;
  /** A question, and whether keys count already. */
  asking?: { effect: EffectId; open: boolean /** keys count only after so long */; afterMs?: number };
  recording: boolean;
  talking: boolean;
  /** The leaf was come to, and left again without anybody. */
  missed?: Fault;
  legs: { id: LegId; awaitsKey: boolean; taken: boolean }[];
};

export const newTest = (plan: Plan, at: Instant): Test => ({
  ...plan,
  stage: 'dialling',
  startedAt: at,
  caller: testCallerOf(plan.id),
  candidates: [],
  others: [],
  seen: [],
  asked: [],
  confirmed: [],
  story: [],
});
