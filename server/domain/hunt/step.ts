// The hunt: one event in, the next state and what to do about it out. Pure; late and foreign events change nothing.
import type { DialSpec } from '../telephony/dial.ts';
import type { CallEvent } from '../telephony/event.ts';
import { type Hangup, hangup } from '../telephony/hangup.ts';
import { advance, beginLevel, leave, resolveLevel, ringOccupied } from './climb.ts';
import { answered, ask, hangUp, pressed, questionSaid } from './confirm.ts';
import { afterLeg, endLeg } from './ring.ts';
import {
  change,
  changeLeg,
  emit,
  type HuntState,
  isLive,
  type Leg,
  legOf,
  liveLegs,
  type Pen,
  retryTimer,
  type Turn,
  waitTimer,
  wordsTimer,
} from './state.ts';

/** Begins: the caller waits with music or ringing, the first level is asked for. */
export function startHunt(spec: DialSpec, pen: Pen): Turn {
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
    pen,
    { type: 'wait', sound: spec.wait },
    { type: 'start-timer', name: waitTimer, ms: spec.maxWaitMs },
    ...wordsAfter(spec),
  );
  return resolveLevel(waiting, pen);
}

const wordsAfter = (spec: DialSpec) =>
  spec.words.prompts.length > 0 ? [{ type: 'start-timer' as const, name: wordsTimer, ms: spec.words.everyMs }] : [];

/** The next state. `exit` is set exactly once, when the hunt is over for the flow. */
export function stepHunt(state: HuntState, event: CallEvent, pen: Pen): Turn {
  const turn: Turn = { state, effects: [] };
  if (state.phase === 'over') return stray(turn, event, pen);
  switch (event.type) {
    case 'on-call-resolved':
      return state.phase === 'resolving' && event.request === state.request
        ? beginLevel(turn, pen, event.people, event.because, event.turn)
        : turn;
    case 'timer':
      return onTimer(turn, pen, event.name);
    case 'effect-failed':
      return onFailure(turn, pen, event.effect, event.hangup);
    default:
      return 'leg' in event ? onLeg(turn, pen, event) : turn;
  }
}

type LegEvent = Extract<CallEvent, { leg: string }>;

/** A leg that nobody waits for any more and that answers all the same must not hang in the air. */
function stray(turn: Turn, event: CallEvent, pen: Pen): Turn {
  return event.type === 'leg-answered' ? emit(turn, pen, { type: 'hangup-leg', leg: event.leg }) : turn;
}

function onLeg(turn: Turn, pen: Pen, event: LegEvent): Turn {
  const leg = legOf(turn.state, event.leg);
  if (!leg || !isLive(leg)) return stray(turn, event, pen);
  switch (event.type) {
    case 'leg-placed':
      return leg.placed ? turn : changeLeg(turn, leg.id, { placed: event.name });
    case 'leg-ringing':
      return leg.phase === 'calling'
        ? emit(changeLeg(turn, leg.id, { phase: 'ringing', ringingAt: pen.at }), pen, {
            type: 'cancel-timer',
            name: `silent.${leg.id}`,
          })
        : turn;
    case 'leg-answered':
      return leg.phase === 'calling' || leg.phase === 'ringing' ? answered(turn, pen, leg) : turn;
    case 'leg-prompt-started':
      return event.playback === leg.question ? changeLeg(turn, leg.id, { questionBegan: true }) : turn;
    case 'leg-prompt-finished':
      return event.playback === leg.question && leg.phase === 'asking' ? questionSaid(turn, pen, leg) : turn;
    case 'leg-pressed':
      return pressed(turn, pen, leg, event.digit);
    case 'leg-heard':
      return heard(turn, pen, leg, event);
    case 'leg-ended':
      return ended(turn, pen, leg, event.hangup);
  }
}

/**
 * A voicemail heard on strong evidence is not waited for (the second time only a certain one is not); a person heard is asked at once,
 * and one who comes after a tone hears the question from its beginning. The key alone joins.
 */
function heard(turn: Turn, pen: Pen, leg: Leg, event: Extract<LegEvent, { type: 'leg-heard' }>): Turn {
  if (leg.phase !== 'listening' && leg.phase !== 'asking') return turn;
  const heard = { verdict: event.verdict, ...(event.certain ? { certain: event.certain } : {}) };
  const noted = changeLeg(turn, leg.id, heard);
  const known: Leg = { ...leg, ...heard };
  const enough = leg.second ? event.certain : event.strong;
  if (event.verdict === 'machine' && enough) return advance(hangUp(noted, pen, known, 'machine'), pen);
  const comes = leg.phase === 'listening' || leg.verdict === 'tone';
  return event.verdict === 'human' && comes ? ask(noted, pen, known) : noted;
}

