// What stays of a call once it is over: its record, made from the call's own value. Plain JSON; instants in ms since 1970 UTC.
import type { Instant } from '../../base/clock.ts';
import type { Visit } from '../flow/step.ts';
import type { Leg } from '../hunt/state.ts';
import type { Outgoing, Target } from '../telephony/effect.ts';
import type { Verdict } from '../telephony/event.ts';
import { type Cause, hangup, type Whose } from '../telephony/hangup.ts';
import {
  type CallId,
  type ChannelId,
  type EffectId,
  type LegId,
  noChannel,
  type PersonId,
  type PhoneNumber,
  type TrunkId,
  type Values,
} from '../telephony/names.ts';
import type { Call, Outcome } from './call.ts';

/** One attempt to reach one phone over one trunk. */
export type LegRecord = {
  leg: LegId;
  person: PersonId;
  name: string;
  number: PhoneNumber;
  trunk: TrunkId;
  startedAt: Instant;
  /** How long the phone really rang; 0 when it never did. */
  rangMs: number;
  answeredAt?: Instant;
  /** When the confirming key was pressed: set on the one leg that got the caller. */
  takenAt?: Instant;
  endedAt: Instant;
  cause: Cause;
  whose: Whose;
  detail?: string;
  verdict?: Verdict;
};

/** A call that is over. */
export type FinishedCall = {
  id: CallId;
  carrier: string;
  /** The network's own name of the caller's channel (a CallSid, a uniqueid): what to ask the carrier about. */
  channel?: ChannelId;
  called: PhoneNumber;
  /** Empty when hidden. */
  caller: PhoneNumber;
  /** The self-test that this call belongs to: a call of the line to itself. */
  test?: string;
  startedAt: Instant;
  answeredAt?: Instant;
  endedAt: Instant;
  outcome: Outcome;
  /** Who talked to the caller. */
  who?: PersonId;
  talkSeconds?: number;
  flowVersion: string;
  planningVersion?: string;
  path: Visit[];
  legs: LegRecord[];
  values: Values;
  /** File of the message left. */
  recording?: string;
  notes: string[];
};

/** Something an admin should see. `id` is the effect's: the same warning told twice is kept once. */
export type WarningRecord = { id: EffectId; at: Instant; call?: CallId; subject: string; message: string };

/** A call nobody took, as it was raised. */
export type AlertRecord = {
  id: EffectId;
  at: Instant;
  call?: CallId;
  reason: string;
  target?: Target;
  /** How it is to be told; the default policy otherwise. */
  policy?: string;
  /** Nobody is told before. */
  notBefore?: Instant;
};

/** A message or ticket that a flow asked for, with what it may say of the call. */
export type DeliverRecord = {
  id: EffectId;
  at: Instant;
  about: { call: CallId; caller: PhoneNumber; called: PhoneNumber; values: Values; recording?: string };
  what: Outgoing;
};

/** The record of a call that is over. `at` stands for an end that nobody saw. */
export function recordOf(call: Call, at: Instant): FinishedCall {
  const legs = [...call.pastLegs, ...(call.hunt?.legs ?? [])].map((leg) => legRecord(leg, at));
  const taken = legs.find((leg) => leg.takenAt !== undefined);
  return {
    id: call.id,
    carrier: call.carrier,
    ...(call.channel === noChannel(call.id) ? {} : { channel: call.channel }),
    called: call.called,
    caller: call.caller,
    ...(call.test ? { test: call.test.id } : {}),
    startedAt: call.startedAt,
    ...(call.answeredAt === undefined ? {} : { answeredAt: call.answeredAt }),
    endedAt: call.endedAt ?? at,
    outcome: call.outcome ?? 'lost',
    ...(taken
      ? { who: taken.person, talkSeconds: Math.round((taken.endedAt - (taken.takenAt ?? taken.endedAt)) / 1000) }
      : {}),
    flowVersion: call.version,
    ...(call.planningVersion ? { planningVersion: call.planningVersion } : {}),
    path: call.path,
    legs,
    values: call.flow.values,
    ...(call.recording ? { recording: call.recording } : {}),
    notes: call.notes,
  };
}

function legRecord(leg: Leg, at: Instant): LegRecord {
  const end = leg.endedAt ?? at;
  const { cause, whose, detail } = leg.hangup ?? hangup('lost');
  return {
    leg: leg.id,
    person: leg.person,
    name: leg.name,
    number: leg.number,
    trunk: leg.trunk,
    startedAt: leg.startedAt,
    rangMs: leg.ringingAt === undefined ? 0 : (leg.answeredAt ?? end) - leg.ringingAt,
    ...(leg.answeredAt === undefined ? {} : { answeredAt: leg.answeredAt }),
    ...(leg.takenAt === undefined ? {} : { takenAt: leg.takenAt }),
    endedAt: end,
    cause,
    whose,
    ...(detail ? { detail } : {}),
    ...(leg.verdict ? { verdict: leg.verdict } : {}),
  };
}
