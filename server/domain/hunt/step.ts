// The hunt: one event in, the next state and what to do about it out. Pure; late and foreign events change nothing.
import type { DialSpec } from '../telephony/dial.ts';
import type { CallEvent } from '../telephony/event.ts';
import { type Hangup, hangup } from '../telephony/hangup.ts';
import { answered, ask, hangUp, pressed, questionSaid } from './confirm.ts';
import { advance, beginLevel, leave, resolveLevel, ringOccupied } from './escalation.ts';
import { afterLeg, endLeg } from './ring.ts';
import {
  change,
  changeLeg,
  type Emitter,
  emit,
  type HuntState,
  isLive,
  type Leg,
  legOf,
  liveLegs,
  retryTimer,
  type Turn,
  waitTimer,
  wordsTimer,
} from './state.ts';

/** Begins: the caller waits with music or ringing, the first level is asked for. */
export function startHunt(spec: DialSpec, emitter: Emitter): Turn {
  const state: HuntState = {
    spec,
    phase: 'resolving',
    level: 0,
    round: 0,
    roundFrom: 0,
    people: [],
    waves: [],
    threads: [],
    legs: [],
    declined: [],
    condemned: [],
    again: [],
    occupied: [],
    retried: [],
    doubtful: [],
    anyone: false,
    because: [],
  };
  const waiting = emit(
    { state, effects: [] },
    emitter,
    { type: 'wait', sound: spec.wait },
    { type: 'start-timer', name: waitTimer, ms: spec.maxWaitMs },
    ...wordsAfter(spec),
  );
  return resolveLevel(waiting, emitter);
}

const wordsAfter = (spec: DialSpec) =>
  spec.words.prompts.length > 0 ? [{ type: 'start-timer' as const, name: wordsTimer, ms: spec.words.everyMs }] : [];

/** The next state. `exit` is set exactly once, when the hunt is over for the flow. */
export function stepHunt(state: HuntState, event: CallEvent, emitter: Emitter): Turn {
  const turn: Turn = { state, effects: [] };
  if (state.phase === 'over') return stray(turn, event, emitter);
  switch (event.type) {
    case 'on-call-resolved':
      return state.phase === 'resolving' && event.request === state.request
        ? beginLevel(turn, emitter, event.people, event.because, event.turn)
        : turn;
    case 'timer':
      return onTimer(turn, emitter, event.name);
    case 'effect-failed':
      return onFailure(turn, emitter, event.effect, event.hangup);
    default:
      return 'leg' in event ? onLeg(turn, emitter, event) : turn;
  }
}

type LegEvent = Extract<CallEvent, { leg: string }>;

/** A leg that nobody waits for any more and that answers all the same must not hang in the air. */
function stray(turn: Turn, event: CallEvent, emitter: Emitter): Turn {
  return event.type === 'leg-answered' ? emit(turn, emitter, { type: 'hangup-leg', leg: event.leg }) : turn;
}

function onLeg(turn: Turn, emitter: Emitter, event: LegEvent): Turn {
  const leg = legOf(turn.state, event.leg);
  if (!leg || !isLive(leg)) return stray(turn, event, emitter);
  switch (event.type) {
    case 'leg-placed':
      return leg.placed ? turn : changeLeg(turn, leg.id, { placed: event.name });
    case 'leg-ringing':
      return leg.phase === 'calling'
        ? emit(changeLeg(turn, leg.id, { phase: 'ringing', ringingAt: emitter.at }), emitter, {
            type: 'cancel-timer',
            name: `silent.${leg.id}`,
          })
        : turn;
    case 'leg-answered':
      return leg.phase === 'calling' || leg.phase === 'ringing' ? answered(turn, emitter, leg) : turn;
    case 'leg-prompt-started':
      return event.playback === leg.question ? changeLeg(turn, leg.id, { questionBegan: true }) : turn;
    case 'leg-prompt-finished':
      return event.playback === leg.question && leg.phase === 'asking' ? questionSaid(turn, emitter, leg) : turn;
    case 'leg-pressed':
      return pressed(turn, emitter, leg, event.digit);
    case 'leg-heard':
      return heard(turn, emitter, leg, event);
    case 'leg-ended':
      return ended(turn, emitter, leg, event.hangup);
  }
}

/**
 * A voicemail heard on strong evidence is not waited for (the second time only a certain one is not); a person heard is asked at once,
 * and one who comes after a tone hears the question from its beginning. The key alone joins.
 */
function heard(turn: Turn, emitter: Emitter, leg: Leg, event: Extract<LegEvent, { type: 'leg-heard' }>): Turn {
  if (leg.phase !== 'listening' && leg.phase !== 'asking') return turn;
  const heard = { verdict: event.verdict, ...(event.certain ? { certain: event.certain } : {}) };
  const noted = changeLeg(turn, leg.id, heard);
  const known: Leg = { ...leg, ...heard };
  const enough = leg.second ? event.certain : event.strong;
  if (event.verdict === 'machine' && enough) return advance(hangUp(noted, emitter, known, 'machine'), emitter);
  const comes = leg.phase === 'listening' || leg.verdict === 'tone';
  return event.verdict === 'human' && comes ? ask(noted, emitter, known) : noted;
}

