// Ringing one person: their phones in order, each over the trunks that the trunk room names, until it says to give up.
import type { Originate } from '../telephony/effect.ts';
import { type Hangup, hangup } from '../telephony/hangup.ts';
import type { PersonId, PhoneNumber } from '../telephony/names.ts';
import { type Dial, type GiveUp, nextTry, type Tried } from '../trunk/failover.ts';
import {
  change,
  changeLeg,
  changeThread,
  emit,
  type Leg,
  legTimers,
  type Pen,
  type Thread,
  type Turn,
  timerName,
} from './state.ts';

/** Time added to the carrier's own ring time-out before we give a leg up ourselves. */
const backstopMs = 5_000;
const defaultRingMs = 20_000;

/** Rings the thread's next try. Leaves the thread without a leg when nothing is left to try for this person. */
export function ring(turn: Turn, pen: Pen, thread: Thread): Turn {
  const [number] = thread.phones;
  if (number === undefined || turn.state.expired) return finish(turn, thread);
  const same = sharedLeg(turn, thread.person, number);
  if (same)
    return ring(share(turn, same, thread.person), pen, { ...thread, phones: thread.phones.slice(1), tried: [] });
  const next = tryOf(turn, pen, number, thread.tried);
  return 'dial' in next ? dial(turn, pen, thread, number, next) : giveUp(turn, pen, thread, number, next);
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

const tryOf = (turn: Turn, pen: Pen, number: PhoneNumber, tried: readonly Tried[]) =>
  nextTry(pen.house.trunks, number, turn.state.spec, tried, pen.at);

function dial(turn: Turn, pen: Pen, thread: Thread, number: PhoneNumber, { dial: shown }: Dial): Turn {
  const person = personOf(turn, thread.person);
  const ringMs = person?.ringSeconds
    ? person.ringSeconds * 1000
    : (turn.state.spec.levels[turn.state.level]?.ringMs ?? defaultRingMs);
  const id = pen.effect();
  const leg: Leg = {
    id: pen.leg(),
    person: thread.person,
    name: person?.name ?? thread.person,
    number,
    trunk: shown.trunk,
    callerId: shown.callerId,
    phase: 'calling',
    sent: id,
    startedAt: pen.at,
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
  const timed = emit(sent, pen, { type: 'start-timer', name: timerName('ring', leg.id), ms: ringMs + backstopMs });
  const failed: Tried = { trunk: leg.trunk, callerId: leg.callerId, hangup: hangup('unreachable') };
  // A mobile may take seconds before it rings: the last trunk is never cut short for its silence.
  const another = 'dial' in tryOf(turn, pen, number, [...thread.tried, failed]);
  return another
    ? emit(timed, pen, { type: 'start-timer', name: timerName('silent', leg.id), ms: pen.house.silentMs })
    : timed;
}

/** This phone is done with: the admin hears of what is wrong with it, and the person's next phone is tried. */
function giveUp(turn: Turn, pen: Pen, thread: Thread, number: PhoneNumber, why: GiveUp): Turn {
  const after = { ...thread, phones: thread.phones.slice(1), tried: [] };
  if (why.giveUp === 'policy') return ring(refused(keep(turn, after), pen, after, number, why.because), pen, after);
  return ring(why.condemned ? condemn(keep(turn, after), pen, thread.person, number) : keep(turn, after), pen, after);
}

/** What our own rules refuse stands on record as an attempt that ended at once. */
function refused(turn: Turn, pen: Pen, thread: Thread, number: PhoneNumber, because: string): Turn {
  const leg: Leg = {
    id: pen.leg(),
    person: thread.person,
    name: personOf(turn, thread.person)?.name ?? thread.person,
    number,
    trunk: '',
    callerId: '',
    phase: 'ended',
    startedAt: pen.at,
    endedAt: pen.at,
    hangup: hangup('refused-by-policy', because),
  };
  return emit(change(turn, { legs: [...turn.state.legs, leg] }), pen, {
    type: 'warn',
    subject: number,
    message: because,
  });
}

const condemn = (turn: Turn, pen: Pen, person: PersonId, number: PhoneNumber): Turn =>
  emit(change(turn, { condemned: [...turn.state.condemned, number] }), pen, {
    type: 'warn',
    subject: person,
    message: `the network says that ${number} of ${personOf(turn, person)?.name ?? person} does not exist: correct it in plannings/people.yaml`,
  });

const keep = (turn: Turn, thread: Thread): Turn => changeThread(turn, thread.person, thread);
const finish = (turn: Turn, thread: Thread): Turn => keep(turn, { ...thread, phones: [], tried: [] });
const personOf = (turn: Turn, id: PersonId) => turn.state.people.find((one) => one.person === id);

/** Marks the leg ended and frees its timers; says nothing about what comes next. */
export function endLeg(turn: Turn, pen: Pen, leg: Leg, why: Hangup): Turn {
  const ended = changeLeg(turn, leg.id, { phase: 'ended', endedAt: pen.at, hangup: why });
  return emit(ended, pen, ...legTimers(leg.id));
}

/** After a leg ended: the same phone over another trunk, the next phone, or nothing more for this person. */
export function afterLeg(turn: Turn, pen: Pen, leg: Leg, why: Hangup): Turn {
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
      return ringForOthers(finish(waitFor(freed, leg), thread), pen, leg);
    case 'lost':
      return ring(tryAgainLater(freed, leg), pen, thread);
    default:
      return ring(freed, pen, thread);
  }
}

/** On another call now: the caller may wait for them when everybody else was tried. */
function waitFor(turn: Turn, leg: Leg): Turn {
  const person = personOf(turn, leg.person);
  const known = turn.state.occupied.some((one) => one.person === leg.person);
  return person && !known ? change(turn, { occupied: [...turn.state.occupied, person] }) : turn;
}

/** It never rang for the one who is on another call: it rings for whoever shares that phone and was passed over for it. */
function ringForOthers(turn: Turn, pen: Pen, { person, number }: Leg): Turn {
  const { threads, legs, declined, occupied, roundFrom } = turn.state;
  const waits = ({ person: other, phones }: Thread) =>
    other !== person &&
    personOf(turn, other)?.phones.includes(number) &&
    !phones.includes(number) &&
    !declined.includes(other) &&
    !occupied.some((one) => one.person === other) &&
    !legs.slice(roundFrom).some((leg) => leg.person === other && leg.number === number);
  const thread = threads.find(waits);
  if (!thread) return turn;
  const more = { ...thread, phones: [...thread.phones, number] };
  return more.leg ? keep(turn, more) : ring(turn, pen, more);
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
