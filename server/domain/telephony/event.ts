// Everything that can happen to a call, as facts with their instant. Late, repeated and foreign events are normal.
import type { Instant } from '../../base/clock.ts';
import type { Hangup } from './hangup.ts';
import type { CallId, ChannelId, EffectId, LegId, PersonId, PhoneNumber, TestMark, Values } from './names.ts';

/** The network that the call comes from vouches for the caller's number (STIR/SHAKEN, attestation A), or says that it is forged. */
export type Attested = 'full' | 'failed';

/** A caller at the door. The carrier knows the channel; the switchboard makes the call's id. */
export type Arrival = {
  channel: ChannelId;
  carrier: 'asterisk' | 'twilio';
  /** Trunk it came in by, when known. */
  trunk?: string;
  called: PhoneNumber;
  caller: PhoneNumber;
  /** Absent: it says nothing. */
  attested?: Attested;
  callerName?: string;
  /** Our number found in Diversion / ForwardedFrom: the sign of a loop. */
  divertedFrom?: PhoneNumber;
  /** The line calls itself, and has proved that it does: set by the self-test's door alone, never by what came over the network. */
  test?: TestMark;
  at: Instant;
};

/** One person on call, as the planning (or a flow's named person or number) gives them, with what the switchboard knows of them. */
export type OnCall = {
  person: PersonId;
  name: string;
  phones: PhoneNumber[];
  language: string;
  /** Most calls at once; a person at their cap is passed over. */
  maxCalls: number;
  /** 1 rings first in `waves`; equal numbers ring together. */
  priority: number;
  /** The level of the planning that they are on, and how those of it are rung; levels are rung one after the other. */
  level?: string;
  ring?: string;
  /** Seconds this phone rings before the next, when the person says so. */
  ringSeconds?: number;
  because: string;
  /** When this person last talked to a caller (for `longest-idle`); absent: never. */
  lastTalkedAt?: Instant;
};

/** What a detector heard on a leg that answered. */
export type Verdict = 'human' | 'machine' | 'tone' | 'unsure';

export type CallEvent = { at: Instant } & (
  | {
      type: 'digits';
      digits: string /** the carrier gathered them itself and is done; empty: no input */;
      final?: true;
    }
  | { type: 'playback-finished'; playback: EffectId }
  | {
      type: 'speech';
      /** Empty: nothing was said. */
      text: string;
      /** The gathering that it answers, where the carrier knows it. */
      asked?: EffectId;
      /** How sure recognition is, 0 to 1, where it says so. */
      confidence?: number;
      /** Nobody could listen: why. */
      failed?: string;
    }
  | { type: 'recording-finished'; recording: EffectId; seconds: number; file: string }
  | {
      type: 'on-call-resolved';
      request: EffectId;
      people: OnCall[];
      because: string /** turns taken by this target before: for `rotating` */;
      turn: number;
    }
  | {
      type: 'looked-up';
      request: EffectId;
      found: Values | null /** the source could not be asked: the flow's fallback applies */;
      failed?: string;
    }
  /** The carrier knows this leg by a name of its own (a Twilio CallSid). */
  | { type: 'leg-placed'; leg: LegId; name: string }
  | { type: 'leg-ringing'; leg: LegId }
  | { type: 'leg-answered'; leg: LegId }
  | { type: 'leg-prompt-started'; leg: LegId; playback: EffectId }
  | { type: 'leg-prompt-finished'; leg: LegId; playback: EffectId }
  /** `strong`: evidence enough to hang up on. `certain`: nobody but a machine does this (a beep after speech). `ms` after the answer. */
  | {
      type: 'leg-heard';
      leg: LegId;
      verdict: Verdict;
      strong: boolean;
      certain?: true;
      ms: number;
      because: string;
    }
  | { type: 'leg-pressed'; leg: LegId; digit: string }
  | { type: 'leg-ended'; leg: LegId; hangup: Hangup }
  /** No packet of sound has come from this side of a talk for some seconds: the network lost one way. */
  | { type: 'unheard'; from: LegId | 'caller' }
  | { type: 'caller-hung-up' }
  | { type: 'timer'; name: string }
  | { type: 'effect-failed'; effect: EffectId; why: string; hangup?: Hangup }
  /** After a restart or a lost connection: what the carrier still has of this call. */
  | { type: 'resumed'; alive: Alive }
);
export type EventType = CallEvent['type'];

export type Alive = {
  caller: boolean;
  /** The network itself was started anew since the call came: whoever was in it was cut off. */
  cutOff?: true;
  /** `calling`: sent, and no phone rings yet. */
  legs: Record<LegId, 'calling' | 'ringing' | 'up'>;
  /** Legs that share a bridge with the caller. */
  bridged: LegId[];
  /** The one that the call waits for. */
  recording?: Recording;
};

/** What a caller records: it goes on without us, or ended while nobody listened. */
export type Recording = { recording: EffectId } & (
  | { state: 'live' }
  | { state: 'ended'; seconds: number; file: string }
);

/** What a carrier tells the switchboard. */
export type CarrierEvent =
  | { type: 'arrival'; arrival: Arrival }
  | { type: 'call'; call: CallId; event: CallEvent }
  /** A trunk began or ceased to answer (qualify, registration). */
  | { type: 'trunk'; trunk: string; reachable: boolean; at: Instant }
  /** The control connection is gone; calls may live on without us. */
  | { type: 'lost'; at: Instant }
  /** It is back (or was just made): everything that lives there now. The switchboard answers with resume events. */
  | { type: 'back'; at: Instant; living: Living };

/** Every channel and bridge the carrier has for us, and what callers recorded lately. */
export type Living = {
  channels: {
    channel: ChannelId;
    state: 'down' | 'ringing' | 'up';
    /** A caller's channel, not one of our legs. */
    arrival?: Arrival;
  }[];
  bridges: { id: string; channels: ChannelId[] }[];
  recordings?: Recording[];
  /** When the network itself was started, if it can be: nobody who came before still lives in it. */
  since?: Instant;
};
