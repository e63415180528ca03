// What a hunt knows: who is sought, which legs are out, what was tried. Plain JSON, saved with the call.
import type { Instant } from '../../base/clock.ts';
import type { DialExit, DialSpec } from '../telephony/dial.ts';
import type { Effect, EffectBody } from '../telephony/effect.ts';
import type { OnCall, Verdict } from '../telephony/event.ts';
import type { Hangup } from '../telephony/hangup.ts';
import type { EffectId, LegId, PersonId, PhoneNumber, TrunkId } from '../telephony/names.ts';
import type { Tried } from '../trunk/failover.ts';
import type { TrunkView } from '../trunk/route.ts';

/** calling: sent, nothing heard back. ringing. listening: answered, the detector hears. asking: the key is awaited. taken: this one has the caller. */
export type LegPhase = 'calling' | 'ringing' | 'listening' | 'asking' | 'taken' | 'ended';

/** One attempt to reach one phone over one trunk. */
export type Leg = {
  id: LegId;
  person: PersonId;
  /** Their name; names, where this phone is theirs together. */
  name: string;
  number: PhoneNumber;
  /** Empty when our own rules kept the leg from leaving. */
  trunk: TrunkId;
  /** The number shown to them. */
  callerId: PhoneNumber;
  phase: LegPhase;
  /** The originate that made it, so that its failure is recognised. */
  sent?: EffectId;
  /** The carrier's own name of it, where it is not ours. */
  placed?: string;
  startedAt: Instant;
  ringingAt?: Instant;
  answeredAt?: Instant;
  /** The key was pressed and this leg got the caller. */
  takenAt?: Instant;
  endedAt?: Instant;
  /** The question being played; keys count only once it began. */
  question?: EffectId;
  questionBegan?: true;
  questionSaid?: true;
  repeats?: number;
  verdict?: Verdict;
  /** The detector is certain of its verdict. */
  certain?: true;
  /** The phone is rung again because nobody could tell whether it was a machine: this time it is heard out. */
  second?: true;
  hangup?: Hangup;
};

/** One person's turn within a wave: their phones still to ring (the first is being rung), and what was tried of it. */
export type Candidate = { person: PersonId; phones: PhoneNumber[]; tried: Tried[]; leg?: LegId; second?: true };

export type HuntState = {
  spec: DialSpec;
  phase: 'resolving' | 'ringing' | 'talking' | 'over';
  /** Index into the spec's levels, and the round within it, both from 0. */
  level: number;
  round: number;
  /** How many legs there had been when this round began. */
  roundFrom: number;
  /** The question to the planning that is being waited for. */
  request?: EffectId;
  people: OnCall[];
  /** Waves of people still to ring in this round. */
  waves: PersonId[][];
  threads: Candidate[];
  legs: Leg[];
  /** Said no with a key or a 603: not rung again in this hunt. */
  declined: PersonId[];
  /** Numbers the network says do not exist. */
  condemned: PhoneNumber[];
  /** Phones lost through our own fault: tried once more at the end of the round. */
  again: { person: PersonId; number: PhoneNumber; second?: true }[];
  retried: PhoneNumber[];
  /** Phones that a machine seemed to answer, which may have been an assistant, or a switchboard that rang on: tried once more at the very end. */
  doubtful: { person: OnCall; number: PhoneNumber }[];
  /** Already on as many calls as they take: tried again while the caller still waits. */
  occupied: OnCall[];
  /** Somebody was on some level. */
  anyone: boolean;
  /** The longest wait has passed: nobody new is rung. */
  expired?: true;
  /** Why each level had whom it had: for the record. */
  because: string[];
  /** The bridge asked for, so that its failure is recognised. */
  bridging?: EffectId;
};

/** What the hunt may look at besides its own state. A value, taken anew at every step. */
export type HuntContext = {
  trunks: TrunkView;
  /** How long a detector listens before the question is asked anyway; 0: ask at once. */
  listenMs: number;
  /** A trunk that says nothing for this long is left for the next one, if there is a next one. */
  silentMs: number;
};

export type Turn = { state: HuntState; effects: Effect[]; exit?: DialExit };

/** What a step needs from outside: the instant, ids, and the house. Deterministic for a given call. */
export type Emitter = { at: Instant; context: HuntContext; effect: () => EffectId; leg: () => LegId };

export const isLive = (leg: Leg): boolean => leg.phase !== 'ended';
export const liveLegs = (state: HuntState): Leg[] => state.legs.filter(isLive);
export const legOf = (state: HuntState, id: LegId): Leg | undefined => state.legs.find((leg) => leg.id === id);

export const emit = (turn: Turn, emitter: Emitter, ...bodies: EffectBody[]): Turn => ({
  ...turn,
  effects: [...turn.effects, ...bodies.map((body) => ({ id: emitter.effect(), ...body }))],
});
export const change = (turn: Turn, part: Partial<HuntState>): Turn => ({ ...turn, state: { ...turn.state, ...part } });
export const changeLeg = (turn: Turn, id: LegId, part: Partial<Leg>): Turn =>
  change(turn, { legs: turn.state.legs.map((leg) => (leg.id === id ? { ...leg, ...part } : leg)) });
export const changeCandidate = (turn: Turn, person: PersonId, part: Partial<Candidate>): Turn =>
  change(turn, {
    threads: turn.state.threads.map((thread) => (thread.person === person ? { ...thread, ...part } : thread)),
  });

/** Timers of a leg, by what they wait for. */
export const timerName = (what: 'silent' | 'ring' | 'listen' | 'confirm', leg: LegId): string => `${what}.${leg}`;
export const legTimers = (leg: LegId): EffectBody[] =>
  (['silent', 'ring', 'listen', 'confirm'] as const).map((what) => ({
    type: 'cancel-timer',
    name: timerName(what, leg),
  }));
export const waitTimer = 'hunt.wait';
export const wordsTimer = 'hunt.words';
export const retryTimer = 'hunt.retry';
