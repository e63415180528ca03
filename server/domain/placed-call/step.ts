// The steps of a call that the line places by itself. Pure. It is a hunt without a caller: where a hunt would join the two, the person hears
// the answer instead. What one network cannot carry begins anew over the next.
import type { Instant } from '../../base/clock.ts';
import { mintFor } from '../call/call.ts';
import { resumeHunt } from '../hunt/resume.ts';
import {
  type Emitter,
  type HuntContext,
  type Leg,
  legTimers,
  liveLegs,
  retryTimer,
  type Turn,
  waitTimer,
  wordsTimer,
} from '../hunt/state.ts';
import { startHunt, stepHunt, stopHunt } from '../hunt/step.ts';
import type { DialSpec } from '../telephony/dial.ts';
import type { Effect } from '../telephony/effect.ts';
import type { CallEvent, Living, OnCall } from '../telephony/event.ts';
import { callOf, type EffectId, type LegId } from '../telephony/names.ts';
import type { Prompt } from '../telephony/prompt.ts';
import {
  isOver,
  type PlacedCall,
  type PlacedContext,
  type PlacedEffect,
  type PlacedEnd,
  type PlacedEvent,
  type PlacedStep,
  type Placing,
} from './placed-call.ts';

/** `carrier`: no telephone could be reached by this network at all. */
type Ended = PlacedEnd & { carrier?: true };
type Hunted = { call: PlacedCall; effects: Effect[]; ended?: Ended };

const ours: ReadonlySet<Effect['type']> = new Set([
  'originate',
  'ask-to-confirm',
  'stop-play',
  'tell-and-hangup',
  'hangup-leg',
  'start-timer',
  'cancel-timer',
  'warn',
]);
const answerWithinMs = 15_000;
const longestMs = 200_000;

/** A late, repeated or foreign event changes nothing: the same call comes back. */
export function stepPlacedCall(call: PlacedCall, event: PlacedEvent, context: PlacedContext): PlacedStep {
  if (isOver(call)) return { call, effects: [] };
  const hunts = context.hunt(call.carrier);
  switch (event.type) {
    case 'begin':
      return call.hunt ? { call, effects: [] } : settled(begun(call, hunts, event.at), context, event.at);
    case 'back':
      return settled(resumed(call, event.living, hunts, event.at), context, event.at);
    case 'unreachable': {
      const ended: Ended = { end: 'nobody', why: 'unreachable', carrier: true };
      return settled({ call, effects: [], ended }, context, event.at);
    }
    case 'stopped':
      return stopped(call, hunts, event.at);
    case 'told':
      return told(call, event.end, event.prompts, event.at);
    default:
      return call.hunt ? settled(heard(call, event, hunts), context, event.at) : { call, effects: [] };
  }
}

/** A step of it failed: what rings or listens is put down, and it is over. */
export function endedByUs(call: PlacedCall, at: Instant): PlacedStep {
  const mint = mintFor(call);
  const effects = (call.hunt ? liveLegs(call.hunt) : []).map(
    ({ id: leg }): Effect => ({ id: mint.effect(), type: 'hangup-leg', leg }),
  );
  return { call: { ...call, ...mint.counts(), overAt: at }, effects };
}

/** What it comes to: another network, or whoever had it placed is told. */
function settled({ call, effects, ended }: Hunted, context: PlacedContext, at: Instant): PlacedStep {
  if (!ended) return { call, effects };
  const next = ended.end === 'nobody' && ended.carrier ? nextCarrier(call, context) : undefined;
  if (next === undefined) return { call, effects: [...effects, { type: 'ended', end: endOnly(ended) }] };
  const timers = effects.filter(({ type }) => isOurs(type));
  const leave: PlacedEffect = {
    type: 'leave',
    carrier: call.carrier,
    effects: effects.filter(({ type }) => !isOurs(type)),
  };
  const { hunt: _, ...rest } = call;
  const onto: PlacedCall = { ...rest, carrier: next, tried: [...call.tried, call.carrier] };
  const again = settled(begun(onto, context.hunt(next), at), context, at);
  return { call: again.call, effects: [...timers, ...noTimers(call), leave, ...again.effects] };
}

const isOurs = (type: Effect['type']): boolean => type === 'start-timer' || type === 'cancel-timer' || type === 'warn';

const endOnly = (ended: Ended): PlacedEnd =>
  ended.end === 'nobody' ? { end: 'nobody', why: ended.why } : { end: ended.end };

const nextCarrier = ({ carrier, tried }: PlacedCall, { carriers }: PlacedContext) =>
  carriers.find((name) => name !== carrier && !tried.includes(name));

/** None of the hunt that is left may run on into the next. */
const noTimers = ({ hunt }: PlacedCall): PlacedEffect[] => [
  ...[waitTimer, wordsTimer, retryTimer].map((name) => ({ type: 'cancel-timer' as const, name })),
  ...(hunt?.legs ?? []).flatMap(({ id }) => legTimers(id)).flatMap((one) => (one.type === 'cancel-timer' ? [one] : [])),
];

