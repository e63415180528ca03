// The line's local time: hours of the week and public holidays, for switches. Says nothing about who is on call.

import { Temporal } from 'temporal-polyfill';
import type { Instant } from '../../base/clock.ts';
import { Holidays } from '../../base/holidays.ts';
import type { Line } from './set.ts';

const dayNames: readonly (readonly string[])[] = [
  ['mon', 'lun'],
  ['tue', 'mar'],
  ['wed', 'mer'],
  ['thu', 'jeu'],
  ['fri', 'ven'],
  ['sat', 'sam'],
  ['sun', 'dim'],
];

/** Days 1 (Monday) to 7 of `mon-fri`, `lun-ven`, `sam`; a range may pass Sunday. Null when it is no such thing. */
export function daysOf(text: string): number[] | null {
  const [first, last = first, ...more] = text
    .trim()
    .toLowerCase()
    .split(/\s*-\s*/);
  const from = dayNames.findIndex((names) => names.includes(first ?? ''));
  const until = dayNames.findIndex((names) => names.includes(last ?? ''));
  if (from < 0 || until < 0 || more.length > 0) return null;
  return Array.from({ length: ((until - from + 7) % 7) + 1 }, (_, i) => ((from + i) % 7) + 1);
}

type Window = { from: Temporal.PlainTime; until: Temporal.PlainTime; days: number };
const clock = /^([01]?\d|2[0-4]):([0-5]\d)$/;

/** Windows of `08:00-12:00, 13:30-18:00`. One that ends at or before its start ends on the next day; equal bounds are 24 h. */
export function windowsOf(text: string): Window[] | null {
  const windows = text.split(',').map((part) => windowOf(part.trim()));
  return windows.every((window) => window !== null) ? windows : null;
}

function windowOf(text: string): Window | null {
  const [from, until, ...more] = text.split(/\s*-\s*/).map((part) => clock.exec(part));
  if (!from || !until || more.length > 0) return null;
  const minutes = (found: RegExpExecArray) => Number(found[1]) * 60 + Number(found[2]);
  const start = minutes(from);
  const stop = minutes(until);
  if (start >= 1440 || stop > 1440) return null;
  const time = (m: number) => new Temporal.PlainTime(Math.floor(m / 60) % 24, m % 60);
  return { from: time(start), until: time(stop), days: stop % 1440 <= start % 1440 ? 1 : 0 };
}

/**
 * A local bound as an instant: one that does not exist (spring) is the first instant after the gap; of one that
 * occurs twice (autumn), a start is the first and an end the last.
 */
function bound(local: Temporal.PlainDateTime, zone: string, which: 'earlier' | 'later'): Instant {
  const found = local.toZonedDateTime(zone, { disambiguation: which });
  if (found.toPlainDateTime().equals(local)) return found.epochMilliseconds;
  const before = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  return (before.getTimeZoneTransition('next') ?? found).epochMilliseconds;
}

/** An instant as the zone's clocks and calendars have it. */
export const zoned = (at: Instant, zone: string) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);

/** A local day, or the part of one on either side of a change of the clock: the offset from UTC is the same in all of it. */
type Day = { from: Instant; until: Instant; date: Temporal.PlainDate; name: string; offsetMs: number };

/** Every caller asks for the same day, and a calendar takes its time: the last day of each zone is kept. */
const lastDays = new Map<string, Day>();

function dayOf(at: Instant, zone: string): Day {
  const known = lastDays.get(zone);
  if (known && known.from <= at && at < known.until) return known;
  const local = zoned(at, zone);
  const date = local.toPlainDate();
  const midnights = [local.startOfDay(), date.add({ days: 1 }).toZonedDateTime(zone)].map(
    (one) => one.epochMilliseconds,
  );
  const [began = at, ended = at] = midnights;
  // From one millisecond on: a change at this very instant is behind us.
  const before = local.add({ milliseconds: 1 }).getTimeZoneTransition('previous')?.epochMilliseconds ?? began;
  const after = local.getTimeZoneTransition('next')?.epochMilliseconds ?? ended;
  const day: Day = {
    from: Math.max(began, before),
    until: Math.min(ended, after),
    date,
    name: date.toString(),
    offsetMs: local.offsetNanoseconds / 1e6,
  };
  lastDays.set(zone, day);
  return day;
}

