// Stretches: who one rule puts on call over a piece of time, and why. Each rule is expanded here, nothing is decided between them.
import type { Instant } from '../../base/clock.ts';
import { DAY, frenchTime, startOfDay, type Wall, weekdayOf } from './calendar.ts';
import { type Holiday, holidaysOf } from './holidays.ts';
import type { OverlayShift } from './overlay.ts';
import type { HolidayRule, Person, Planning, RingMode, Rotation } from './schema.ts';
import type { Window } from './window.ts';
import type { Zone } from './zone.ts';

/** From the first instant until just before the last. */
export type Span = { from: Instant; until: Instant };

/** The order in which rules are believed: the lowest that has somebody decides. */
export const RANK = { override: 0, shift: 1, holiday: 2, rotation: 3 } as const;

export type Stretch = Span & {
  rank: number;
  /** Who, in order; those of one rung ring together. */
  rungs: readonly (readonly string[])[];
  because: string;
  ring?: RingMode;
  /** Stands instead of the rotations below it. */
  instead?: boolean;
};

export type Names = ReadonlyMap<string, Person>;

const meets = (span: Span, within: Span): boolean =>
  span.from < span.until && span.from < within.until && span.until > within.from;

const reason = (why: string | undefined): string => (why ? ` (${why})` : '');

const namesOf = (rungs: readonly (readonly string[])[], people: Names): string =>
  rungs
    .flat()
    .map((id) => people.get(id)?.name ?? id)
    .join(', ');

/** The pieces that two ordered lists of disjoint spans have in common. */
function intersect<T extends Span>(those: readonly T[], windows: readonly Span[]): T[] {
  return those.flatMap((one) =>
    windows
      .filter((window) => meets(window, one))
      .map((window) => ({ ...one, from: Math.max(one.from, window.from), until: Math.min(one.until, window.until) })),
  );
}

/** Joins spans that touch or overlap. */
function union(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const { from, until } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && from <= last.until) last.until = Math.max(last.until, until);
    else if (from < until) joined.push({ from, until });
  }
  return joined;
}

/** A piece of a local day, from the first occurrence of its start to the last occurrence of its end. */
const pieceOf = (day: Wall, hours: { from: number; until: number }, zone: Zone): Span => ({
  from: zone.first(day + hours.from),
  until: zone.last(day + hours.until),
});

/** Windows of the week; one that passes midnight belongs to the day on which it starts. */
export function windowSpans(windows: readonly Window[], zone: Zone, within: Span): Span[] {
  const spans: Span[] = [];
  const end = zone.wall(within.until) + DAY;
  for (let day = startOfDay(zone.wall(within.from)) - 2 * DAY; day < end; day += DAY) {
    const weekday = weekdayOf(day);
    for (const window of windows) if (window.days.includes(weekday)) spans.push(pieceOf(day, window, zone));
  }
  return union(spans).filter((span) => meets(span, within));
}

/** The first hand-off: on the start day, or on the first such weekday after it. */
export function firstHandoff({ start, handoff }: Rotation): Wall {
  const wait = handoff.weekday === undefined ? 0 : (handoff.weekday - weekdayOf(start) + 7) % 7;
  return start + wait * DAY + handoff.time;
}

/** The turns of a rotation, windows not yet applied. Turns count calendar days or wall-clock hours: never elapsed time. */
function turns(rotation: Rotation, zone: Zone, people: Names, within: Span): Stretch[] {
  const first = firstHandoff(rotation);
  const base = { rank: RANK.rotation, instead: rotation.instead, ...(rotation.ring ? { ring: rotation.ring } : {}) };
  const [only, ...others] = rotation.turns;
  if (only && others.length === 0) {
    const because = `rotation "${rotation.name}" : ${namesOf(only, people)}`;
    const span = { from: zone.first(first), until: Number.POSITIVE_INFINITY };
    return meets(span, within) ? [{ ...base, ...span, rungs: only, because }] : [];
  }
  const length = rotation.every as number;
  const found: Stretch[] = [];
  const start = Math.max(0, Math.floor((zone.wall(within.from) - DAY - first) / length) - 1);
  for (let turn = start; ; turn++) {
    const from = zone.first(first + turn * length);
    if (from >= within.until) return found;
    const until = zone.first(first + (turn + 1) * length);
    const rungs = rotation.turns[turn % rotation.turns.length] as string[][];
    if (!meets({ from, until }, within)) continue;
    const because = `rotation "${rotation.name}" : tour de ${namesOf(rungs, people)} jusqu'au ${frenchTime(zone.wall(until))}`;
    found.push({ ...base, from, until, rungs, because });
  }
}

