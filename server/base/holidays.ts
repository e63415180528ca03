// The calendars of public holidays (date-holidays; data CC BY-SA 3.0), taken as CommonJS: its 100 modules are loaded in half the time, which every command that reads a planning waits for.
import { createRequire } from 'node:module';
import type Calendar from 'date-holidays';

export type Holidays = Calendar;
export const Holidays: typeof Calendar = createRequire(import.meta.url)('date-holidays');
