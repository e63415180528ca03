// Whether a case holds for this call, now.
import { isTrue } from '../../condition.ts';
import { isHoliday, localTime, withinHours } from '../../hours.ts';
import { lineOf, type Run } from '../../run.ts';
import type { Case } from './schema.ts';

/** A list's entry: a whole number, or a beginning marked by `*`. */
const isIn = (entries: readonly string[], number: string): boolean =>
  number !== '' &&
  entries.some((entry) => (entry.endsWith('*') ? number.startsWith(entry.slice(0, -1)) : entry === number));

const isCaller = (caller: string, wanted: 'hidden' | string[]): boolean =>
  wanted === 'hidden' ? caller === '' : isIn(wanted, caller);

const conditions: ((run: Run, one: Case) => boolean)[] = [
  (run, one) => !one.called || isIn(one.called, run.state.called),
  (run, one) => !one.caller || isCaller(run.state.caller, one.caller),
  (run, one) => !one['caller-in'] || isIn(run.set.lists[one['caller-in']] ?? [], run.state.caller),
  (run, one) => !one.hours || withinHours(one.hours, run.at, lineOf(run).timezone),
  (run, one) => one.holiday === undefined || isHoliday(run.at, lineOf(run)) === one.holiday,
  (run, one) => !one.value || one.value.is.some((text) => text === run.state.values[one.value?.name ?? '']),
  (run, one) => !one.when || isTrue(run.set, one.when, environment(run)),
];

/** All of its conditions do. */
export const holds = (run: Run, one: Case): boolean => conditions.every((condition) => condition(run, one));

const environment = (run: Run) => {
  const { called, caller, values } = run.state;
  const line = lineOf(run);
  return { ...values, called, caller, line: line.name, ...localTime(run.at, line.timezone) };
};
