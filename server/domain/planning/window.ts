// A window of the week, as planners write it: `lundi-vendredi 18:00-08:00`. Knows nothing of zones or people.
import { DAY, readTime, readWeekday } from './calendar.ts';

/** On these weekdays (1 = Monday), `from` to `until` in ms since that day's midnight; `until` past 24 h ends on the next day. */
export type Window = { days: readonly number[]; from: number; until: number };

const everyDay = [1, 2, 3, 4, 5, 6, 7];

/** `18:00-08:00` → bounds; an end at or before the start is on the next day, so `08:00-08:00` lasts 24 hours. */
export function readHours(text: string): { from: number; until: number } | undefined {
  const [, start, end] = /^(\d{1,2}:\d\d)\s*[-–]\s*(\d{1,2}:\d\d)$/.exec(text.trim()) ?? [];
  const from = readTime(start ?? '');
  const until = readTime(end ?? '');
  if (from === undefined || until === undefined || from === DAY) return undefined;
  return { from, until: until > from ? until : until + DAY };
}

/** Days then hours; without days, every day. Undefined when it cannot be read. */
export function readWindow(text: string): Window | undefined {
  const [, dayText, hourText] = /^(.*?)\s*(\d{1,2}:\d\d\s*[-–]\s*\d{1,2}:\d\d)$/.exec(text.trim()) ?? [];
  const hours = readHours(hourText ?? '');
  const days = readDays(dayText ?? '');
  return hours && days ? { days, ...hours } : undefined;
}

/** `lundi`, `lun-ven`, `samedi, dimanche`, `tous les jours`; a range may pass over Sunday (`ven-lun`). */
function readDays(text: string): number[] | undefined {
  if (/^(tous les jours|every day|)$/i.test(text)) return everyDay;
  const parts = text.split(/\s*(?:,|\bet\b|\band\b)\s*/).map(readRange);
  return parts.some((part) => part === undefined) ? undefined : [...new Set(parts.flatMap((part) => part ?? []))];
}

function readRange(text: string): number[] | undefined {
  const [first, last, more] = text.split(/\s*[-–]\s*/).map(readWeekday);
  if (first === undefined || more !== undefined) return undefined;
  if (!/[-–]/.test(text)) return [first];
  if (last === undefined) return undefined;
  const length = ((last - first + 7) % 7) + 1;
  return Array.from({ length }, (_, step) => ((first - 1 + step) % 7) + 1);
}
