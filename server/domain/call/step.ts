// The call: one pure function that joins flow, hunt and alert. One event in; the next call and what to do about it out.
import type { Instant } from '../../base/clock.ts';
import { beginFlow, type FlowStep, resumeFlow, stepFlow } from '../flow/step.ts';
import { resumeHunt } from '../hunt/resume.ts';
import { type HuntState, isLive, type Turn } from '../hunt/state.ts';
import { startHunt, stepHunt, stopHunt } from '../hunt/step.ts';
import type { DialExit, DialSpec } from '../telephony/dial.ts';
import type { Effect, EffectBody } from '../telephony/effect.ts';
import type { Alive, CallEvent } from '../telephony/event.ts';
import { type Call, type CallContext, type Mint, mintFor, type Outcome, type Step } from './call.ts';
import { asCaller, closed, isAlone, technicianTook, withoutCaller } from './call-back.ts';
import { remember } from './view.ts';

/** Ends a talk that lasts longer than anything real. */
const longestTalk = 'call.longest';
/** How long the last recording of a caller who hung up is waited for. */
const leaving = 'call.leaving';
const leavingMs = 5_000;

/** The next call and its effects. A late, repeated or foreign event changes nothing. */
export function stepCall(context: CallContext, call: Call, event: CallEvent): Step {
  const mint = mintFor(call);
  return settle(next(context, call, event, mint), mint);
}

/** Ids that were handed out are never handed out again; a step that used none leaves the call as it was. */
export function settle(step: Step, mint: Mint): Step {
  const counts = mint.counts();
  const unused = counts.effects === step.call.effects && counts.legs === step.call.legs;
  return unused ? step : remember({ ...step, call: { ...step.call, ...counts } });
}

function next(context: CallContext, call: Call, given: CallEvent, mint: Mint): Step {
  const still: Step = { call, effects: [] };
  const event = asCaller(call, given);
  if (!event) return still;
  const hunting = call.phase === 'hunt' ? call.hunt : undefined;
  if (hunting && isForHunt(event)) {
    return fromHunt(still, stepHunt(hunting, event, emitter(context, mint, event.at)), context, mint, event.at);
  }
  // Nobody seeks anyone now: a leg that answers all the same must not hang in the air.
  const stray = event.type === 'leg-answered' ? emit(still, mint, { type: 'hangup-leg', leg: event.leg }) : still;
  return call.phase === 'over' ? stray : ofCaller(stray, context, mint, event);
}

const isForHunt = (event: CallEvent): boolean =>
  !['caller-hung-up', 'resumed', 'unheard'].includes(event.type) &&
  !(event.type === 'timer' && event.name.startsWith('call.'));

function ofCaller(step: Step, context: CallContext, mint: Mint, event: CallEvent): Step {
  switch (event.type) {
    case 'caller-hung-up':
      return gone(step, context, mint, event.at);
    case 'resumed':
      return resumed(step, context, mint, event);
    case 'unheard':
      return unheard(step, mint, event);
    case 'timer':
      if (event.name === longestTalk) return cut(step, context, mint, event.at);
      if (event.name === leaving && step.call.flow.gone) return end(step, mint, event.at, 'hung-up');
  }
  const after = fromFlow(step, stepFlow(context.flows, step.call.flow, event, mint.effect), context, mint, event.at);
  // Only the recording that the flow waited for counts: a late or foreign one must not take the message's place.
  const left = event.type === 'recording-finished' && after.call.flow !== step.call.flow && after.call.flow.message;
  return left ? change(after, { recording: event.file }) : after;
}

export const emitter = (context: CallContext, mint: Mint, at: Instant) => ({
  at,
  context: context.hunt,
  effect: mint.effect,
  leg: mint.leg,
});
const emit = (step: Step, mint: Mint, ...bodies: EffectBody[]): Step => ({
  ...step,
  effects: [...step.effects, ...bodies.map((body): Effect => ({ id: mint.effect(), ...body }))],
});
const change = (step: Step, part: Partial<Call>): Step => ({ ...step, call: { ...step.call, ...part } });

/** Takes in what the flow did, and follows what it wants next. */
export function fromFlow(step: Step, did: FlowStep, context: CallContext, mint: Mint, at: Instant): Step {
  const { call } = step;
  if (did.state === call.flow && did.effects.length === 0 && call.path.length > 0) return step;
  const asked = (type: Effect['type']) => did.effects.some((effect) => effect.type === type);
  const after: Step = {
    call: {
      ...call,
      flow: did.state,
      path: did.trail.length > 0 ? [...call.path, ...did.trail] : call.path,
      ...(call.answeredAt === undefined && asked('answer') ? { answeredAt: at } : {}),
      ...(asked('raise-alert') ? { alerted: true as const } : {}),
    },
    effects: [...step.effects, ...did.effects],
  };
  if (did.then.want === 'dial') return hunt(after, did.then.spec, context, mint, at);
  if (did.then.want === 'wait') return after;
  return end(after, mint, at, did.then.outcome === 'gone' ? 'hung-up' : did.then.outcome);
}

