// Ringing one person: their phones in order, each over the trunks that the trunk room names, until it says to give up.
import type { Originate } from '../telephony/effect.ts';
import { type Hangup, hangup } from '../telephony/hangup.ts';
import type { PersonId, PhoneNumber } from '../telephony/names.ts';
import { type Dial, type GiveUp, nextTry, type Tried } from '../trunk/failover.ts';
import {
  type Candidate,
  change,
  changeCandidate,
  changeLeg,
  type Emitter,
  emit,
  type Leg,
  legTimers,
  type Turn,
  timerName,
} from './state.ts';

/** Time added to the carrier's own ring time-out before we give a leg up ourselves. */
const backstopMs = 5_000;
const defaultRingMs = 20_000;

/** Rings the thread's next try. Leaves the thread without a leg when nothing is left to try for this person. */
export function ring(turn: Turn, emitter: Emitter, thread: Candidate): Turn {
  const [number] = thread.phones;
  if (number === undefined || turn.state.expired) return finish(turn, thread);
  const same = sharedLeg(turn, thread.person, number);
  if (same)
    return ring(share(turn, same, thread.person), emitter, { ...thread, phones: thread.phones.slice(1), tried: [] });
  const next = tryOf(turn, emitter, number, thread.tried);
  return 'dial' in next ? dial(turn, emitter, thread, number, next) : giveUp(turn, emitter, thread, number, next);
}

/**
 * A phone that two people have rings once in a round: the leg that rings, or rang, for the other one. Where that one was on
 * another call it never rang; where we lost the leg, it is tried again for both.
 */
const sharedLeg = ({ state }: Turn, person: PersonId, number: PhoneNumber): Leg | undefined =>
  state.legs
    .slice(state.roundFrom)
    .find(
      (leg) => leg.number === number && leg.person !== person && leg.trunk !== '' && leg.hangup?.cause !== 'occupied',
    );

/** The record says for whom it rings. */
function share(turn: Turn, leg: Leg, person: PersonId): Turn {
  const name = personOf(turn, person)?.name ?? person;
  const names = leg.name.split(' / ');
  return names.includes(name) ? turn : changeLeg(turn, leg.id, { name: [...names, name].join(' / ') });
}

const tryOf = (turn: Turn, emitter: Emitter, number: PhoneNumber, tried: readonly Tried[]) =>
  nextTry(emitter.context.trunks, number, turn.state.spec, tried, emitter.at);

function dial(turn: Turn, emitter: Emitter, thread: Candidate, number: PhoneNumber, { dial: shown }: Dial): Turn {
  const person = personOf(turn, thread.person);
  const ringMs = person?.ringSeconds
    ? person.ringSeconds * 1000
    : (turn.state.spec.levels[turn.state.level]?.ringMs ?? defaultRingMs);
  const id = emitter.effect();
  const leg: Leg = {
    id: emitter.leg(),
    person: thread.person,
    name: person?.name ?? thread.person,
    number,
    trunk: shown.trunk,
    callerId: shown.callerId,
    phase: 'calling',
    sent: id,
    startedAt: emitter.at,
    ...(thread.second ? { second: thread.second } : {}),
  };
  const originate: Originate = {
    type: 'originate',
    leg: leg.id,
    person: leg.person,
    number,
    ringMs,
    maxCalls: person?.maxCalls ?? 1,
    ...shown,
  };
  const out = change(keep(turn, { ...thread, leg: leg.id }), { legs: [...turn.state.legs, leg] });
  const sent: Turn = { ...out, effects: [...out.effects, { id, ...originate }] };
  const timed = emit(sent, emitter, { type: 'start-timer', name: timerName('ring', leg.id), ms: ringMs + backstopMs });
  const failed: Tried = { trunk: leg.trunk, callerId: leg.callerId, hangup: hangup('unreachable') };
  // A mobile may take seconds before it rings: the last trunk is never cut short for its silence.
  const another = 'dial' in tryOf(turn, emitter, number, [...thread.tried, failed]);
  return another
    ? emit(timed, emitter, { type: 'start-timer', name: timerName('silent', leg.id), ms: emitter.context.silentMs })
    : timed;
}

/** This phone is done with: the admin hears of what is wrong with it, and the person's next phone is tried. */
function giveUp(turn: Turn, emitter: Emitter, thread: Candidate, number: PhoneNumber, why: GiveUp): Turn {
  const after = { ...thread, phones: thread.phones.slice(1), tried: [] };
  if (why.giveUp === 'policy')
    return ring(refused(keep(turn, after), emitter, after, number, why.because), emitter, after);
  return ring(
    why.condemned ? condemn(keep(turn, after), emitter, thread.person, number) : keep(turn, after),
    emitter,
    after,
  );
}

