// A window as planners write it: `du lundi au vendredi 18h-8h`, `vendredi 18:00-lundi 08:00`, `veille de férié 18h-minuit`. Knows nothing of zones or people.
import { DAY, readTime, readWeekday } from './calendar.ts';
import type { HolidayCalendar } from './holidays.ts';

/** On these weekdays (1 = Monday), `from` to `until` in ms since that day's midnight; `until` past 24 h ends on a later day. */
export type Window = {
  days: readonly number[];
  from: number;
  until: number;
  /** ISO weeks that it counts in. */
  weeks?: 'even' | 'odd';
  /** The first to the fifth such weekday of a month; -1: the last. */
  nth?: number;
  /** On holidays, or on the days before them, whatever the weekday. */
  feast?: 'holiday' | 'eve';
  /** Not on holidays. */
  exceptHolidays?: true;
  /** Which days are holidays: put in when the file is read, where the window asks. */
  holidays?: HolidayCalendar;
};

/** What may be said of a window besides its days and hours. */
type Besides = Pick<Window, 'weeks' | 'exceptHolidays'>;
type Days = Pick<Window, 'days' | 'nth' | 'feast'>;

export const everyDay: readonly number[] = [1, 2, 3, 4, 5, 6, 7];

const time = String.raw`(?:\d{1,2}(?::\d\d|\s?h\s?(?:\d\d)?)|minuit|midi|midnight|noon)`;
const to = String.raw`\s*(?:[-–]|\bau\b|à|\bto\b)\s*`;
const hoursOnly = new RegExp(`^(?:de\\s+)?(${time})${to}(${time})$`, 'i');
const daysAndHours = new RegExp(`^(.*?)[\\s,]*(?:\\bde\\s+)?(${time}${to}${time})$`, 'i');
const overDays = new RegExp(`^(?:du\\s+)?(\\p{L}+\\.?)\\s+(${time})${to}(?:au\\s+)?(\\p{L}+\\.?)\\s+(${time})$`, 'iu');

/** `18:00-08:00`, `18h-8h` → bounds; an end at or before the start is on the next day, so `08:00-08:00` lasts 24 hours. */
export function readHours(text: string): { from: number; until: number } | undefined {
  const [, start, end] = hoursOnly.exec(text.trim()) ?? [];
  const from = readTime(start ?? '');
  const until = readTime(end ?? '', true);
  if (from === undefined || until === undefined || from === DAY) return undefined;
  return { from, until: until > from ? until : until + DAY };
}

/** Days then hours; without days, every day. Undefined when it cannot be read. */
export function readWindow(text: string): Window | undefined {
  const { rest, besides } = besidesOf(text);
  const long = readLong(rest);
  if (long) return Object.assign(long, besides);
  const [, dayText, hourText] = daysAndHours.exec(rest) ?? [];
  const hours = readHours(hourText ?? '');
  const days = readDays(dayText ?? '');
  return hours && days ? Object.assign(days, hours, besides) : undefined;
}

/** `vendredi 18:00-lundi 08:00`: over days, up to a whole week. */
function readLong(text: string): Window | undefined {
  const [, startDay, startTime, endDay, endTime] = overDays.exec(text) ?? [];
  const [day, lastDay] = [readWeekday(startDay ?? ''), readWeekday(endDay ?? '')];
  const [from, end] = [readTime(startTime ?? ''), readTime(endTime ?? '', true)];
  if (day === undefined || lastDay === undefined || from === undefined || end === undefined || from === DAY) return;
  const until = ((lastDay - day + 7) % 7) * DAY + end;
  return { days: [day], from, until: until > from ? until : until + 7 * DAY };
}

const weekWords = /[\s,]*\b(?:les\s+)?(?:semaines?\s+(impaire|paire)s?|(odd|even)\s+weeks?)(?=[\s,]|$)[\s,]*/iu;
const exceptWords =
  /[\s,]*(?:sauf\s+(?:les\s+)?(?:jours?\s+)?fériés?|except\s+(?:on\s+)?(?:public\s+)?holidays?)[\s,]*/iu;

/** Even and odd weeks, and `sauf férié`, wherever they stand; and what is left. */
export function besidesOf(text: string): { rest: string; besides: Besides } {
  const besides: Besides = {};
  const rest = text
    .replace(weekWords, (_, french?: string, english?: string) => {
      const word = (french ?? english ?? '').toLowerCase();
      if (word) besides.weeks = word === 'paire' || word === 'even' ? 'even' : 'odd';
      return ' ';
    })
    .replace(exceptWords, () => {
      besides.exceptHolidays = true;
      return ' ';
    });
  return { rest: rest.trim(), besides };
}

const ordinals: readonly (readonly [number, RegExp])[] = [
  [1, /^(?:premi[eè]re?|1er|first)$/i],
  [2, /^(?:deuxi[eè]me|seconde?|2e|second)$/i],
  [3, /^(?:troisi[eè]me|3e|third)$/i],
  [4, /^(?:quatri[eè]me|4e|fourth)$/i],
  [5, /^(?:cinqui[eè]me|5e|fifth)$/i],
  [-1, /^(?:derni[eè]re?|last)$/i],
];

/** `premier lundi du mois` → the first Monday. */
export function readNthDay(text: string): { nth: number; weekday: number } | undefined {
  const [, word, day] = /^(?:le\s+)?(\S+)\s+(\p{L}+)(?:\s+(?:du mois|of the month))?$/iu.exec(text.trim()) ?? [];
  const nth = ordinals.find(([, words]) => words.test(word ?? ''))?.[0];
  const weekday = readWeekday(day ?? '');
  return nth === undefined || weekday === undefined ? undefined : { nth, weekday };
}

const eve = /^(?:les\s+)?(?:veilles?\s+(?:de\s+(?:jours?\s+)?fériés?|d['’]un\s+(?:jour\s+)?férié)|holiday eves?)$/i;
const feast = /^(?:les\s+)?(?:(?:jours?\s+)?fériés?|(?:public\s+)?holidays?)$/i;

/** `lundi`, `du lundi au vendredi`, `lun-ven`, `samedi, dimanche`, `férié`; a range may pass over Sunday (`ven-lun`). Nothing: every day. */
export function readDays(given: string): Days | undefined {
  const text = given.trim().replace(/[\s,]+(?:de|le|la)$/i, '');
  if (/^(tous les jours|every day|)$/i.test(text)) return { days: everyDay };
  if (eve.test(text)) return { days: everyDay, feast: 'eve' };
  if (feast.test(text)) return { days: everyDay, feast: 'holiday' };
  const nth = readNthDay(text);
  if (nth) return { days: [nth.weekday], nth: nth.nth };
  const parts = text.split(/\s*(?:,|\bet\b|\band\b)\s*/).map(readRange);
  if (parts.some((part) => part === undefined)) return undefined;
  return { days: [...new Set(parts.flatMap((part) => part ?? []))] };
}

function readRange(given: string): number[] | undefined {
  const text = given.replace(/^(?:du|les?)\s+/i, '').replace(/\s+(?:au|to)\s+/i, '-');
  const [first, last, more] = text.split(/\s*[-–]\s*/).map(readWeekday);
  if (first === undefined || more !== undefined) return undefined;
  if (!/[-–]/.test(text)) return [first];
  if (last === undefined) return undefined;
  const length = ((last - first + 7) % 7) + 1;
  return Array.from({ length }, (_, step) => ((first - 1 + step) % 7) + 1);
}
