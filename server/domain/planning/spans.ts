// Pieces of time and what they have in common; and the pieces that windows of the week make on real days.

import type { Instant } from '../../base/clock.ts';
import { nth } from '../../base/nth.ts';
import { DAY, startOfDay, type Wall } from './calendar.ts';
import { beginsOn } from './occurrence.ts';
import type { Window } from './window.ts';
import type { Zone } from './zone.ts';

/** From the first instant until just before the last. */
export type Span = { from: Instant; until: Instant };

export const meets = (span: Span, within: Span): boolean =>
  span.from < span.until && span.from < within.until && span.until > within.from;

/** The pieces that ordered lists of disjoint spans have in common: those of the first, cut by the second. */
export function intersect<T extends Span>(those: readonly T[], windows: readonly Span[]): T[] {
  const found: T[] = [];
  let first = 0;
  for (const one of those) {
    while (first < windows.length && nth(windows, first).until <= one.from) first++;
    for (let index = first; index < windows.length; index++) {
      const { from, until } = nth(windows, index);
      if (from >= one.until) break;
      found.push({ ...one, from: Math.max(one.from, from), until: Math.min(one.until, until) });
    }
  }
  return found;
}

/** Joins spans that touch or overlap. */
export function union(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const { from, until } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && from <= last.until) last.until = Math.max(last.until, until);
    else if (from < until) joined.push({ from, until });
  }
  return joined;
}

/** A piece of a local day, from the first occurrence of its start to the last occurrence of its end. */
export const pieceOf = (day: Wall, hours: { from: number; until: number }, zone: Zone): Span => ({
  from: zone.first(day + hours.from),
  until: zone.last(day + hours.until),
});

/** The longest that a window lasts, and a day for the clock. */
const longest = 9 * DAY;

/** Windows of the week; one that passes midnight belongs to the day on which it starts. */
export function windowSpans(windows: readonly Window[], zone: Zone, within: Span): Span[] {
  const spans: Span[] = [];
  const end = zone.wall(within.until) + DAY;
  for (let day = startOfDay(zone.wall(within.from)) - longest; day < end; day += DAY)
    for (const window of windows) if (beginsOn(window, day)) spans.push(pieceOf(day, window, zone));
  return union(spans).filter((span) => meets(span, within));
}
