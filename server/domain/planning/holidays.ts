// The public holidays of a country or region, and a planning's own days. Data: date-holidays (CC BY 3.0), kept by year.
import { Holidays } from '../../base/holidays.ts';
import { DAY, readWall, type Wall } from './calendar.ts';

/** A day on which the holiday rule stands, by its local midnight. */
export type Holiday = { day: Wall; name: string };

/** Which days are holidays: those of a country or region without some, and days of one's own. */
export type HolidayCalendar = {
  readonly country: string;
  readonly region?: string | undefined;
  readonly except: readonly string[];
  readonly also: Readonly<Record<string, string>>;
};

const calendars = new Map<string, Holidays>();
const years = new Map<string, Holiday[]>();
const ruled = new WeakMap<HolidayCalendar, Map<number, Holiday[]>>();
const inFrench = { languages: ['fr'] };

/** Is this a country (and region of it) whose holidays are known? */
export function knownRegion(country: string, region?: string): { country: boolean; regions: string[]; known: boolean } {
  const all = new Holidays();
  const regions = Object.keys(all.getStates(country) ?? {});
  const isCountry = country in all.getCountries();
  return { country: isCountry, regions, known: isCountry && (region === undefined || regions.includes(region)) };
}

/** The rule's days that lie between two wall times, in order. */
export function holidayDays(rule: HolidayCalendar, from: Wall, until: Wall): Holiday[] {
  const found: Holiday[] = [];
  for (let year = new Date(from).getUTCFullYear(); year <= new Date(until).getUTCFullYear(); year++)
    found.push(...holidaysOf(rule, year).filter(({ day }) => day >= from && day < until));
  return found;
}

/** The rule's days of one year, in order; a day that has two names has the first. */
export function holidaysOf(rule: HolidayCalendar, year: number): Holiday[] {
  const known = ruled.get(rule) ?? new Map<number, Holiday[]>();
  ruled.set(rule, known);
  const ready = known.get(year);
  if (ready) return ready;
  const open = publicHolidays(rule.country, rule.region, year).filter(({ name }) => !rule.except.includes(name));
  const own = Object.entries(rule.also).flatMap(([text, name]) => {
    const day = readWall(text.length === 5 ? `${year}-${text}` : text);
    return day !== undefined && new Date(day).getUTCFullYear() === year ? [{ day, name }] : [];
  });
  const byDay = new Map([...own, ...open].map((holiday) => [holiday.day, holiday]));
  const days = [...byDay.values()].sort((a, b) => a.day - b.day);
  known.set(year, days);
  return days;
}

/** `day` is a local midnight. */
export const isHoliday = (rule: HolidayCalendar, day: Wall): boolean =>
  holidaysOf(rule, new Date(day).getUTCFullYear()).some((one) => one.day === day);

/** Public holidays only, named in French where the data has it. One of several days counts each of them. */
export function publicHolidays(country: string, region: string | undefined, year: number): Holiday[] {
  const key = `${country}|${region ?? ''}|${year}`;
  const ready = years.get(key);
  if (ready) return ready;
  const found = calendarOf(country, region)
    .getHolidays(year)
    .filter(({ type }) => type === 'public')
    .flatMap(({ date, start, end, name }) => {
      const first = readWall(date.slice(0, 10));
      if (first === undefined) return [];
      const count = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY));
      return Array.from({ length: count }, (_, step) => ({ day: first + step * DAY, name }));
    });
  years.set(key, found);
  return found;
}

function calendarOf(country: string, region: string | undefined): Holidays {
  const key = `${country}|${region ?? ''}`;
  const ready = calendars.get(key);
  if (ready) return ready;
  const made = region === undefined ? new Holidays(country, inFrench) : new Holidays(country, region, inFrench);
  calendars.set(key, made);
  return made;
}
