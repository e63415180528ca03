// The person answered: is it a person, and do they take the call? Only their key, pressed after the question began, joins the two.

import { type Cause, hangup } from '../telephony/hangup.ts';
import type { Prompt } from '../telephony/prompt.ts';
import { advance } from './escalation.ts';
import { afterLeg, endLeg } from './ring.ts';
import {
  change,
  changeLeg,
  type Emitter,
  emit,
  type Leg,
  legTimers,
  liveLegs,
  type Turn,
  timerName,
  waitTimer,
  wordsTimer,
} from './state.ts';

/** The question cannot last longer than this, whatever the carrier says of its playback. */
const questionMs = 45_000;
const mostRepeats = 3;

/** The leg answered: listened to first where a detector can, asked at once otherwise. A transfer's target is joined as it is. */
export function answered(turn: Turn, emitter: Emitter, leg: Leg): Turn {
  const quiet = emit(changeLeg(turn, leg.id, { answeredAt: emitter.at }), emitter, ...legTimers(leg.id));
  if (turn.state.spec.confirm.by === 'answer') return take(quiet, emitter, leg);
  if (emitter.context.listenMs === 0) return ask(quiet, emitter, leg);
  return emit(changeLeg(quiet, leg.id, { phase: 'listening' }), emitter, {
    type: 'start-timer',
    name: timerName('listen', leg.id),
    ms: emitter.context.listenMs,
  });
}

/** Says who calls and asks for the key. Asked again, it starts over: keys count from the new beginning. */
export function ask(turn: Turn, emitter: Emitter, leg: Leg): Turn {
  const { spec } = turn.state;
  if (spec.confirm.by !== 'key') return turn;
  // Behind a question still being said the new one would wait, and no key would count.
  const cut =
    leg.question && !leg.questionSaid ? emit(turn, emitter, { type: 'stop-play', playback: leg.question }) : turn;
  const question = emitter.effect();
  const { questionBegan: _, questionSaid: __, ...silent } = leg;
  const asking: Leg = { ...silent, phase: 'asking', question, answeredAt: leg.answeredAt ?? emitter.at };
  const legs = turn.state.legs.map((other) => (other.id === leg.id ? asking : other));
  const asked: Turn = {
    ...change(cut, { legs }),
    effects: [
      ...cut.effects,
      { id: question, type: 'ask-to-confirm', leg: leg.id, prompts: [...spec.announce, ...spec.confirm.question] },
    ],
  };
  return emit(asked, emitter, { type: 'start-timer', name: timerName('confirm', leg.id), ms: questionMs });
}

/** The question was said: from now on the key is waited for so long and no longer. Told twice, the wait does not begin again. */
export function questionSaid(turn: Turn, emitter: Emitter, leg: Leg): Turn {
  const { confirm } = turn.state.spec;
  if (confirm.by !== 'key' || leg.questionSaid) return turn;
  const said = changeLeg(turn, leg.id, { questionBegan: true, questionSaid: true });
  return emit(said, emitter, { type: 'start-timer', name: timerName('confirm', leg.id), ms: confirm.waitMs });
}

export function pressed(turn: Turn, emitter: Emitter, leg: Leg, digit: string): Turn {
  if (leg.phase !== 'asking' || !leg.questionBegan) return turn;
  if (digit === '1') return take(turn, emitter, leg);
  if (digit === '2') return advance(hangUp(turn, emitter, leg, 'declined'), emitter);
  const repeats = leg.repeats ?? 0;
  if (digit === '*' && repeats < mostRepeats) return ask(turn, emitter, { ...leg, repeats: repeats + 1 });
  return turn;
}

/** We end a leg that is of no use, and its person's turn goes on. */
export function hangUp(
  turn: Turn,
  emitter: Emitter,
  leg: Leg,
  cause: 'declined' | 'not-confirmed' | 'machine' | 'no-answer' | 'unreachable',
): Turn {
  const why = hangup(cause);
  const doubted = isDoubtful(leg, cause) ? doubt(turn, leg) : turn;
  return afterLeg(
    emit(endLeg(doubted, emitter, leg, why), emitter, { type: 'hangup-leg', leg: leg.id }),
    emitter,
    leg,
    why,
  );
}

/** A call-screening assistant talks like a machine; a switchboard may answer with tones, and silence, before anybody does. */
function isDoubtful(leg: Leg, cause: Cause): boolean {
  if (leg.second || leg.certain) return false;
  return cause === 'machine' || (cause === 'not-confirmed' && (leg.verdict === 'tone' || leg.verdict === 'unsure'));
}

function doubt(turn: Turn, { person: id, number }: Leg): Turn {
  const { doubtful, people } = turn.state;
  const person = people.find((one) => one.person === id);
  const known = doubtful.some((one) => one.number === number);
  return person && !known ? change(turn, { doubtful: [...doubtful, { person, number }] }) : turn;
}

/** One winner: this leg gets the caller; whoever is being asked hears that it is taken, whoever rings stops ringing. */
function take(turn: Turn, emitter: Emitter, winner: Leg): Turn {
  const others = liveLegs(turn.state).filter((leg) => leg.id !== winner.id);
  const freed = others.reduce((done, leg) => free(done, emitter, leg), turn);
  const bridging = emitter.effect();
  const calm = emit(
    changeLeg(freed, winner.id, { phase: 'taken', takenAt: emitter.at }),
    emitter,
    ...legTimers(winner.id),
    { type: 'cancel-timer', name: waitTimer },
    { type: 'cancel-timer', name: wordsTimer },
    { type: 'stop-wait' },
  );
  return {
    ...change(calm, { phase: 'talking', bridging }),
    effects: [...calm.effects, { id: bridging, type: 'bridge', leg: winner.id }],
  };
}

function free(turn: Turn, emitter: Emitter, leg: Leg): Turn {
  const { confirm } = turn.state.spec;
  const answered = leg.phase === 'asking' || leg.phase === 'listening';
  const taken: Prompt[] = confirm.by === 'key' ? confirm.taken : [];
  const ended = endLeg(turn, emitter, leg, hangup('answered-elsewhere'));
  return emit(
    ended,
    emitter,
    answered ? { type: 'tell-and-hangup', leg: leg.id, prompts: taken } : { type: 'hangup-leg', leg: leg.id },
  );
}
