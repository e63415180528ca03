// A time zone as a short list of offset changes: turns wall times into instants by the rule of the house, and back.
// The one file that knows Temporal; everything after it is arithmetic on numbers.
import { Temporal } from 'temporal-polyfill';
import type { Instant } from '../../base/clock.ts';
import { CALENDAR, DAY, MINUTE, readWall, type Wall } from './calendar.ts';

export interface Zone {
  readonly name: string;
  /** What the clock on the wall reads. */
  wall(at: Instant): Wall;
  /** The first instant at which the clock reads this or later: the first occurrence, or the end of the gap it falls in. */
  first(wall: Wall): Instant;
  /** The last instant at which the clock comes to this: the last occurrence, or the end of the gap it falls in. */
  last(wall: Wall): Instant;
  /** `+01:00`, as it stands at this instant. */
  offset(at: Instant): string;
}

/** From `at` until the next period's, the clock is `offset` ms ahead of UTC. The first one has no beginning. */
type Period = { at: Instant; offset: number };

const known = new Map<string, Zone>();

/** @returns undefined when the machine's time zone data has no such zone. */
export function zoneOf(name: string): Zone | undefined {
  const ready = known.get(name);
  if (ready) return ready;
  if (!isZone(name)) return undefined;
  const zone = openZone(name, periodsOf(name));
  known.set(name, zone);
  return zone;
}

/** A zone that a schema has let through. @throws RangeError when there is none of this name */
export function knownZone(name: string): Zone {
  const zone = zoneOf(name);
  if (!zone) throw new RangeError(`"${name}" is no time zone`);
  return zone;
}

/** An ISO date-time with its offset, or a local date or time of the zone, as an instant. */
export function readInstant(text: string, zone: Zone): Instant | undefined {
  const wall = readWall(text);
  if (wall !== undefined) return zone.first(wall);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** `2026-11-21T22:30:00+01:00`: an instant as the zone writes it. */
export const isoIn = (zone: Zone, at: Instant): string =>
  `${new Date(zone.wall(at)).toISOString().slice(0, 19)}${zone.offset(at)}`;

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('fr', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/**
 * The periods in order of time, worked out as far as anybody has asked: each costs a search in the machine's time zone data, and a
 * question about today needs no table up to the year 2100. A day early and a day late, so that bounds at the calendar's edge are right too.
 */
function periodsOf(name: string): (index: number) => Period | undefined {
  const start = Temporal.Instant.fromEpochMilliseconds(CALENDAR.from - DAY).toZonedDateTimeISO(name);
  const periods: Period[] = [{ at: Number.NEGATIVE_INFINITY, offset: start.offsetNanoseconds / 1e6 }];
  let next = start.getTimeZoneTransition('next');
  return (index) => {
    while (periods.length <= index && next && next.epochMilliseconds < CALENDAR.until + DAY) {
      periods.push({ at: next.epochMilliseconds, offset: next.offsetNanoseconds / 1e6 });
      next = next.getTimeZoneTransition('next');
    }
    return periods[index];
  };
}

/** A zone has a period at every instant: the first one has no beginning. */
function standing(period: Period | undefined): Period {
  if (!period) throw new RangeError('this zone has no such period');
  return period;
}

function openZone(name: string, periodAt: (index: number) => Period | undefined): Zone {
  const end = (index: number) => periodAt(index + 1)?.at ?? Number.POSITIVE_INFINITY;
  const begun = (index: number, at: Instant) => (periodAt(index)?.at ?? Number.NaN) <= at;
  const indexAt = (at: Instant) => {
    let low = 0;
    let high = 1;
    for (; begun(high, at); high *= 2) low = high;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (begun(middle, at)) low = middle;
      else high = middle;
    }
    return low;
  };
  const offsetAt = (at: Instant) => standing(periodAt(indexAt(at))).offset;
  return {
    name,
    wall: (at) => at + offsetAt(at),
    first(wall) {
      for (let index = indexAt(wall - 2 * DAY), period = periodAt(index); period; period = periodAt(++index)) {
        const instant = Math.max(period.at, wall - period.offset);
        if (instant < end(index)) return instant;
      }
      return wall;
    },
    last(wall) {
      for (let index = indexAt(wall + 2 * DAY); index >= 0; index--) {
        const { at, offset } = standing(periodAt(index));
        const instant = Math.min(end(index), wall - offset);
        if (instant >= at) return instant;
      }
      return wall;
    },
    offset(at) {
      const minutes = Math.round(offsetAt(at) / MINUTE);
      const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
      return `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
    },
  };
}
