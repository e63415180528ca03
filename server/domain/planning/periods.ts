// Periods with names (`nuit`, `week-end`): those that Vigie knows, and those that a company names itself in periods.yaml.
import { z } from 'zod';
import type { Locate } from '../../base/document.ts';
import { didYouMean } from '../../base/nearest.ts';
import type { Problem } from '../../base/result.ts';
import { asksHolidays } from './occurrence.ts';
import type { Rotation, WrittenPlanning, WrittenRotation } from './schema.ts';
import { quoted, reads } from './schema-parts.ts';
import { besidesOf, everyDay, readDays, readWindow, type Window } from './window.ts';

const window = reads(readWindow, ['lundi-vendredi 18:00-08:00'], 'Jours et heures');
const periodName = z
  .string(quoted('the name of a period'))
  .regex(/^\p{L}[\p{L} '’-]*$/u, 'the name of a period has letters, spaces and "-", as in "nuit"')
  .meta({ description: 'Le nom de la période' });

/** periods.yaml: name → when. */
export const periodsSchema = z
  .record(
    periodName,
    z
      .union([window, z.array(window).min(1, 'no hours stand here')], {
        error: ({ input }) =>
          `${JSON.stringify(input)} cannot be read; write "lundi-vendredi 18:00-08:00", or a list of such hours`,
      })
      .transform((one) => (Array.isArray(one) ? one : [one])),
    { error: ({ input }) => (input === null ? 'this file is empty' : undefined) },
  )
  .meta({ title: 'Vigie : les périodes qui ont un nom' });

type Named = { name: string; windows: readonly Window[] };
/** By the name without accents, hyphens and plurals. */
export type Periods = ReadonlyMap<string, Named>;

const keyOf = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/^(?:l['’]|l[ae]s? )/, '')
    .replace(/s\b/g, '')
    .replace(/[\s-]+/g, '');

const hours = (from: number, until: number, days = everyDay): Window[] => [
  { days, from: from * 3_600_000, until: until * 3_600_000 },
];
const day = hours(8, 18);
const night = hours(18, 32);
const weekend = hours(18, 80, [5]);
const office = hours(8, 18, [1, 2, 3, 4, 5]);
const weekNights = hours(18, 32, [1, 2, 3, 4]);

const ofTheHouse: readonly (readonly [string, readonly Window[]])[] = [
  ['jour', day],
  ['nuit', night],
  ['week-end', weekend],
  ['heures ouvrées', office],
  ['nuits de semaine', weekNights],
  ['day', day],
  ['night', night],
  ['office hours', office],
  ['week nights', weekNights],
];

/** The house's periods, those of the same name replaced by the company's own. */
export const periodsWith = (own: Readonly<Record<string, readonly Window[]>> = {}): Periods =>
  new Map([...ofTheHouse, ...Object.entries(own)].map(([name, windows]) => [keyOf(name), { name, windows }]));

/** `nuit`, `lundi-jeudi nuit`, `semaines paires week-end`, `nuit sauf férié`; undefined when no period has that name. */
export function namedWindows(text: string, periods: Periods): Window[] | undefined {
  const { rest, besides } = besidesOf(text);
  const whole = periods.get(keyOf(rest));
  if (whole) return whole.windows.map((one) => Object.assign({ ...one }, besides));
  const words = rest.split(/\s+/);
  for (let first = 1; first < words.length; first++) {
    const days = readDays(words.slice(0, first).join(' ').replace(/,$/, ''));
    const named = periods.get(keyOf(words.slice(first).join(' ')));
    if (days && named?.windows.every((one) => one.days.length === everyDay.length))
      return named.windows.map((one) => Object.assign({ ...one }, days, besides));
  }
  return undefined;
}

/** The rotations with the hours that their periods name, and with the holidays that those hours ask for; or what is wrong with them. */
export function withPeriods(
  planning: WrittenPlanning,
  locate: Locate,
  periods: Periods,
): { rotations: Rotation[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const rotations = planning.rotations.map((rotation, index) => {
    const windows = rotation.windows?.flatMap((one, place) => {
      const path = ['rotations', index, 'windows', place];
      const found = 'period' in one ? namedWindows(one.period, periods) : [one];
      if (!found && 'period' in one) problems.push({ ...locate(path), ...unknownPeriod(one.period, periods) });
      if (found?.some(asksHolidays) && !planning.holidays)
        problems.push({
          ...locate(path),
          message: 'these hours ask for holidays, and this planning does not say which',
          hint: 'add holidays: {country: FR}',
        });
      return (found ?? []).map((window) => withHolidays(window, planning.holidays));
    });
    return withWindows(rotation, windows);
  });
  return { rotations, problems };
}

const withHolidays = (window: Window, holidays: WrittenPlanning['holidays']): Window =>
  holidays && asksHolidays(window) ? { ...window, holidays } : window;

function withWindows({ windows: _, ...rotation }: WrittenRotation, windows: Window[] | undefined): Rotation {
  return windows === undefined ? rotation : { ...rotation, windows };
}

function unknownPeriod(text: string, periods: Periods): { message: string; hint: string } {
  const names = [...periods.values()].map(({ name }) => name);
  const hint = didYouMean(text, names) ?? `write "lundi-vendredi 18:00-08:00", or one of ${names.join(', ')}`;
  return { message: `"${text}" cannot be read as hours, and no period has that name`, hint };
}
