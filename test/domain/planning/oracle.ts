// The planning rules a second time, slowly, with Temporal and one instant at a time: what the resolver is tried against.
import { Temporal } from 'temporal-polyfill';
import type { Overlay } from '../../../server/domain/planning/overlay.ts';
import { staff } from './helpers.ts';

export type SpecWindow = { days: number[]; from: string; until: string };
export type SpecRotation = {
  name: string;
  count: number;
  unit: 'hours' | 'days';
  /** Local date and time of the first hand-off. */
  first: string;
  windows?: SpecWindow[];
  instead: boolean;
  turns: string[][];
};
/** A planning as plain data, from which both the YAML and the slow answer are made. */
export type Spec = {
  zone: string;
  rotations: SpecRotation[];
  holiday?: { days: string[]; hours: [string, string]; people: string[] };
};

const dayWords = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'];

/** JSON is YAML. */
export function textOf({ zone, rotations, holiday }: Spec): string {
  return JSON.stringify({
    name: 'X',
    zone,
    rotations: rotations.map(({ name, count, unit, first, windows, instead, turns }) => ({
      name,
      every: `${count} ${unit === 'hours' ? 'heures' : 'jours'}`,
      start: first.slice(0, 10),
      handoff: first.slice(11),
      instead,
      turns,
      ...(windows
        ? {
            windows: windows.map(
              ({ days, from, until }) => `${days.map((day) => dayWords[day - 1]).join(', ')} ${from}-${until}`,
            ),
          }
        : {}),
    })),
    ...(holiday
      ? {
          holidays: {
            country: 'FR',
            except: frenchHolidays,
            also: Object.fromEntries(holiday.days.map((day) => [day, 'fête'])),
            hours: holiday.hours.join('-'),
            people: holiday.people,
          },
        }
      : {}),
  });
}

/** Left out of the random plannings, so that only their own days are holidays. */
const frenchHolidays = [
  'Nouvel An',
  'Lundi de Pâques',
  'Fête du travail',
  'Fête de la Victoire 1945',
  'Ascension',
  'Lundi de Pentecôte',
  'Fête Nationale de la France',
  'Assomption',
  'Toussaint',
  'Armistice 1918',
  'Noël',
];

function instantOf(plain: Temporal.PlainDateTime, zone: string, which: 'earlier' | 'later'): number {
  const found = plain.toZonedDateTime(zone, { disambiguation: which });
  if (found.toPlainDateTime().equals(plain)) return found.epochMilliseconds;
  const before = plain.toZonedDateTime(zone, { disambiguation: 'earlier' });
  return before.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.NaN;
}

const covers = (zone: string, day: Temporal.PlainDate, from: string, until: string, at: number): boolean => {
  const end = until <= from ? day.add({ days: 1 }) : day;
  return (
    instantOf(day.toPlainDateTime(from), zone, 'earlier') <= at &&
    at < instantOf(end.toPlainDateTime(until), zone, 'later')
  );
};

const daysAround = (zone: string, at: number): Temporal.PlainDate[] => {
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
  return [-2, -1, 0, 1].map((days) => today.add({ days }));
};

const heard = (zone: string, windows: SpecWindow[], at: number): boolean =>
  daysAround(zone, at).some((day) =>
    windows.some(({ days, from, until }) => days.includes(day.dayOfWeek) && covers(zone, day, from, until, at)),
  );

/** The turn in which the instant is: the last whose hand-off has been. */
function turnAt({ first, count, unit, turns }: SpecRotation, zone: string, at: number): string[] {
  const start = Temporal.PlainDateTime.from(first);
  const handoff = (turn: number) => instantOf(start.add({ [unit]: turn * count }), zone, 'earlier');
  if (at < handoff(0)) return [];
  const hours = unit === 'hours' ? count : count * 24;
  let turn = Math.max(0, Math.floor((at - handoff(0)) / (hours * 3_600_000)) - 2);
  while (handoff(turn + 1) <= at) turn++;
  return turns[turn % turns.length] ?? [];
}

function byRotations({ zone, rotations }: Spec, at: number): string[] {
  const found: string[] = [];
  for (const rotation of rotations) {
    const people = !rotation.windows || heard(zone, rotation.windows, at) ? turnAt(rotation, zone, at) : [];
    found.push(...people);
    if (people.length > 0 && rotation.instead) break;
  }
  return found;
}

const isHoliday = ({ zone, holiday }: Spec, at: number): boolean =>
  holiday !== undefined &&
  daysAround(zone, at).some((day) => holiday.days.includes(day.toString()) && covers(zone, day, ...holiday.hours, at));

/** Who is on call, by the letter of the rules. */
export function slowly(spec: Spec, overlay: Overlay, at: number): string {
  const now = <T extends { from: number; until: number }>(list: readonly T[]) =>
    list.filter(({ from, until }) => from <= at && at < until);
  const override = now(overlay.overrides).at(-1)?.people;
  const shifts = now(overlay.shifts).flatMap(({ people }) => people);
  const holiday = isHoliday(spec, at) ? spec.holiday?.people : undefined;
  const slot = override ?? (shifts.length > 0 ? shifts : (holiday ?? byRotations(spec, at)));
  const away = new Set(now(overlay.absences).map(({ person }) => person));
  const people = slot.flatMap((person) => {
    const by = now(overlay.replacements).findLast((swap) => swap.person === person)?.by;
    const one = by !== undefined && !away.has(by) ? by : person;
    return away.has(one) || !staff.includes(one) ? [] : [one];
  });
  return [...new Set(people)].join(' ') || '-';
}
