// The order of things: level after level, round after round, wave after wave, until somebody takes the call or nobody is left.

import type { DialExit, Level } from '../telephony/dial.ts';
import type { OnCall } from '../telephony/event.ts';
import { hangup } from '../telephony/hangup.ts';
import type { PersonId, PhoneNumber } from '../telephony/names.ts';
import { wavesOf } from './order.ts';
import { endLeg, ring } from './ring.ts';
import {
  type Candidate,
  change,
  type Emitter,
  emit,
  type HuntState,
  liveLegs,
  retryTimer,
  type Turn,
  waitTimer,
  wordsTimer,
} from './state.ts';

/** How long a caller waits before people who were on other calls are tried again. */
const occupiedMs = 10_000;

/** Asks who is on call at the current level; past the last one, tries again those who may have been people, and waits for those who were occupied. */
export function resolveLevel(turn: Turn, emitter: Emitter): Turn {
  const level = turn.state.spec.levels[turn.state.level];
  if (!level && turn.state.doubtful.length > 0) return ringDoubtful(turn, emitter);
  if (!level && turn.state.occupied.length > 0) {
    return emit(change(turn, { phase: 'ringing' }), emitter, { type: 'start-timer', name: retryTimer, ms: occupiedMs });
  }
  if (!level) return leave(turn, emitter, exitOf(turn.state));
  return askPlanning(change(turn, { phase: 'resolving', people: [], waves: [], threads: [] }), emitter, level);
}

/** Who is on call there? The answer is recognised by the id of this question. */
export function askPlanning(turn: Turn, emitter: Emitter, { target, strategy }: Level): Turn {
  const request = emitter.effect();
  const ask = { id: request, type: 'resolve-on-call' as const, target };
  const effects = [...turn.effects, strategy === undefined ? ask : { ...ask, strategy }];
  return { ...change(turn, { request }), effects };
}

/** The answer came: the first round of this level begins. */
export function beginLevel(turn: Turn, emitter: Emitter, people: OnCall[], because: string, count: number): Turn {
  const level = turn.state.spec.levels[turn.state.level];
  const { request: _answered, ...state } = turn.state;
  const begun: Turn = {
    ...turn,
    state: {
      ...state,
      phase: 'ringing',
      people,
      round: 0,
      roundFrom: state.legs.length,
      anyone: state.anyone || people.length > 0,
      because: [...state.because, because],
      waves: level ? wavesOf(level.strategy, people, count) : [],
    },
  };
  return advance(begun, emitter);
}

/** Goes on as far as it can without waiting: returns as soon as a leg is out, a question is asked or the hunt is over. */
export function advance(turn: Turn, emitter: Emitter): Turn {
  if (turn.exit || turn.state.phase !== 'ringing') return turn;
  if (liveLegs(turn.state).length > 0) return turn;
  if (turn.state.expired) return leave(turn, emitter, exitOf(turn.state));
  const [wave, ...waves] = turn.state.waves;
  if (wave) return advance(beginWave(change(turn, { waves }), emitter, wave), emitter);
  if (turn.state.again.length > 0) return advance(ringLostAgain(turn, emitter), emitter);
  return nextRound(turn, emitter);
}

function beginWave(turn: Turn, emitter: Emitter, wave: PersonId[]): Turn {
  const threads = wave.flatMap((id) => candidatesOf(turn.state, id));
  return threads.reduce((done, thread) => ring(done, emitter, thread), change(turn, { threads }));
}

function candidatesOf(state: HuntState, id: PersonId): Candidate[] {
  const person = state.people.find((one) => one.person === id);
  if (!person || state.declined.includes(id)) return [];
  const phones = person.phones.filter((number) => !state.condemned.includes(number) && !saidNo(state, number));
  return phones.length > 0 ? [{ person: id, phones, tried: [] }] : [];
}

/** Whoever else this phone belongs to: somebody there has said no. */
const saidNo = (state: HuntState, number: PhoneNumber): boolean =>
  state.legs.some((leg) => leg.number === number && leg.hangup?.cause === 'declined');

/**
 * Those who were on other calls may be free by now: each is rung again, one after the other. Only once nobody else is
 * left to try: a timer that comes late (after a restart) must not push aside the people still to ring.
 */
