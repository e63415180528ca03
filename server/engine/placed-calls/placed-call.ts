// A call that the line places by itself, as one value: whom it is for, what they hear, how far it is. Plain JSON, saved at every step.
// Pure. It is a hunt without a caller: where a hunt would join the two, the person hears the answer instead.
import type { Instant } from '../../base/clock.ts';
import { mintFor } from '../../domain/call/call.ts';
import { resumeHunt } from '../../domain/hunt/resume.ts';
import {
  type Emitter,
  type HuntContext,
  type HuntState,
  type Leg,
  liveLegs,
  type Turn,
} from '../../domain/hunt/state.ts';
import { startHunt, stepHunt, stopHunt } from '../../domain/hunt/step.ts';
import type { Carrier } from '../../domain/telephony/carrier.ts';
import type { DialSpec } from '../../domain/telephony/dial.ts';
import type { Effect } from '../../domain/telephony/effect.ts';
import type { CallEvent, Living, OnCall } from '../../domain/telephony/event.ts';
import { type CallId, callOf, type EffectId, type LegId, type PhoneNumber } from '../../domain/telephony/names.ts';
import type { Prompt } from '../../domain/telephony/prompt.ts';

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
  /** When each of its timers is due. */
  timers: Record<string, Instant>;
  /** The last words, to the person who hears them. */
  told?: { leg: LegId; prompts: Prompt[] };
  /** Over: kept a while, for webhooks that come late or twice. */
  overAt?: Instant;
};

/** How it ended: a key, or none. `why`: the last thing the network said. `carrier`: no telephone could be reached by this network at all. */
export type PlacedEnd = { end: 'yes' | 'no' } | { end: 'nobody'; why: string };
export type PlacedStep = {
  call: PlacedCall;
  /** For the network, in order. */
  effects: Effect[];
  warnings: Extract<Effect, { type: 'warn' }>[];
  ended?: PlacedEnd & { carrier?: true };
};

const ofLegs: ReadonlySet<Effect['type']> = new Set([
  'originate',
  'ask-to-confirm',
  'stop-play',
  'tell-and-hangup',
  'hangup-leg',
]);
const answerWithinMs = 15_000;
const longestMs = 200_000;

/** The telephone is rung: over this network, from the beginning. */
export const beginPlacedCall = (call: PlacedCall, context: HuntContext, at: Instant): PlacedStep =>
  stepped(call, context, at, (emitter) => startHunt(specOf(call.placing), emitter));

/** A late, repeated or foreign event changes nothing; a leg that nobody waits for is ended when it answers. */
export const stepPlacedCall = (call: PlacedCall, event: CallEvent, context: HuntContext): PlacedStep =>
  stepped(call, context, event.at, (emitter) => {
    if (!call.hunt) throw new Error('an own call that has not begun cannot be stepped');
    return stepHunt(call.hunt, event, emitter);
  });

/** After a restart or a lost connection: what lives goes on, what is gone is tried again. */
export function resumePlacedCall(call: PlacedCall, living: Living, context: HuntContext, at: Instant): PlacedStep {
  const { hunt } = call;
  if (!hunt) return beginPlacedCall(call, context, at);
  const mine = living.channels.filter(({ channel }) => callOf(channel) === call.id);
  const legs = Object.fromEntries(
    mine.map(({ channel, state }) => [channel, state === 'up' ? ('up' as const) : ('ringing' as const)]),
  );
  return stepped(call, context, at, (emitter) => resumeHunt(hunt, { caller: true, legs, bridged: [] }, emitter));
}

/** No longer needed: a person who listens is told why, a telephone that rings stops. */
export function stopPlacedCall(call: PlacedCall, context: HuntContext, at: Instant): PlacedStep {
  const { hunt } = call;
  const idle: PlacedStep = { call: { ...call, timers: {} }, effects: [], warnings: [] };
  if (!hunt) return overAt(idle, at);
  const listens = liveLegs(hunt).find((leg) => leg.answeredAt !== undefined);
  const stopped = stepped(call, context, at, (emitter) => stopHunt(hunt, emitter));
  const quiet = stopped.effects.filter((effect) => !('leg' in effect) || effect.leg !== listens?.id);
  const { ended: _, ...over } = overAt({ ...stopped, effects: quiet }, at);
  return listens ? tellOwn(over, listens.id, call.placing.taken) : over;
}