/** What our own rules refuse stands on record as an attempt that ended at once. */
function refused(turn: Turn, emitter: Emitter, thread: Candidate, number: PhoneNumber, because: string): Turn {
  const leg: Leg = {
    id: emitter.leg(),
    person: thread.person,
    name: personOf(turn, thread.person)?.name ?? thread.person,
    number,
    trunk: '',
    callerId: '',
    phase: 'ended',
    startedAt: emitter.at,
    endedAt: emitter.at,
    hangup: hangup('refused-by-policy', because),
  };
  return emit(change(turn, { legs: [...turn.state.legs, leg] }), emitter, {
    type: 'warn',
    subject: number,
    message: because,
  });
}

const condemn = (turn: Turn, emitter: Emitter, person: PersonId, number: PhoneNumber): Turn =>
  emit(change(turn, { condemned: [...turn.state.condemned, number] }), emitter, {
    type: 'warn',
    subject: person,
    message: `the network says that ${number} of ${personOf(turn, person)?.name ?? person} does not exist: correct it in plannings/people.yaml`,
  });

const keep = (turn: Turn, thread: Candidate): Turn => changeCandidate(turn, thread.person, thread);
const finish = (turn: Turn, thread: Candidate): Turn => keep(turn, { ...thread, phones: [], tried: [] });
const personOf = (turn: Turn, id: PersonId) => turn.state.people.find((one) => one.person === id);

/** Marks the leg ended and frees its timers; says nothing about what comes next. */
export function endLeg(turn: Turn, emitter: Emitter, leg: Leg, why: Hangup): Turn {
  const ended = changeLeg(turn, leg.id, { phase: 'ended', endedAt: emitter.at, hangup: why });
  return emit(ended, emitter, ...legTimers(leg.id));
}

/** After a leg ended: the same phone over another trunk, the next phone, or nothing more for this person. */
export function afterLeg(turn: Turn, emitter: Emitter, leg: Leg, why: Hangup): Turn {
  const found = turn.state.threads.find((thread) => thread.leg === leg.id);
  if (!found) return turn;
  const { leg: _over, ...rest } = found;
  const thread = { ...rest, tried: [...rest.tried, { trunk: leg.trunk, callerId: leg.callerId, hangup: why }] };
  const freed = change(turn, {
    threads: turn.state.threads.map((other) => (other.person === thread.person ? thread : other)),
  });
  switch (why.cause) {
    case 'declined':
      return finish(change(freed, { declined: [...freed.state.declined, leg.person] }), thread);
    case 'occupied':
      return ringForOthers(finish(waitFor(freed, leg), thread), emitter, leg);
    case 'lost':
      return ring(tryAgainLater(freed, leg), emitter, thread);
    default:
      return ring(freed, emitter, thread);
  }
}

/** On another call now: the caller may wait for them when everybody else was tried. */
function waitFor(turn: Turn, leg: Leg): Turn {
  const person = personOf(turn, leg.person);
  const known = turn.state.occupied.some((one) => one.person === leg.person);
  return person && !known ? change(turn, { occupied: [...turn.state.occupied, person] }) : turn;
}

/** It never rang for the one who is on another call: it rings for whoever shares that phone and was passed over for it. */
function ringForOthers(turn: Turn, emitter: Emitter, { person, number }: Leg): Turn {
  const { threads, legs, declined, occupied, roundFrom } = turn.state;
  const waits = ({ person: other, phones }: Candidate) =>
    other !== person &&
    personOf(turn, other)?.phones.includes(number) &&
    !phones.includes(number) &&
    !declined.includes(other) &&
    !occupied.some((one) => one.person === other) &&
    !legs.slice(roundFrom).some((leg) => leg.person === other && leg.number === number);
  const thread = threads.find(waits);
  if (!thread) return turn;
  const more = { ...thread, phones: [...thread.phones, number] };
  return more.leg ? keep(turn, more) : ring(turn, emitter, more);
}

/** A leg that we lost says nothing of the person: that phone is tried once more, at the end of the round. */
const tryAgainLater = (turn: Turn, leg: Leg): Turn =>
  turn.state.retried.includes(leg.number)
    ? turn
    : change(turn, {
        again: [
          ...turn.state.again,
          { person: leg.person, number: leg.number, ...(leg.second ? { second: leg.second } : {}) },
        ],
        retried: [...turn.state.retried, leg.number],
      });