function ended(turn: Turn, emitter: Emitter, leg: Leg, why: Hangup): Turn {
  if (leg.phase === 'taken') return leave(endLeg(turn, emitter, leg, why), emitter, 'answered');
  // A phone that was answered and put down without a key says no more than silence does.
  const meaning =
    leg.phase === 'asking' || leg.phase === 'listening'
      ? { ...hangup('not-confirmed'), ...(why.detail ? { detail: why.detail } : {}) }
      : why;
  return advance(afterLeg(endLeg(turn, emitter, leg, meaning), emitter, leg, meaning), emitter);
}

function onTimer(turn: Turn, emitter: Emitter, name: string): Turn {
  if (name === waitTimer) return expire(turn, emitter);
  if (name === retryTimer) return turn.state.phase === 'ringing' ? ringOccupied(turn, emitter) : turn;
  if (name === wordsTimer)
    return turn.state.phase === 'talking'
      ? turn
      : emit(turn, emitter, { type: 'play', prompts: turn.state.spec.words.prompts }, ...wordsAfter(turn.state.spec));
  const leg = legOf(turn.state, name.slice(name.indexOf('.') + 1));
  return leg && isLive(leg) ? onLegTimer(turn, emitter, leg, name.slice(0, name.indexOf('.'))) : turn;
}

function onLegTimer(turn: Turn, emitter: Emitter, leg: Leg, what: string): Turn {
  const calling = leg.phase === 'calling';
  if (what === 'silent' && calling) return advance(hangUp(turn, emitter, leg, 'unreachable'), emitter);
  if (what === 'ring' && (calling || leg.phase === 'ringing'))
    return advance(hangUp(turn, emitter, leg, calling ? 'unreachable' : 'no-answer'), emitter);
  if (what === 'listen' && leg.phase === 'listening') return ask(turn, emitter, leg);
  if (what === 'confirm' && leg.phase === 'asking')
    return advance(hangUp(turn, emitter, leg, 'not-confirmed'), emitter);
  return turn;
}

/** The caller has waited long enough: phones stop ringing, but somebody who is being asked may still say yes. */
function expire(turn: Turn, emitter: Emitter): Turn {
  if (turn.state.phase === 'talking') return turn;
  const expired = change(turn, { expired: true });
  if (turn.state.phase === 'resolving')
    return leave(expired, emitter, turn.state.anyone ? 'no-answer' : 'empty-planning');
  const ringing = liveLegs(expired.state).filter((leg) => leg.phase === 'calling' || leg.phase === 'ringing');
  return advance(
    ringing.reduce((done, leg) => hangUp(done, emitter, leg, 'no-answer'), expired),
    emitter,
  );
}

/** An originate that failed ended its leg; a bridge that failed means that one side is gone; a question that failed was not heard. */
function onFailure(turn: Turn, emitter: Emitter, effect: string, why: Hangup | undefined): Turn {
  const { state } = turn;
  if (state.phase === 'talking' && effect === state.bridging) return bridgeFailed(turn, emitter);
  const leg = liveLegs(state).find((one) => one.sent === effect || (one.phase === 'asking' && one.question === effect));
  if (!leg) return turn;
  if (leg.phase === 'asking') return advance(hangUp(turn, emitter, leg, 'not-confirmed'), emitter);
  return leg.phase === 'calling' ? ended(turn, emitter, leg, why ?? hangup('unreachable')) : turn;
}

/** The caller, if still there, goes on waiting while the next person is rung; this leg never had them. */
function bridgeFailed(turn: Turn, emitter: Emitter): Turn {
  const leg = turn.state.legs.find((one) => one.phase === 'taken');
  if (!leg) return turn;
  const why = hangup('lost', 'the two could not be joined');
  const { bridging: _, ...state } = turn.state;
  const { takenAt: __, ...untaken } = leg;
  const legs = state.legs.map((one) => (one.id === leg.id ? untaken : one));
  const back = emit(
    { ...turn, state: { ...state, phase: 'ringing', legs } },
    emitter,
    { type: 'hangup-leg', leg: leg.id },
    { type: 'wait', sound: state.spec.wait },
    { type: 'start-timer', name: waitTimer, ms: state.spec.maxWaitMs },
    ...wordsAfter(state.spec),
  );
  return advance(afterLeg(endLeg(back, emitter, leg, why), emitter, leg, why), emitter);
}

/** The caller is gone: every leg ends. */
export function stopHunt(state: HuntState, emitter: Emitter): Turn {
  return leave({ state, effects: [] }, emitter, state.phase === 'talking' ? 'answered' : 'caller-gone');
}