function ended(turn: Turn, pen: Pen, leg: Leg, why: Hangup): Turn {
  if (leg.phase === 'taken') return leave(endLeg(turn, pen, leg, why), pen, 'answered');
  // A phone that was answered and put down without a key says no more than silence does.
  const meaning =
    leg.phase === 'asking' || leg.phase === 'listening'
      ? { ...hangup('not-confirmed'), ...(why.detail ? { detail: why.detail } : {}) }
      : why;
  return advance(afterLeg(endLeg(turn, pen, leg, meaning), pen, leg, meaning), pen);
}

function onTimer(turn: Turn, pen: Pen, name: string): Turn {
  if (name === waitTimer) return expire(turn, pen);
  if (name === retryTimer) return turn.state.phase === 'ringing' ? ringOccupied(turn, pen) : turn;
  if (name === wordsTimer)
    return turn.state.phase === 'talking'
      ? turn
      : emit(turn, pen, { type: 'play', prompts: turn.state.spec.words.prompts }, ...wordsAfter(turn.state.spec));
  const leg = legOf(turn.state, name.slice(name.indexOf('.') + 1));
  return leg && isLive(leg) ? onLegTimer(turn, pen, leg, name.slice(0, name.indexOf('.'))) : turn;
}

function onLegTimer(turn: Turn, pen: Pen, leg: Leg, what: string): Turn {
  const calling = leg.phase === 'calling';
  if (what === 'silent' && calling) return advance(hangUp(turn, pen, leg, 'unreachable'), pen);
  if (what === 'ring' && (calling || leg.phase === 'ringing'))
    return advance(hangUp(turn, pen, leg, calling ? 'unreachable' : 'no-answer'), pen);
  if (what === 'listen' && leg.phase === 'listening') return ask(turn, pen, leg);
  if (what === 'confirm' && leg.phase === 'asking') return advance(hangUp(turn, pen, leg, 'not-confirmed'), pen);
  return turn;
}

/** The caller has waited long enough: phones stop ringing, but somebody who is being asked may still say yes. */
function expire(turn: Turn, pen: Pen): Turn {
  if (turn.state.phase === 'talking') return turn;
  const expired = change(turn, { expired: true });
  if (turn.state.phase === 'resolving') return leave(expired, pen, turn.state.anyone ? 'no-answer' : 'empty-planning');
  const ringing = liveLegs(expired.state).filter((leg) => leg.phase === 'calling' || leg.phase === 'ringing');
  return advance(
    ringing.reduce((done, leg) => hangUp(done, pen, leg, 'no-answer'), expired),
    pen,
  );
}

/** An originate that failed ended its leg; a bridge that failed means that one side is gone; a question that failed was not heard. */
function onFailure(turn: Turn, pen: Pen, effect: string, why: Hangup | undefined): Turn {
  const { state } = turn;
  if (state.phase === 'talking' && effect === state.bridging) return bridgeFailed(turn, pen);
  const leg = liveLegs(state).find((one) => one.sent === effect || (one.phase === 'asking' && one.question === effect));
  if (!leg) return turn;
  if (leg.phase === 'asking') return advance(hangUp(turn, pen, leg, 'not-confirmed'), pen);
  return leg.phase === 'calling' ? ended(turn, pen, leg, why ?? hangup('unreachable')) : turn;
}

/** The caller, if still there, goes on waiting while the next person is rung; this leg never had them. */
function bridgeFailed(turn: Turn, pen: Pen): Turn {
  const leg = turn.state.legs.find((one) => one.phase === 'taken');
  if (!leg) return turn;
  const why = hangup('lost', 'the two could not be joined');
  const { bridging: _, ...state } = turn.state;
  const { takenAt: __, ...untaken } = leg;
  const legs = state.legs.map((one) => (one.id === leg.id ? untaken : one));
  const back = emit(
    { ...turn, state: { ...state, phase: 'ringing', legs } },
    pen,
    { type: 'hangup-leg', leg: leg.id },
    { type: 'wait', sound: state.spec.wait },
    { type: 'start-timer', name: waitTimer, ms: state.spec.maxWaitMs },
    ...wordsAfter(state.spec),
  );
  return advance(afterLeg(endLeg(back, pen, leg, why), pen, leg, why), pen);
}

/** The caller is gone: every leg ends. */
export function stopHunt(state: HuntState, pen: Pen): Turn {
  return leave({ state, effects: [] }, pen, state.phase === 'talking' ? 'answered' : 'caller-gone');
}
