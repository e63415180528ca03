// After a restart or a lost connection: the saved hunt is compared with what still lives, and the difference goes in as ordinary events.
import type { Alive } from '../telephony/event.ts';
import { type Hangup, hangup } from '../telephony/hangup.ts';
import { askPlanning } from './climb.ts';
import { answered, ask } from './confirm.ts';
import { change, emit, type HuntState, type Leg, legOf, liveLegs, type Pen, type Turn } from './state.ts';
import { stepHunt } from './step.ts';

const lost: Hangup = hangup('lost');
/** What happened while nobody listened. */
type Missed = { type: 'leg-ended'; leg: string; hangup: Hangup } | { type: 'leg-ringing'; leg: string };

/**
 * Nobody is rung twice: a leg that is gone counts as lost, never as unsent; a leg that answered meanwhile is asked now,
 * and one whose question was cut short hears it again.
 */
export function resumeHunt(state: HuntState, alive: Alive, pen: Pen): Turn {
  const begun = again({ state, effects: [] }, pen);
  return liveLegs(state).reduce((turn, leg) => (turn.exit ? turn : compare(turn, pen, leg, alive)), begun);
}

/** What the caller should hear while waiting is asked for anew: starting it twice does no harm. */
function again(turn: Turn, pen: Pen): Turn {
  if (turn.state.phase === 'talking' || turn.state.phase === 'over') return turn;
  const waiting = emit(turn, pen, { type: 'wait', sound: turn.state.spec.wait });
  if (turn.state.phase !== 'resolving') return waiting;
  const level = waiting.state.spec.levels[waiting.state.level];
  return level ? askPlanning(waiting, pen, level) : waiting;
}

function compare(turn: Turn, pen: Pen, saved: Leg, alive: Alive): Turn {
  const leg = legOf(turn.state, saved.id);
  if (!leg || leg.phase === 'ended') return turn;
  const now = alive.legs[leg.id];
  if (!now)
    return follow(turn, pen, {
      type: 'leg-ended',
      leg: leg.id,
      hangup: leg.phase === 'taken' ? hangup('normal', 'ended while the server was away') : lost,
    });
  if (leg.phase === 'taken') return alive.bridged.includes(leg.id) ? turn : rejoin(turn, pen, leg);
  // Else the trunk would be taken for silent, and the next one be asked to ring the same phone.
  if (now === 'ringing' && leg.phase === 'calling') return follow(turn, pen, { type: 'leg-ringing', leg: leg.id });
  if (now === 'up' && (leg.phase === 'calling' || leg.phase === 'ringing')) return answeredMeanwhile(turn, pen, leg);
  return leg.phase === 'asking' || leg.phase === 'listening' ? ask(turn, pen, leg) : turn;
}

/** They have waited in silence since, and no detector heard their first words: asked at once. */
function answeredMeanwhile(turn: Turn, pen: Pen, leg: Leg): Turn {
  const up = answered(turn, pen, leg);
  const listening = legOf(up.state, leg.id);
  return listening?.phase === 'listening' ? ask(up, pen, listening) : up;
}

/** Confirmed before, not joined yet: the bridge is asked for again. */
function rejoin(turn: Turn, pen: Pen, leg: Leg): Turn {
  const bridging = pen.effect();
  return { ...change(turn, { bridging }), effects: [...turn.effects, { id: bridging, type: 'bridge', leg: leg.id }] };
}

function follow(turn: Turn, pen: Pen, event: Missed): Turn {
  const next = stepHunt(turn.state, { ...event, at: pen.at }, pen);
  return { ...next, effects: [...turn.effects, ...next.effects] };
}
