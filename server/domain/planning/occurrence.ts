// On which days a window begins: its weekday, its week, its place in the month, and whether that is a holiday.
import { DAY, isoWeek, nthWeekday, type Wall, weekdayOf } from './calendar.ts';
import { isHoliday } from './holidays.ts';
import type { Window } from './window.ts';

/** `day` is a local midnight. A window that asks for holidays and has no calendar knows none. */
export function beginsOn(window: Window, day: Wall): boolean {
  const { days, weeks, nth, feast, exceptHolidays, holidays } = window;
  if (!days.includes(weekdayOf(day))) return false;
  if (weeks && (isoWeek(day) % 2 === 0) !== (weeks === 'even')) return false;
  if (nth !== undefined && nthWeekday(day, nth, weekdayOf(day)) !== day) return false;
  const free = (asked: Wall) => holidays !== undefined && isHoliday(holidays, asked);
  if (feast && !free(feast === 'eve' ? day + DAY : day)) return false;
  return !(exceptHolidays && free(day));
}

/** Does it ask which days are holidays? */
export const asksHolidays = ({ feast, exceptHolidays }: Window): boolean =>
  feast !== undefined || exceptHolidays === true;