type Span = { from: Instant; until: Instant };

/** The hours of the days that can hold an instant of `day`, as instants: worked out once a day. */
const openings = new WeakMap<Record<string, string>, { day: Day; spans: readonly Span[] }>();

function spansOf(hours: Record<string, string>, day: Day, zone: string): readonly Span[] {
  const known = openings.get(hours);
  if (known?.day === day) return known.spans;
  const spans = [day.date, day.date.subtract({ days: 1 })].flatMap((date) =>
    Object.entries(hours)
      .filter(([days]) => daysOf(days)?.includes(date.dayOfWeek))
      .flatMap(([, text]) => windowsOf(text) ?? [])
      .map((window) => ({
        from: bound(date.toPlainDateTime(window.from), zone, 'earlier'),
        until: bound(date.add({ days: window.days }).toPlainDateTime(window.until), zone, 'later'),
      })),
  );
  openings.set(hours, { day, spans });
  return spans;
}

/** Whether the instant lies in the hours of the week. An overnight window belongs to the day on which it starts. */
export const withinHours = (hours: Record<string, string>, at: Instant, zone: string): boolean =>
  spansOf(hours, dayOf(at, zone), zone).some(({ from, until }) => from <= at && at < until);

const daysAhead = 15;

/** The first instant from `at` on that lies in these hours: `at` itself, or the next beginning; undefined when none comes within a fortnight. */
export function nextWithin(hours: Record<string, string>, at: Instant, zone: string): Instant | undefined {
  if (withinHours(hours, at, zone)) return at;
  const today = zoned(at, zone).toPlainDate();
  const days = Array.from({ length: daysAhead }, (_, away) => today.add({ days: away }));
  const starts = days.flatMap((date) =>
    Object.entries(hours)
      .filter(([names]) => daysOf(names)?.includes(date.dayOfWeek))
      .flatMap(([, text]) => windowsOf(text) ?? [])
      .map((window) => bound(date.toPlainDateTime(window.from), zone, 'earlier'))
      // A window that the clock's change swallows begins nowhere.
      .filter((start) => start > at && withinHours(hours, start, zone)),
  );
  return starts.length > 0 ? Math.min(...starts) : undefined;
}

/** The line's local day, time and weekday (1 = Monday), as conditions see them. */
export function localTime(at: Instant, zone: string): { today: string; time: string; weekday: number } {
  const { name, date, offsetMs } = dayOf(at, zone);
  return { today: name, time: new Date(at + offsetMs).toISOString().slice(11, 16), weekday: date.dayOfWeek };
}

const calendars = new Map<string, Map<number, ReadonlySet<string>>>();

/** Days of a year that are public holidays in a place such as `FR` or `FR-57`; computed once. */
function holidaysOf(place: string, year: number): ReadonlySet<string> {
  const years = calendars.get(place) ?? new Map<number, ReadonlySet<string>>();
  calendars.set(place, years);
  const known = years.get(year);
  if (known) return known;
  const [country = '', region] = place.split('-');
  const calendar = region ? new Holidays(country, region) : new Holidays(country);
  const days = new Set(
    calendar
      .getHolidays(year)
      .filter((day) => day.type === 'public')
      .map((day) => day.date.slice(0, 10)),
  );
  years.set(year, days);
  return days;
}

const places = new Holidays();

export const isHolidayPlace = (place: string): boolean => {
  const [country = '', region] = place.split('-');
  if (!Object.hasOwn(places.getCountries() ?? {}, country)) return false;
  return region === undefined || Object.hasOwn(places.getStates(country) ?? {}, region);
};

export function isHoliday(at: Instant, line: Line): boolean {
  const { date, name } = dayOf(at, line.timezone);
  return holidaysOf(line.holidays, date.year).has(name);
}
