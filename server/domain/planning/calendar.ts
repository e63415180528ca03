// Wall-clock arithmetic: a wall time is a plain number, so a day is always 24 hours here. Knows no zone and no instant.

/** Milliseconds since 1970-01-01 00:00 as a clock on the wall counts them. Not an instant: a zone turns one into the other. */
export type Wall = number;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;

/** Plannings speak of 2000-01-01 to 2100-12-31 (UTC): what lies outside has nobody on call. */
export const CALENDAR = { from: Date.UTC(2000, 0, 1), until: Date.UTC(2101, 0, 1) } as const;

const days = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'];
const englishDays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const months = ['janv.', 'févr.', 'mars', 'avr.', 'mai', 'juin', 'juil.', 'août', 'sept.', 'oct.', 'nov.', 'déc.'];

/** The start of the day this wall time is in. */
export const startOfDay = (wall: Wall): Wall => Math.floor(wall / DAY) * DAY;

/** 1 (Monday) to 7 (Sunday). */
export const weekdayOf = (wall: Wall): number => ((((Math.floor(wall / DAY) + 3) % 7) + 7) % 7) + 1;

export const weekdayName = (weekday: number): string => days[weekday - 1] ?? '';

/** `lundi`, `lun`, `monday`, `mon` → 1 to 7; undefined when it is no day. */
export function readWeekday(text: string): number | undefined {
  const word = text.toLowerCase().replace(/\.$/, '');
  if (word.length < 3) return undefined;
  const index = [...days, ...englishDays].findIndex((day) => day === word || day.slice(0, 3) === word);
  return index < 0 ? undefined : (index % 7) + 1;
}

const noonAndMidnight: Record<string, number> = { midi: 12 * HOUR, noon: 12 * HOUR, minuit: 0, midnight: 0 };

/** `08:30`, `8h`, `8h30`, `midi` → milliseconds since midnight; `24:00` is the end of the day, and as an end so is `minuit`; undefined when it is no time. */
export function readTime(text: string, end = false): number | undefined {
  const named = noonAndMidnight[text.toLowerCase()];
  if (named !== undefined) return end && named === 0 ? DAY : named;
  const [, hours, minutes, more] = /^(\d{1,2})(?::(\d\d)|\s?[hH]\s?(\d\d)?)$/.exec(text) ?? [];
  const past = Number(minutes ?? more ?? 0);
  const time = Number(hours) * HOUR + past * MINUTE;
  return past < 60 && time <= DAY ? time : undefined;
}

/** `2026-01-05`, `2026-01-05 08:00` or `2026-01-05T08:00` → wall time; undefined when there is no such day or time. */
export function readWall(text: string): Wall | undefined {
  const [, date, time] = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d))?$/.exec(text.trim()) ?? [];
  const day = date ? Date.parse(`${date}T00:00Z`) : Number.NaN;
  const within = time ? readTime(time) : 0;
  const real = !Number.isNaN(day) && new Date(day).toISOString().startsWith(date ?? '-');
  return real && within !== undefined ? day + within : undefined;
}

const dateOf = (wall: Wall) => new Date(wall);

/** The number of the ISO week (1 to 53) in which a day lies. */
export function isoWeek(day: Wall): number {
  const thursday = startOfDay(day) + (4 - weekdayOf(day)) * DAY;
  return Math.floor((thursday - Date.UTC(dateOf(thursday).getUTCFullYear(), 0, 1)) / WEEK) + 1;
}

/** How many months since the year 0: so that months can be counted. */
export const monthOf = (wall: Wall): number => dateOf(wall).getUTCFullYear() * 12 + dateOf(wall).getUTCMonth();

/** That day of a month by its number; the last of the month when it has no such day. */
export const dayOfMonth = (month: number, day: number): Wall =>
  Math.min(Date.UTC(Math.floor(month / 12), month % 12, day), Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0));

/** The first to fifth (or, with -1, the last) such weekday of the month in which a day lies; undefined when it has none. */
export function nthWeekday(day: Wall, nth: number, weekday: number): Wall | undefined {
  const [first, last] = [dayOfMonth(monthOf(day), 1), dayOfMonth(monthOf(day), 31)];
  if (nth < 0) return last - ((weekdayOf(last) - weekday + 7) % 7) * DAY;
  const found = first + (((weekday - weekdayOf(first) + 7) % 7) + (nth - 1) * 7) * DAY;
  return found <= last ? found : undefined;
}

/** `2026-01-05` of a wall time. */
export const isoDate = (wall: Wall): string => new Date(wall).toISOString().slice(0, 10);

const clock = (wall: Wall): string => new Date(wall).toISOString().slice(11, 16);

/** `lundi 30 nov. 08:00`, with the year when asked. */
export function frenchTime(wall: Wall, year = false): string {
  const date = new Date(wall);
  const day = date.getUTCDate() === 1 ? '1er' : String(date.getUTCDate());
  const full = year ? ` ${date.getUTCFullYear()}` : '';
  return `${weekdayName(weekdayOf(wall))} ${day} ${months[date.getUTCMonth()]}${full} ${clock(wall)}`;
}