/** The key was pressed, and this is the answer. */
export function answerOwn(step: PlacedStep, prompts: Prompt[], at: Instant): PlacedStep {
  const leg = step.call.hunt?.legs.find((one) => one.phase === 'taken');
  return overAt(leg ? tellOwn(step, leg.id, prompts) : step, at);
}

export const overAt = (step: PlacedStep, at: Instant): PlacedStep => ({
  ...step,
  call: { ...step.call, timers: {}, overAt: at },
});

/** Nobody waits for it any more. */
export const isOver = (call: PlacedCall): boolean => call.overAt !== undefined;

/** From the beginning over another network. */
export function onto(call: PlacedCall, carrier: Carrier['name']): PlacedCall {
  const { hunt: _, ...rest } = call;
  return { ...rest, carrier, tried: [...call.tried, call.carrier], timers: {} };
}

function tellOwn(step: PlacedStep, leg: LegId, prompts: Prompt[]): PlacedStep {
  const mint = mintFor(step.call);
  const effect: Effect = { id: mint.effect(), type: 'tell-and-hangup', leg, prompts };
  return {
    ...step,
    call: { ...step.call, ...mint.counts(), told: { leg, prompts } },
    effects: [...step.effects, effect],
  };
}

/** Takes the hunt's turn, answers what it asks of the planning, and keeps what concerns a call without a caller. */
function stepped(call: PlacedCall, context: HuntContext, at: Instant, take: (emitter: Emitter) => Turn): PlacedStep {
  const mint = mintFor(call);
  const emitter: Emitter = { at, context, effect: mint.effect, leg: mint.leg };
  const first = take(emitter);
  const turn = first.effects.reduce(
    (done, effect) => (effect.type === 'resolve-on-call' ? resolved(call, done, effect.id, emitter) : done),
    first,
  );
  const over = turn.effects.some(({ type }) => type === 'bridge') ? { end: 'yes' as const } : endOf(turn);
  return {
    call: { ...call, ...mint.counts(), hunt: turn.state, timers: timersAfter(call, turn, at) },
    // What a waiting caller would hear is left out: there is none.
    effects: turn.effects.filter(({ type }) => ofLegs.has(type)),
    warnings: turn.effects.filter((effect) => effect.type === 'warn'),
    ...(over ? { ended: over } : {}),
  };
}

/** The hunt asks who is to be rung: the one person this call is for. */
function resolved({ placing }: PlacedCall, turn: Turn, request: EffectId, emitter: Emitter): Turn {
  const { person, name, phones, language } = placing.to;
  const one: OnCall = { person, name, phones, language, maxCalls: 1000, priority: 1, because: placing.purpose };
  const event = { type: 'on-call-resolved' as const, request, people: [one], because: one.because, turn: 0 };
  const next = stepHunt(turn.state, { ...event, at: emitter.at }, emitter);
  return { ...next, effects: [...turn.effects, ...next.effects] };
}

function timersAfter(call: PlacedCall, turn: Turn, at: Instant): Record<string, Instant> {
  const timers = { ...call.timers };
  for (const effect of turn.effects) {
    if (effect.type === 'start-timer') timers[effect.name] = at + effect.ms;
    if (effect.type === 'cancel-timer') delete timers[effect.name];
  }
  return timers;
}

function endOf({ exit, state: { legs } }: Turn): PlacedStep['ended'] {
  if (!exit) return undefined;
  if (legs.some((leg) => leg.answeredAt !== undefined && leg.hangup?.cause === 'declined')) return { end: 'no' };
  return { end: 'nobody', why: whyOf(legs.at(-1)), ...(exit === 'carrier-failure' ? { carrier: true } : {}) };
}

const whyOf = (leg: Leg | undefined): string =>
  leg?.hangup ? (leg.hangup.detail ? `${leg.hangup.cause} (${leg.hangup.detail})` : leg.hangup.cause) : 'no telephone';

const specOf = ({ to, announce, question, taken, line, ringMs }: Placing): DialSpec => ({
  levels: [{ target: { person: to.person }, strategy: 'sequential', rounds: 1, ringMs }],
  maxWaitMs: longestMs,
  wait: 'ringing',
  words: { prompts: [], everyMs: 60_000 },
  announce,
  confirm: { by: 'key', question, taken, waitMs: answerWithinMs },
  show: 'line',
  line,
  caller: '',
});
