// The order of things while nobody has the alert: round after round at one level, then the next level, the last one without end.

import type { Instant } from '../../base/clock.ts';
import { nth } from '../../base/nth.ts';
import { type Alert, type AlertStep, type Contact, liveNotice } from './alert.ts';
import { change, changeNotice, emit, mint, note, noticeOf } from './draft.ts';
import { lostTimer, tellPerson } from './notices.ts';
import type { AlertLevel, Whom } from './policy.ts';

/** Of everybody, each is told by every way there is. */
function levelOf(alert: Alert): AlertLevel {
  const level = nth(alert.policy.levels, alert.level);
  return alert.everybody === alert.turn ? { ...level, by: ['sms', 'call', 'mail'], also: [], people: 'all' } : level;
}
const isLast = (alert: Alert): boolean => alert.towards === undefined && alert.level + 1 >= alert.policy.levels.length;

/** Time to the next reminder: never past the moment at which this level has had its time. */
export function intervalMs(alert: Alert): number {
  const { everyMs, afterMs } = levelOf(alert);
  const left = afterMs === null ? everyMs : afterMs - alert.spentMs;
  return left > 0 ? Math.min(everyMs, left) : everyMs;
}

export function beginLevel(step: AlertStep, level: number, at: Instant): AlertStep {
  const fresh = change(step, { level, round: 0, spentMs: 0, declined: [] });
  return beginRound(note(fresh, { at, what: 'level', note: String(level + 1) }), at);
}

/** Asks anew who is concerned (the duty may have changed hands since), and sets the time of the next reminder. */
export function beginRound(step: AlertStep, at: Instant): AlertStep {
  const { request: _, ...rest } = step.alert;
  const alert: Alert = { ...rest, turn: rest.turn + 1, waiting: [] };
  const timed = emit({ ...step, alert }, { type: 'start-timer', name: `remind.${alert.turn}`, ms: intervalMs(alert) });
  const whom = whomOf(alert);
  if (!whom) return climbOrWait(timed, at);
  const [minted, request] = mint(timed, 'q');
  return emit(change(minted, { request }), { type: 'resolve', request, whom });
}

/** Who is asked for at this level, or by the one who handed it over. */
export function whomOf(alert: Alert): Whom | undefined {
  if (alert.towards !== undefined) return { person: alert.towards };
  const { whom } = levelOf(alert);
  return whom === 'raised' ? alert.target : whom;
}

export function onResolved(
  step: AlertStep,
  request: string,
  people: readonly Contact[],
  because: string,
  at: Instant,
): AlertStep {
  if (step.alert.phase !== 'open' || step.alert.request !== request) return step;
  const { request: _, ...rest } = step.alert;
  const answered: AlertStep = { ...step, alert: rest };
  if (people.length === 0) return climbOrWait(note(answered, { at, what: 'nobody', note: because }), at);
  const willing = people.filter(({ person }) => !rest.declined.includes(person));
  // The last level has nobody above it: once all have said no, all are asked again.
  const again = willing.length === 0 && isLast(rest);
  const asked = again ? change(answered, { declined: [] }) : answered;
  return levelOf(rest).people === 'all'
    ? tellAll(asked, again ? people : willing, at)
    : tellNext(change(asked, { waiting: [...(again ? people : willing)] }), at);
}

function tellAll(step: AlertStep, people: readonly Contact[], at: Instant): AlertStep {
  const told = people.reduce((done, to) => tellPerson(done, to, levelOf(done.alert), at) ?? done, step);
  return told === step ? climbOrWait(step, at) : told;
}

/** The next of this round's people who can be reached at all. */
function tellNext(step: AlertStep, at: Instant): AlertStep {
  const [next, ...waiting] = step.alert.waiting;
  if (!next) return climbOrWait(step, at);
  const without = change(step, { waiting });
  return tellPerson(without, next, levelOf(step.alert), at) ?? tellNext(without, at);
}

/** The next of this round's people besides, if one is left; nobody is given up for it. */
export const askNext = (step: AlertStep, at: Instant): AlertStep =>
  step.alert.phase === 'open' && step.alert.waiting.length > 0 ? tellNext(step, at) : step;