function hunt(step: Step, spec: DialSpec, context: CallContext, mint: Mint, at: Instant): Step {
  const turn = startHunt(spec, emitter(context, mint, at));
  return fromHunt(change(step, { phase: 'hunt', sought: true }), turn, context, mint, at);
}

/** Takes in what the hunt did; when it is over, the flow goes on by its exit (or by the one given: the caller is gone). */
export function fromHunt(
  step: Step,
  turn: Turn,
  context: CallContext,
  mint: Mint,
  at: Instant,
  exit = turn.exit,
): Step {
  if (turn.state === step.call.hunt && turn.effects.length === 0 && !exit) return step;
  const joined = turn.state.phase === 'talking' && step.call.hunt?.phase !== 'talking';
  if (isAlone(step.call)) return ofTechnician(step, turn, context, mint, at, exit);
  const after: Step = { call: { ...step.call, hunt: turn.state }, effects: [...step.effects, ...turn.effects] };
  if (joined) {
    const talking = change(after, { talked: true, answeredAt: after.call.answeredAt ?? at });
    return emit(talking, mint, { type: 'start-timer', name: longestTalk, ms: context.longestTalkMs });
  }
  const honest = after.call.talked && !hasTalked(after.call) ? withoutTalk(after) : after;
  return exit ? backToFlow(honest, exit, context, mint, at) : honest;
}

/** Nobody waits while the technician of a call back is sought. Their key makes them this call's caller; without it the call is over. */
function ofTechnician(step: Step, turn: Turn, context: CallContext, mint: Mint, at: Instant, exit?: DialExit): Step {
  const effects = [...step.effects, ...withoutCaller(turn.effects)];
  const after: Step = { call: { ...step.call, hunt: turn.state }, effects };
  if (turn.state.phase === 'talking') return connect(after, turn, context, mint, at);
  if (!exit) return after;
  const { hunt: over, ...call } = after.call;
  const sought: Call = { ...call, pastLegs: over?.legs ?? [], notes: [...call.notes, `technician: ${exit}`] };
  return end({ ...after, call: sought }, mint, at, 'hung-up');
}

/** From here on it is a call like any other: the technician waits, and the customer is rung. */
function connect(step: Step, turn: Turn, context: CallContext, mint: Mint, at: Instant): Step {
  const took = technicianTook(step.call, turn.state, at);
  if (!took) return step;
  const { call, question } = took;
  const quiet = question ? emit({ ...step, call }, mint, { type: 'stop-play', playback: question }) : { ...step, call };
  const timed = emit(quiet, mint, { type: 'start-timer', name: longestTalk, ms: context.longestTalkMs });
  return fromFlow(timed, beginFlow(context.flows, call.flow, at, mint.effect), context, mint, at);
}

function backToFlow(step: Step, exit: DialExit, context: CallContext, mint: Mint, at: Instant): Step {
  const { hunt: over, ...call } = step.call;
  const legs = [...call.pastLegs, ...(over?.legs ?? [])];
  const put: Step = { ...step, call: { ...call, phase: 'flow', pastLegs: legs } };
  const did = stepFlow(context.flows, call.flow, { type: 'dial-ended', at, exit }, mint.effect);
  return fromFlow(put, did, context, mint, at);
}

/** Some leg of this call got the caller and kept them: one whose bridge failed is no longer marked as taken. */
const hasTalked = (call: Call): boolean =>
  [...call.pastLegs, ...(call.hunt?.legs ?? [])].some((leg) => leg.takenAt !== undefined);

/** A bridge that failed takes the talk back: only two who were joined have talked. */
function withoutTalk(step: Step): Step {
  const { talked: _, ...call } = step.call;
  return { ...step, call };
}

/** The caller hung up: every leg ends; a message being recorded is waited for, but not for ever. */
function gone(step: Step, context: CallContext, mint: Mint, at: Instant): Step {
  const { call } = step;
  if (call.phase === 'hunt' && call.hunt) {
    return fromHunt(step, stopHunt(call.hunt, emitter(context, mint, at)), context, mint, at, 'caller-gone');
  }
  const did = stepFlow(context.flows, call.flow, { type: 'caller-hung-up', at }, mint.effect);
  const after = fromFlow(step, did, context, mint, at);
  if (after.call.phase === 'over' || after === step) return after;
  return emit(after, mint, { type: 'start-timer', name: leaving, ms: leavingMs });
}

/** Two who are joined and one of whom is not heard: nothing can be mended from here, but somebody must know. */
function unheard(step: Step, mint: Mint, { from }: Extract<CallEvent, { type: 'unheard' }>): Step {
  const { hunt: now, notes } = step.call;
  const leg = now?.phase === 'talking' ? now.legs.find((one) => one.phase === 'taken') : undefined;
  if (!leg || (from !== 'caller' && from !== leg.id)) return step;
  const message = `no sound came from ${from === leg.id ? `${leg.name} (trunk ${leg.trunk})` : 'the caller'} for some seconds of the talk`;
  if (notes.includes(message)) return step;
  const noted = change(step, { notes: [...notes, message] });
  return emit(noted, mint, { type: 'warn', subject: 'one-way audio', message });
}

