// The planning rules a second time, slowly, with Temporal and one instant at a time: what the resolver is tried against.
import { Temporal } from 'temporal-polyfill';
import type { Change, Overlay } from '../../../server/domain/planning/changes.ts';
import { staff } from './helpers.ts';

export type SpecWindow = { days: number[]; from: string; until: string };
export type SpecRotation = {
  name: string;
  count: number;
  unit: 'hours' | 'days';
  /** Local date and time of the first hand-off. */
  first: string;
  windows?: SpecWindow[];
  level: 'un' | 'deux';
  instead: boolean;
  turns: string[][];
};
/** A planning as plain data, from which both the YAML and the slow answer are made. */
export type Spec = {
  zone: string;
  rotations: SpecRotation[];
  holiday?: { level: 'un' | 'deux'; days: string[]; hours: [string, string]; people: string[] };
};

const dayWords = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'];

/** JSON is YAML. */
export function textOf({ zone, rotations, holiday }: Spec): string {
  return JSON.stringify({
    name: 'X',
    zone,
    levels: ['un', 'deux'],
    rotations: rotations.map(({ name, count, unit, first, windows, level, instead, turns }) => ({
      name,
      level,
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
            level: holiday.level,
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

/** The rotations that are on, of one level; one that is heard and stands alone hides those below it on every level. */
function byRotations(
  { zone, rotations }: Spec,
  level: string,
  decided: (level: string) => boolean,
  at: number,
): string[] {
  const found: string[] = [];
  for (const rotation of rotations) {
    const people = !rotation.windows || heard(zone, rotation.windows, at) ? turnAt(rotation, zone, at) : [];
    if (people.length === 0 || decided(rotation.level)) continue;
    if (rotation.level === level) found.push(...people);
    if (rotation.instead) break;
  }
  return found;
}

const isHoliday = ({ zone, holiday }: Spec, at: number): boolean =>
  holiday !== undefined &&
  daysAround(zone, at).some((day) => holiday.days.includes(day.toString()) && covers(zone, day, ...holiday.hours, at));

const after = (slot: readonly string[], change: Change): readonly string[] => {
  if (change.kind === 'override') return change.people;
  return change.kind === 'taking' ? [change.person, ...slot.slice(1).filter((one) => one !== change.person)] : slot;
};

/** Who is on call, by the letter of the rules. */
export function slowly(spec: Spec, overlay: Overlay, at: number): string {
  const now = overlay.changes.filter(({ from, until }) => from <= at && at < until);
  const levelOf = (change: Change) => ('level' in change ? (change.level ?? 'un') : 'un');
  const shiftsOn = (level: string) =>
    now.flatMap((change) => (change.kind === 'shift' && levelOf(change) === level ? change.people : []));
  const holidayOn = (level: string) =>
    isHoliday(spec, at) && spec.holiday?.level === level ? spec.holiday.people : [];
  const decided = (level: string) => holidayOn(level).length > 0;
  const named = ['un', 'deux'].flatMap((level) => {
    const shifts = shiftsOn(level);
    const holiday = holidayOn(level);
    const rotations = byRotations(spec, level, decided, at);
    const slot: readonly string[] = shifts.length > 0 ? shifts : holiday.length > 0 ? holiday : rotations;
    return now.filter((change) => levelOf(change) === level).reduce(after, slot);
  });
  const away = new Set(now.flatMap((change) => (change.kind === 'absence' ? [change.person] : [])));
  const people = named.flatMap((person) => {
    const swap = now.findLast((change) => change.kind === 'replacement' && change.person === person);
    const by = swap?.kind === 'replacement' ? swap.by : undefined;
    const one = by !== undefined && !away.has(by) ? by : person;
    return away.has(one) || !staff.includes(one) ? [] : [one];
  });
  return [...new Set(people)].join(' ') || '-';
}