/** Nobody is left to tell in this round: the next level at once, or, at the last, patience until the next reminder. */
function climbOrWait(step: AlertStep, at: Instant): AlertStep {
  if (isLast(step.alert)) return toldNobody(step.alert) ? askEverybody(step) : step;
  return climb(emit(step, { type: 'cancel-timer', name: `remind.${step.alert.turn}` }), at);
}

const toldNobody = ({ notices, turn, everybody }: Alert): boolean =>
  everybody !== turn && !notices.some((one) => one.kind === 'alert' && one.turn === turn);

/** An urgency that no level could tell to anybody is told to everybody who can be found. */
function askEverybody(step: AlertStep): AlertStep {
  const [minted, request] = mint(change(step, { everybody: step.alert.turn }), 'q');
  const message = `alert ${step.alert.n} is told to everybody: its policy "${step.alert.policy.id}" reaches nobody`;
  const whom = { everybody: true } as const;
  return emit(change(minted, { request }), { type: 'warn', message }, { type: 'resolve', request, whom });
}

function climb(step: AlertStep, at: Instant): AlertStep {
  const { towards, ...alert } = step.alert;
  // Handed over to somebody who does not answer: the ladder is climbed from its foot.
  if (towards !== undefined) return beginLevel({ ...step, alert }, 0, at);
  return beginLevel(step, step.alert.level + 1, at);
}

/** The time of this round is over and nobody said a word: a reminder, the next level, or, where the policy says so, the end. */
export function onTimeOver(step: AlertStep, at: Instant): AlertStep {
  const { alert } = step;
  const { reminders, afterMs } = levelOf(alert);
  const spentMs = alert.spentMs + intervalMs(alert);
  const enough = (reminders !== null && alert.round >= reminders) || (afterMs !== null && spentMs >= afterMs);
  const spent = change(step, { spentMs });
  if (!enough) return beginRound(change(spent, { round: alert.round + 1 }), at);
  if (!isLast(alert)) return climb(spent, at);
  if (alert.policy.last === 'repeat') return beginRound(change(spent, { round: alert.round + 1 }), at);
  const message = `alert ${alert.n} was never confirmed: ${alert.reason}`;
  return emit(note(change(spent, { phase: 'silent', waiting: [] }), { at, what: 'silent' }), { type: 'warn', message });
}

export function onFailed(step: AlertStep, id: string, why: string, at: Instant): AlertStep {
  return giveUp(step, id, 'failed', why, at);
}

/** No sign of it in time: it may have arrived, but an urgency is not left to a maybe. */
export function onLost(step: AlertStep, id: string, at: Instant): AlertStep {
  return giveUp(step, id, 'lost', 'no report in time', at);
}

function giveUp(step: AlertStep, id: string, state: 'failed' | 'lost', why: string, at: Instant): AlertStep {
  const notice = noticeOf(step.alert, id);
  if (!notice || !liveNotice(notice)) return step;
  const noted = changeNotice(step, id, { state, why, endedAt: at });
  const quiet = notice.kind === 'alert' ? emit(noted, { type: 'cancel-timer', name: lostTimer(id) }) : noted;
  const concerns = notice.kind === 'alert' && step.alert.phase === 'open' && notice.turn === step.alert.turn;
  const to = step.alert.contacts.find(({ person }) => person === notice.person);
  const level = levelOf(step.alert);
  // What was sent besides has no second way.
  if (!concerns || !to || !level.by.includes(notice.channel) || step.alert.declined.includes(to.person)) return quiet;
  return tellPerson(quiet, to, level, at) ?? afterPerson(quiet, at);
}

/** This person cannot be reached, or said no: the next one, unless others of this round are still being told. */
export function afterPerson(step: AlertStep, at: Instant): AlertStep {
  const { alert } = step;
  if (alert.waiting.length > 0) return tellNext(step, at);
  const level = levelOf(alert);
  const reached = alert.notices.some(
    (one) =>
      one.kind === 'alert' &&
      one.turn === alert.turn &&
      level.by.includes(one.channel) &&
      !alert.declined.includes(one.person) &&
      (liveNotice(one) || one.state === 'delivered'),
  );
  return reached ? step : climbOrWait(step, at);
}
