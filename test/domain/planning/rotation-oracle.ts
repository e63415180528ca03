// The rules of one rotation a second time, with Temporal and no cleverness: hand-off after hand-off from the first day on.
import { Temporal } from 'temporal-polyfill';
import { covers, daysAround, instantOf } from './oracle.ts';

export type SlowWindow = {
  /** As a planner writes it. */
  text: string;
  /** Does it begin on this day? */
  begins(day: Temporal.PlainDate): boolean;
  from: string;
  until: string;
  /** How many days after it begins it ends. */
  nights: number;
};
export type Later = { from: string; turns?: string[][]; without?: string };
export type SlowRotation = {
  start: string;
  /** `08:00`, `lundi 08:00`, `premier lundi du mois 08:00`; undefined: midnight, or the first hours of a day that counts. */
  handoff?: { text: string; time: string; nth?: number; weekday?: number };
  every: { unit: 'hours' | 'days' | 'weeks' | 'months' | 'counted'; count: number };
  turns: string[][];
  later: Later[];
  until?: string;
  windows: SlowWindow[];
};

/** Days that are holidays in the random plannings, every year. */
export const feasts = ['01-01', '03-29', '05-01', '05-14', '08-15', '10-25', '12-25', '12-26'];
export const isFeast = (day: Temporal.PlainDate): boolean => feasts.includes(day.toString().slice(5));

const everyDayOf = (start: Temporal.PlainDate) => ({
  *[Symbol.iterator]() {
    for (let day = start; ; day = day.add({ days: 1 })) yield day;
  },
});

const timeOn = (day: Temporal.PlainDate, { handoff, windows, every }: SlowRotation): Temporal.PlainDateTime => {
  const opening = windows.filter((window) => window.begins(day)).map(({ from }) => from);
  const first = every.unit === 'counted' ? (opening.sort()[0] ?? '00:00') : '00:00';
  return day.toPlainDateTime(handoff?.time ?? first);
};

/** Each hand-off in its order, by the clock on the wall. */
function* handoffs(rotation: SlowRotation): Generator<Temporal.PlainDateTime> {
  const { every, handoff } = rotation;
  const start = Temporal.PlainDate.from(rotation.start);
  if (every.unit === 'counted') yield* everyNth(rotation, (day) => rotation.windows.some((one) => one.begins(day)));
  const { nth, weekday } = handoff ?? {};
  if (nth !== undefined) yield* everyNth(rotation, (day) => day.dayOfWeek === weekday && isNth(day, nth));
  const first = timeOn(start, rotation);
  for (let turn = 0; ; turn++) yield first.add({ [every.unit]: turn * every.count });
}

/** Of the days that count one after the other, every so many; without end. */
function* everyNth(
  rotation: SlowRotation,
  counts: (day: Temporal.PlainDate) => boolean,
): Generator<Temporal.PlainDateTime> {
  let counted = 0;
  for (const day of everyDayOf(Temporal.PlainDate.from(rotation.start))) {
    if (!counts(day)) continue;
    if (counted % rotation.every.count === 0) yield timeOn(day, rotation);
    counted++;
  }
}

/** The first, second… such weekday of its month; -1: the last. */
export function isNth(day: Temporal.PlainDate, nth: number): boolean {
  const same = Array.from({ length: day.daysInMonth }, (_, index) => day.with({ day: index + 1 })).filter(
    ({ dayOfWeek }) => dayOfWeek === day.dayOfWeek,
  );
  return same.at(nth < 0 ? nth : nth - 1)?.equals(day) ?? false;
}

/** The team that takes over with the hand-off that comes now, if one does. */
function changed(list: string[][], place: number, { turns, without }: Later): string[][] {
  if (turns) return turns;
  const next = place % list.length;
  return [...list.slice(next), ...list.slice(0, next)].flatMap((turn) => {
    const left = turn.filter((one) => one !== without);
    return turn.length > 0 && left.length === 0 ? [] : [left];
  });
}

/** Whose turn it is, heard or not: nobody before the first hand-off and after the end. */
export function turnSlowly(rotation: SlowRotation, zone: string, at: number): string[] {
  if (rotation.until !== undefined) {
    const end = Temporal.PlainDate.from(rotation.until).add({ days: 1 }).toPlainDateTime('00:00');
    if (at >= instantOf(end, zone, 'earlier')) return [];
  }
  let [list, place, team] = [rotation.turns, -1, 0];
  for (const handoff of handoffs(rotation)) {
    if (instantOf(handoff, zone, 'earlier') > at) break;
    place++;
    for (let later = rotation.later[team]; later && later.from <= handoff.toString().slice(0, 10); ) {
      list = changed(list, place, later);
      place = 0;
      team++;
      later = rotation.later[team];
    }
  }
  return place < 0 ? [] : (list[place % list.length] ?? []);
}

const heardSlowly = ({ windows }: SlowRotation, zone: string, at: number): boolean =>
  daysAround(zone, at, 9).some((day) =>
    windows.some((window) => window.begins(day) && covers(zone, day, window.from, window.until, at, window.nights)),
  );

/** The ids on call, or `-`. */
export const onSlowly = (rotation: SlowRotation, zone: string, at: number): string =>
  (rotation.windows.length === 0 || heardSlowly(rotation, zone, at) ? turnSlowly(rotation, zone, at) : []).join(' ') ||
  '-';