export function ringOccupied(turn: Turn, emitter: Emitter): Turn {
  const { occupied } = turn.state;
  const busy = liveLegs(turn.state).length > 0 || turn.state.level < turn.state.spec.levels.length;
  if (occupied.length === 0 || busy) return turn;
  return advance(change(turn, { people: occupied, occupied: [], waves: occupied.map((one) => [one.person]) }), emitter);
}

/** Nobody took the call: phones that a machine seemed to answer are rung once more, together, before the caller is told so. */
function ringDoubtful(turn: Turn, emitter: Emitter): Turn {
  const { doubtful, declined } = turn.state;
  const willing = doubtful.filter(({ person }) => !declined.includes(person.person));
  const people = [...new Map(willing.map(({ person }) => [person.person, person])).values()];
  const phonesOf = (id: PersonId) => willing.filter((one) => one.person.person === id).map((one) => one.number);
  const threads = people.map(
    ({ person }): Candidate => ({ person, phones: phonesOf(person), tried: [], second: true }),
  );
  const begun = change(turn, { phase: 'ringing', doubtful: [], people, threads });
  return advance(
    threads.reduce((done, thread) => ring(done, emitter, thread), begun),
    emitter,
  );
}

function ringLostAgain(turn: Turn, emitter: Emitter): Turn {
  const people = [...new Set(turn.state.again.map((one) => one.person))];
  const phonesOf = (id: PersonId) => turn.state.again.filter((one) => one.person === id).map((one) => one.number);
  const isSecond = (id: PersonId) => turn.state.again.some((one) => one.person === id && one.second);
  const threads = people.map(
    (person): Candidate => ({
      person,
      phones: phonesOf(person),
      tried: [],
      ...(isSecond(person) ? { second: true } : {}),
    }),
  );
  return threads.reduce((done, thread) => ring(done, emitter, thread), change(turn, { threads, again: [] }));
}

/** Another round only while somebody could still say yes; otherwise the next level. */
function nextRound(turn: Turn, emitter: Emitter): Turn {
  const { state } = turn;
  const level = state.spec.levels[state.level];
  const reachable = state.people.some((one) => candidatesOf(state, one.person).length > 0);
  if (level && reachable && state.round + 1 < level.rounds && somebodyRang(state)) {
    return advance(
      change(turn, {
        round: state.round + 1,
        roundFrom: state.legs.length,
        waves: wavesOf(level.strategy, state.people, state.round + 1),
      }),
      emitter,
    );
  }
  return resolveLevel(change(turn, { level: state.level + 1 }), emitter);
}

/** A round in which no leg left the house would only be repeated for ever. */
const somebodyRang = (state: HuntState): boolean =>
  state.legs.some((leg) => leg.trunk !== '' && state.people.some((one) => one.person === leg.person));

/** Nobody on any level; every leg failed by a carrier's or our rules' fault; or people were rung and did not take it. */
export function exitOf(state: HuntState): DialExit {
  if (!state.anyone) return 'empty-planning';
  const network = state.legs.every(
    (leg) => leg.hangup?.whose === 'carrier' || leg.hangup?.cause === 'refused-by-policy',
  );
  return network ? 'carrier-failure' : 'no-answer';
}

/** Ends the hunt: nothing rings on, and the waiting sound stops where somebody still hears it. */
export function leave(turn: Turn, emitter: Emitter, exit: DialExit): Turn {
  const quiet = liveLegs(turn.state).reduce(
    (done, leg) =>
      emit(endLeg(done, emitter, leg, hangup(leg.phase === 'taken' ? 'normal' : 'answered-elsewhere')), emitter, {
        type: 'hangup-leg',
        leg: leg.id,
      }),
    turn,
  );
  const over = change(quiet, { phase: 'over', waves: [], threads: [] });
  if (turn.state.phase === 'talking') return { ...over, exit };
  const waiting = emit(
    over,
    emitter,
    { type: 'cancel-timer', name: waitTimer },
    { type: 'cancel-timer', name: wordsTimer },
    { type: 'cancel-timer', name: retryTimer },
  );
  return { ...(exit === 'caller-gone' ? waiting : emit(waiting, emitter, { type: 'stop-wait' })), exit };
}