/** A talk beyond the longest allowed is ended on both sides. */
function cut(step: Step, context: CallContext, mint: Mint, at: Instant): Step {
  if (step.call.hunt?.phase !== 'talking') return step;
  const turn = stopHunt(step.call.hunt, emitter(context, mint, at));
  const stopped: Step = { call: { ...step.call, hunt: turn.state }, effects: [...step.effects, ...turn.effects] };
  return emit(end(stopped, mint, at, 'talked'), mint, { type: 'hangup', reason: 'normal' });
}

/** After a restart: what was saved but perhaps never performed is asked for again, what nobody waits for is ended. */
function resumed(step: Step, context: CallContext, mint: Mint, event: Resumed): Step {
  const { at, alive } = event;
  const { call } = step;
  const recorded = endOf(alive.recording, at);
  if (!alive.caller && !isAlone(call))
    return recorded ? left(step, context, mint, recorded) : lost(step, context, mint, at, alive.cutOff === true);
  const waited = new Set((call.hunt?.legs ?? []).filter(isLive).map((leg) => leg.id));
  const strays = Object.keys(alive.legs).filter((leg) => !waited.has(leg));
  const clean = emit(step, mint, ...strays.map((leg): EffectBody => ({ type: 'hangup-leg', leg })));
  const heard = call.answeredAt !== undefined && !call.talked ? emit(clean, mint, { type: 'answer' }) : clean;
  if (call.phase === 'hunt' && call.hunt) return resumedHunt(heard, call.hunt, context, mint, event);
  if (recorded) return ofCaller(heard, context, mint, recorded);
  // Who speaks is not interrupted: the end of it will be told.
  if (alive.recording) return heard;
  return fromFlow(heard, resumeFlow(context.flows, call.flow, at, mint.effect), context, mint, at);
}

type Resumed = Extract<CallEvent, { type: 'resumed' }>;

/** Long after it was asked for, nobody is woken for a call back any more. */
function resumedHunt(step: Step, hunt: HuntState, context: CallContext, mint: Mint, { at, alive }: Resumed): Step {
  const late = isAlone(step.call) && at > step.call.startedAt + hunt.spec.maxWaitMs;
  return late
    ? fromHunt(step, stopHunt(hunt, emitter(context, mint, at)), context, mint, at, 'no-answer')
    : fromHunt(step, resumeHunt(hunt, alive, emitter(context, mint, at)), context, mint, at);
}

type Recorded = Extract<CallEvent, { type: 'recording-finished' }>;

function endOf(given: Alive['recording'], at: Instant): Recorded | undefined {
  if (given?.state !== 'ended') return undefined;
  const { recording, seconds, file } = given;
  return { type: 'recording-finished', at, recording, seconds, file };
}

/** The caller spoke their message and hung up while nobody looked: they were served all the same. */
function left(step: Step, context: CallContext, mint: Mint, recorded: Recorded): Step {
  const after = step.call.flow.gone ? step : gone(step, context, mint, recorded.at);
  return after.call.phase === 'over' ? after : ofCaller(after, context, mint, recorded);
}

/** The caller's channel vanished while nobody looked: not the same as having hung up, and somebody should know. */
function lost(step: Step, context: CallContext, mint: Mint, at: Instant, cutOff: boolean): Step {
  const why = cutOff
    ? 'the telephone network was started anew under this call'
    : 'the caller was gone when the server returned';
  const noted = change(step, { notes: [...step.call.notes, why] });
  // Who had hung up before is no loss: only the end of their recording was still awaited.
  if (step.call.flow.gone) return end(noted, mint, at, 'hung-up');
  const inTalk = step.call.hunt?.phase === 'talking';
  const after = gone(noted, context, mint, at);
  const isLoss = after.call.outcome === 'hung-up' || (cutOff && inTalk);
  if (after.call.phase !== 'over' || !isLoss) return after;
  const flagged = change(after, { outcome: 'lost' });
  if (flagged.call.alerted || flagged.call.callBack) return flagged;
  const reason = inTalk ? 'the talk was cut off' : 'the call was lost before anyone took it';
  return emit(change(flagged, { alerted: true }), mint, { type: 'raise-alert', reason });
}

/** Exactly one outcome. A call that somebody was sought for and nobody took leaves an alert, unless the flow raised one. */
function end(step: Step, mint: Mint, at: Instant, ended: Outcome): Step {
  const outcome = step.call.talked ? 'talked' : ended;
  const over: Step = { ...step, call: closed({ ...step.call, phase: 'over', outcome, endedAt: at }, at) };
  // A technician who reached nobody knows it; nobody else waits for an answer.
  const missed = step.call.sought && !step.call.flow.technician && outcome !== 'talked' && !step.call.alerted;
  if (!missed) return over;
  const why = outcome === 'hung-up' ? 'the caller gave up before anyone took the call' : 'nobody took the call';
  return emit(change(over, { alerted: true }), mint, { type: 'raise-alert', reason: why });
}