const begun = (call: PlacedCall, hunts: HuntContext, at: Instant): Hunted =>
  hunted(call, hunts, at, (emitter) => startHunt(specOf(call.placing), emitter));

const heard = (call: PlacedCall, event: CallEvent, hunts: HuntContext): Hunted => {
  const { hunt } = call;
  if (!hunt) return { call, effects: [] };
  return hunted(call, hunts, event.at, (emitter) => stepHunt(hunt, event, emitter));
};

/** What lives goes on, what is gone is tried again. */
function resumed(call: PlacedCall, living: Living, hunts: HuntContext, at: Instant): Hunted {
  const { hunt } = call;
  if (!hunt) return begun(call, hunts, at);
  const mine = living.channels.filter(({ channel }) => callOf(channel) === call.id);
  const legs = Object.fromEntries(
    mine.map(({ channel, state }) => [channel, state === 'up' ? ('up' as const) : ('ringing' as const)]),
  );
  return hunted(call, hunts, at, (emitter) => resumeHunt(hunt, { caller: true, legs, bridged: [] }, emitter));
}

/** A person who listens is told why, a telephone that rings stops. */
function stopped(call: PlacedCall, hunts: HuntContext, at: Instant): PlacedStep {
  const { hunt } = call;
  if (!hunt) return over({ call, effects: [] }, at);
  const listens = liveLegs(hunt).find((leg) => leg.answeredAt !== undefined);
  const step = hunted(call, hunts, at, (emitter) => stopHunt(hunt, emitter));
  const effects = step.effects.filter((effect) => !('leg' in effect) || effect.leg !== listens?.id);
  const quiet = over({ call: step.call, effects }, at);
  return listens ? tell(quiet, listens.id, call.placing.taken) : quiet;
}

/** The key was pressed, and this is the answer. */
function told(call: PlacedCall, end: PlacedEnd, prompts: Prompt[], at: Instant): PlacedStep {
  const done = over({ call, effects: [] }, at);
  const leg = end.end === 'yes' ? call.hunt?.legs.find((one) => one.phase === 'taken') : undefined;
  return leg ? tell(done, leg.id, prompts) : done;
}

const over = ({ call, effects }: PlacedStep, at: Instant): PlacedStep => ({ call: { ...call, overAt: at }, effects });

function tell({ call, effects }: PlacedStep, leg: LegId, prompts: Prompt[]): PlacedStep {
  const mint = mintFor(call);
  const effect: Effect = { id: mint.effect(), type: 'tell-and-hangup', leg, prompts };
  return { call: { ...call, ...mint.counts(), told: { leg, prompts } }, effects: [...effects, effect] };
}

/** Takes the hunt's turn, answers what it asks of the planning, and keeps what concerns a call without a caller. */
function hunted(call: PlacedCall, context: HuntContext, at: Instant, take: (emitter: Emitter) => Turn): Hunted {
  const mint = mintFor(call);
  const emitter: Emitter = { at, context, effect: mint.effect, leg: mint.leg };
  const first = take(emitter);
  if (first.state === call.hunt && first.effects.length === 0 && !first.exit) return { call, effects: [] };
  const turn = first.effects.reduce(
    (done, effect) => (effect.type === 'resolve-on-call' ? resolved(call, done, effect.id, emitter) : done),
    first,
  );
  const ended = turn.effects.some(({ type }) => type === 'bridge') ? { end: 'yes' as const } : endOf(turn);
  // What a waiting caller would hear is left out: there is none.
  const effects = turn.effects.filter(({ type }) => ours.has(type));
  const next = { ...call, ...mint.counts(), hunt: turn.state };
  return ended ? { call: next, effects, ended } : { call: next, effects };
}

/** The hunt asks who is to be rung: the one person this call is for. */
function resolved({ placing }: PlacedCall, turn: Turn, request: EffectId, emitter: Emitter): Turn {
  const { person, name, phones, language } = placing.to;
  const one: OnCall = { person, name, phones, language, maxCalls: 1000, priority: 1, because: placing.purpose };
  const event = { type: 'on-call-resolved' as const, request, people: [one], because: one.because, turn: 0 };
  const next = stepHunt(turn.state, { ...event, at: emitter.at }, emitter);
  return { ...next, effects: [...turn.effects, ...next.effects] };
}

function endOf({ exit, state: { legs } }: Turn): Ended | undefined {
  if (!exit) return undefined;
  if (legs.some((leg) => leg.answeredAt !== undefined && leg.hangup?.cause === 'declined')) return { end: 'no' };
  const why = whyOf(legs.at(-1));
  return exit === 'carrier-failure' ? { end: 'nobody', why, carrier: true } : { end: 'nobody', why };
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
