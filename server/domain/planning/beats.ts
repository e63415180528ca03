// When the turns of a rotation begin, by the clock on the wall: every so many hours or days, every so many months, or every so many nights that count.
import { nth } from '../../base/nth.ts';
import { CALENDAR, DAY, dayOfMonth, monthOf, nthWeekday, startOfDay, type Wall, WEEK, weekdayOf } from './calendar.ts';
import { beginsOn } from './occurrence.ts';
import type { Rotation } from './schema.ts';

export type Beats = {
  /** The turn that holds at this time; below 0 before the first. */
  at(wall: Wall): number;
  /** Infinity: never. */
  begins(turn: number): Wall;
  /** The first turn that begins at this time or later. */
  onOrAfter(wall: Wall): number;
  /** A week or more. */
  long: boolean;
};

const made = new WeakMap<Rotation, Beats>();

export function beatsOf(rotation: Rotation): Beats {
  const ready = made.get(rotation);
  if (ready) return ready;
  const beats = openBeats(rotation);
  made.set(rotation, beats);
  return beats;
}

function openBeats(rotation: Rotation): Beats {
  const { every, turns, later } = rotation;
  if (every === undefined || (turns.length === 1 && later === undefined)) return everyTeam(rotation);
  if ('time' in every) return everyTime(rotation, every.time);
  return 'months' in every ? everyMonths(rotation, every.months) : everyCounted(rotation, every.counted);
}

/** The time of day at which turns begin: midnight where none is said. */
const timeOf = ({ handoff }: Rotation): number => handoff?.time ?? 0;

/** On the start day, or on the first such weekday after it. */
function firstOf(rotation: Rotation): Wall {
  const { start, handoff } = rotation;
  const wait = handoff?.weekday === undefined ? 0 : (handoff.weekday - weekdayOf(start) + 7) % 7;
  return start + wait * DAY + timeOf(rotation);
}

function withTurns(at: (wall: Wall) => number, begins: (turn: number) => Wall, long: boolean): Beats {
  return {
    at,
    begins,
    long,
    onOrAfter: (wall) => {
      const turn = Math.max(0, at(wall));
      return begins(turn) >= wall ? turn : turn + 1;
    },
  };
}

function everyTime(rotation: Rotation, length: number): Beats {
  const first = firstOf(rotation);
  const at = (wall: Wall) => (wall < first ? -1 : Math.floor((wall - first) / length));
  return withTurns(at, (turn) => first + turn * length, length >= WEEK);
}

/** Nobody ever hands over but to a later team. */
function everyTeam(rotation: Rotation): Beats {
  const all = [firstOf(rotation), ...(rotation.later ?? []).map(({ from }) => from + timeOf(rotation))];
  return withTurns(
    (wall) => all.findLastIndex((begins) => begins <= wall),
    (turn) => all[turn] ?? Number.POSITIVE_INFINITY,
    true,
  );
}

/** On the same day of each month (on its last where it is too short), or on the same weekday of it. */
function everyMonths(rotation: Rotation, count: number): Beats {
  const { start, handoff } = rotation;
  const on = (month: number): Wall => {
    const first = dayOfMonth(month, 1);
    const { weekday, nth: which } = handoff ?? {};
    if (weekday === undefined || which === undefined) return dayOfMonth(month, new Date(start).getUTCDate());
    return nthWeekday(first, which, weekday) ?? nthWeekday(first, -1, weekday) ?? first;
  };
  const month = monthOf(start) + (on(monthOf(start)) < start ? 1 : 0);
  const begins = (turn: number) => on(month + turn * count) + timeOf(rotation);
  const at = (wall: Wall) => {
    let turn = Math.max(0, Math.floor((monthOf(wall) - month) / count));
    while (turn >= 0 && begins(turn) > wall) turn--;
    return turn;
  };
  return withTurns(at, begins, true);
}

/** Only days on which the rotation's hours begin are counted: each such day is kept once it has been looked for. */
function everyCounted(rotation: Rotation, count: number): Beats {
  const { start, handoff, windows = [] } = rotation;
  const days: Wall[] = [];
  let next = startOfDay(start);
  const look = () => {
    const opening = windows.filter((window) => beginsOn(window, next)).map(({ from }) => from);
    if (opening.length > 0) days.push(next + (handoff?.time ?? Math.min(...opening)));
    next += DAY;
  };
  const begins = (turn: number): Wall => {
    while (days.length <= turn * count && next < CALENDAR.until) look();
    return days[turn * count] ?? Number.POSITIVE_INFINITY;
  };
  const at = (wall: Wall) => {
    while (next <= Math.min(wall, CALENDAR.until)) look();
    let low = -1;
    for (let high = days.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if (nth(days, middle) <= wall) low = middle;
      else high = middle;
    }
    return Math.floor(low / count);
  };
  return withTurns(at, begins, false);
}
