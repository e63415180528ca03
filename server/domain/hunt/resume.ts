// After a restart or a lost connection: the saved hunt is compared with what still lives, and the difference goes in as ordinary events.
import type { Alive } from '../telephony/event.ts';
import { type Hangup, hangup } from '../telephony/hangup.ts';
import { answered, ask } from './confirm.ts';
import { askPlanning } from './escalation.ts';
import { change, type Emitter, emit, type HuntState, type Leg, legOf, liveLegs, type Turn } from './state.ts';
import { stepHunt } from './step.ts';

const lost: Hangup = hangup('lost');
/** What happened while nobody listened. */
type Missed = { type: 'leg-ended'; leg: string; hangup: Hangup } | { type: 'leg-ringing'; leg: string };

/**
 * Nobody is rung twice: a leg that is gone counts as lost, never as unsent; a leg that answered meanwhile is asked now,
 * and one whose question was cut short hears it again.
 */
export function resumeHunt(state: HuntState, alive: Alive, emitter: Emitter): Turn {
  const begun = again({ state, effects: [] }, emitter);
  return liveLegs(state).reduce((turn, leg) => (turn.exit ? turn : compare(turn, emitter, leg, alive)), begun);
}

/** What the caller should hear while waiting is asked for anew: starting it twice does no harm. */
function again(turn: Turn, emitter: Emitter): Turn {
  if (turn.state.phase === 'talking' || turn.state.phase === 'over') return turn;
  const waiting = emit(turn, emitter, { type: 'wait', sound: turn.state.spec.wait });
  if (turn.state.phase !== 'resolving') return waiting;
  const level = waiting.state.spec.levels[waiting.state.level];
  return level ? askPlanning(waiting, emitter, level) : waiting;
}

function compare(turn: Turn, emitter: Emitter, saved: Leg, alive: Alive): Turn {
  const leg = legOf(turn.state, saved.id);
  if (!leg || leg.phase === 'ended') return turn;
  const now = alive.legs[leg.id];
  if (!now)
    return follow(turn, emitter, {
      type: 'leg-ended',
      leg: leg.id,
      hangup: leg.phase === 'taken' ? hangup('normal', 'ended while the server was away') : lost,
    });
  if (leg.phase === 'taken') return alive.bridged.includes(leg.id) ? turn : rejoin(turn, emitter, leg);
  // Else the trunk would be taken for silent, and the next one be asked to ring the same phone.
  if (now === 'ringing' && leg.phase === 'calling') return follow(turn, emitter, { type: 'leg-ringing', leg: leg.id });
  if (now === 'up' && (leg.phase === 'calling' || leg.phase === 'ringing'))
    return answeredMeanwhile(turn, emitter, leg);
  return leg.phase === 'asking' || leg.phase === 'listening' ? ask(turn, emitter, leg) : turn;
}

/** They have waited in silence since, and no detector heard their first words: asked at once. */
function answeredMeanwhile(turn: Turn, emitter: Emitter, leg: Leg): Turn {
  const up = answered(turn, emitter, leg);
  const listening = legOf(up.state, leg.id);
  return listening?.phase === 'listening' ? ask(up, emitter, listening) : up;
}

/** Confirmed before, not joined yet: the bridge is asked for again. */
function rejoin(turn: Turn, emitter: Emitter, leg: Leg): Turn {
  const bridging = emitter.effect();
  return { ...change(turn, { bridging }), effects: [...turn.effects, { id: bridging, type: 'bridge', leg: leg.id }] };
}

function follow(turn: Turn, emitter: Emitter, event: Missed): Turn {
  const next = stepHunt(turn.state, { ...event, at: emitter.at }, emitter);
  return { ...next, effects: [...turn.effects, ...next.effects] };
}