/** When a rotation puts somebody on call. A turn passes even when no window makes it heard. */
export function rotationStretches(rotation: Rotation, zone: Zone, people: Names, within: Span): Stretch[] {
  const all = turns(rotation, zone, people, within);
  return rotation.windows ? intersect(all, windowSpans(rotation.windows, zone, within)) : all;
}

/** The holiday rule: people of its own, or a rotation of the planning at all hours (nobody before its first hand-off). */
export function holidayStretches(planning: Planning, zone: Zone, people: Names, within: Span): Stretch[] {
  const rule = planning.holidays;
  if (!rule) return [];
  const standing = planning.rotations.find(({ name }) => name === rule.rotation);
  return holidaysWithin(rule, zone, within).flatMap(({ name, span }) => {
    const because = `jour férié « ${name} » : `;
    const base = { rank: RANK.holiday, ...(rule.ring ? { ring: rule.ring } : {}) };
    if (rule.people) return [{ ...base, ...span, rungs: rule.people, because: because + namesOf(rule.people, people) }];
    if (!standing) return [];
    return intersect(turns(standing, zone, people, within), [span]).map(({ instead: _, ...turn }) => ({
      ...turn,
      ...base,
      because: because + turn.because,
    }));
  });
}

function holidaysWithin(rule: HolidayRule, zone: Zone, within: Span): { name: string; span: Span }[] {
  const first = new Date(zone.wall(within.from) - 3 * DAY).getUTCFullYear();
  const last = new Date(zone.wall(within.until) + 3 * DAY).getUTCFullYear();
  const days: Holiday[] = [];
  for (let year = first; year <= last; year++) days.push(...holidaysOf(rule, year));
  return days
    .map(({ day, name }) => ({ name, span: pieceOf(day, rule.hours, zone) }))
    .filter(({ span }) => meets(span, within));
}

/** Dated shifts of the file, in local time; a bound that comes twice is its first occurrence, so that shifts that touch never overlap. */
export function shiftStretches(planning: Planning, zone: Zone, people: Names, within: Span): Stretch[] {
  return planning.shifts
    .map(({ from, until, people: rungs, why, ring }) => ({
      rank: RANK.shift,
      from: zone.first(from),
      until: zone.first(until),
      rungs,
      because: `garde datée${reason(why)} : ${namesOf(rungs, people)} jusqu'au ${frenchTime(until)}`,
      ...(ring ? { ring } : {}),
    }))
    .filter((stretch) => meets(stretch, within));
}

/** Overrides or shifts made from the web. People nobody knows any more are left out; with nobody left it does not count. */
export function overlayStretches(
  rank: 0 | 1,
  shifts: readonly OverlayShift[],
  planning: string,
  zone: Zone,
  people: Names,
  within: Span,
): Stretch[] {
  const word = rank === RANK.override ? 'changement' : 'garde datée';
  return shifts
    .filter((shift) => shift.planning === planning && meets(shift, within))
    .map(({ from, until, people: ids, why }) => {
      const rungs = ids.filter((id) => people.has(id)).map((id) => [id]);
      const end = frenchTime(zone.wall(until));
      return { rank, from, until, rungs, because: `${word}${reason(why)} : ${namesOf(rungs, people)} jusqu'au ${end}` };
    })
    .filter(({ rungs }) => rungs.length > 0);
}
