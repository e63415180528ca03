// Whose alert it is: taken, given back, handed over, resolved. One holder at a time; the first word counts.
import type { Instant } from '../../base/clock.ts';
import type { Alert, AlertEvent, AlertStep } from './alert.ts';
import { change, emit, note } from './draft.ts';
import { afterPerson, askNext, beginLevel } from './escalation.ts';
import { hush, spread, without } from './notices.ts';

type Word<T extends AlertEvent['type']> = Extract<AlertEvent, { type: T }>;

/** The first to say so has it. Later ones change nothing, unless they take it over in so many words. */
export function take(step: AlertStep, { at, who, by, over }: Word<'taken'>): AlertStep {
  const { phase, holder } = step.alert;
  const same = holder?.person !== undefined && holder.person === who.person;
  if (phase === 'held' && (same || !over)) return step;
  const quiet = hush(stopWaiting(step), at, who.person);
  const { towards: _, ...alert } = quiet.alert;
  const held: AlertStep = { ...quiet, alert: { ...alert, phase: 'held', holder: { ...who, at, by } } };
  const told = spread(note(held, { at, what: 'taken', who: who.name, by }), 'taken', who.person, at);
  const { resolveMs } = step.alert.policy;
  return resolveMs === null
    ? told
    : emit(told, { type: 'start-timer', name: `return.${told.alert.turn}`, ms: resolveMs });
}

/** « Not me ». From the one who holds it: it is everybody's again. */
export function decline(step: AlertStep, { at, who, by }: Word<'declined'>): AlertStep {
  const { alert } = step;
  const noted = note(step, { at, what: 'declined', who: who.name, by });
  if (alert.phase === 'held') {
    const own = alert.holder?.person !== undefined && alert.holder.person === who.person;
    return own ? reopen(noted, at) : step;
  }
  if (who.person === undefined || alert.declined.includes(who.person)) return step;
  const said = without(noted, who.person);
  const asked = alert.notices.some((one) => one.person === who.person && one.turn === alert.turn);
  return asked ? afterPerson(said, at) : said;
}

/** « Not me » from somebody who may be another: the next person is asked too, and this one is still reminded. Giving back frees everybody. */
export function doubt(step: AlertStep, word: Word<'declined'>): AlertStep {
  const { holder, phase } = step.alert;
  if (phase === 'held') return holder?.person === word.who.person ? decline(step, word) : step;
  return askNext(heard(step, { ...word, type: 'answered', note: 'declined' }), word.at);
}

/** Said once for each person and word: a machine that repeats itself fills no row. */
export function heard(step: AlertStep, { at, who, by, note: what }: Word<'answered'>): AlertStep {
  const known = step.alert.story.some((one) => one.what === 'answered' && one.who === who.name && one.note === what);
  return known ? step : note(step, { at, what: 'answered', who: who.name, by, note: what });
}

/** The one named is told first, and must confirm: until then the alert is open. */
export function handOver(step: AlertStep, { at, who, to, by }: Word<'handed'>): AlertStep {
  const noted = note(step, { at, what: 'handed', who: who.name, by, note: to.name });
  return reopen(change(noted, { towards: to.person }), at);
}

/** Its time is over and nobody said that it is done. */
export function returns(step: AlertStep, at: Instant): AlertStep {
  const name = step.alert.holder?.name;
  const noted = note(step, { at, what: 'returned', ...(name === undefined ? {} : { who: name }) });
  return reopen(change(noted, { returned: step.alert.returned + 1 }), at);
}

export function close(step: AlertStep, { at, who, by, note: words }: Word<'closed'>): AlertStep {
  const quiet = hush(stopWaiting(step), at, who.person);
  const closed = { ...who, at, by, ...(words ? { note: words } : {}) };
  const over = change(quiet, { phase: 'resolved', closed });
  const told = note(over, { at, what: 'closed', who: who.name, by, ...(words ? { note: words } : {}) });
  return spread(told, 'closed', who.person, at);
}

function reopen(step: AlertStep, at: Instant): AlertStep {
  const { holder: _, ...alert } = stopWaiting(step).alert;
  const quiet = hush({ ...stopWaiting(step), alert }, at);
  return beginLevel(change(quiet, { phase: 'open' }), 0, at);
}

/** No timer of this alert's course runs on; a new turn makes late ones meaningless. */
function stopWaiting(step: AlertStep): AlertStep {
  const { request: _, ...rest } = step.alert;
  const { turn, phase } = rest;
  const alert: Alert = { ...rest, turn: turn + 1, waiting: [] };
  const waiting = { held: 'return', deferred: 'begin', open: 'remind', resolved: 'remind', silent: 'remind' }[phase];
  return emit({ ...step, alert }, { type: 'cancel-timer', name: `${waiting}.${turn}` });
}
