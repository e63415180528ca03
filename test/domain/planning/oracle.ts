// The planning rules a second time, slowly, with Temporal and one instant at a time: what the resolver is tried against.
import { Temporal } from 'temporal-polyfill';
import type { Change, Duty, Overlay } from '../../../server/domain/planning/changes.ts';
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
export const frenchHolidays = [
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

export function instantOf(plain: Temporal.PlainDateTime, zone: string, which: 'earlier' | 'later'): number {
  const found = plain.toZonedDateTime(zone, { disambiguation: which });
  if (found.toPlainDateTime().equals(plain)) return found.epochMilliseconds;
  const before = plain.toZonedDateTime(zone, { disambiguation: 'earlier' });
  return before.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.NaN;
}

/** From a time of a day until a time of that day, of the next when it is not later, or of a day that many nights on. */
export const covers = (
  zone: string,
  day: Temporal.PlainDate,
  from: string,
  until: string,
  at: number,
  nights = until <= from ? 1 : 0,
): boolean => {
  const end = day.add({ days: nights });
  return (
    instantOf(day.toPlainDateTime(from), zone, 'earlier') <= at &&
    at < instantOf(end.toPlainDateTime(until), zone, 'later')
  );
};

export const daysAround = (zone: string, at: number, before = 2): Temporal.PlainDate[] => {
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
  return Array.from({ length: before + 2 }, (_, index) => today.add({ days: index - before }));
};

const heard = (zone: string, windows: SpecWindow[], at: number): boolean =>
  daysAround(zone, at).some((day) =>
    windows.some(({ days, from, until }) => days.includes(day.dayOfWeek) && covers(zone, day, from, until, at)),
  );

/** The turn in which the instant is (the last whose hand-off has been), and those after it, once round. */
function turnsFrom({ first, count, unit, turns }: SpecRotation, zone: string, at: number): string[][] {
  const start = Temporal.PlainDateTime.from(first);
  const handoff = (turn: number) => instantOf(start.add({ [unit]: turn * count }), zone, 'earlier');
  if (at < handoff(0)) return [];
  const hours = unit === 'hours' ? count : count * 24;
  let turn = Math.max(0, Math.floor((at - handoff(0)) / (hours * 3_600_000)) - 2);
  while (handoff(turn + 1) <= at) turn++;
  return turns.map((_, later) => turns[(turn + later) % turns.length] ?? []);
}

/** The rotations that are on, of one level; one that is heard and stands alone hides those below it on every level. */
function byRotations(
  { zone, rotations }: Spec,
  level: string,
  decided: (level: string) => boolean,
  at: number,
): Named[] {
  const found: Named[] = [];
  for (const rotation of rotations) {
    const turns = !rotation.windows || heard(zone, rotation.windows, at) ? turnsFrom(rotation, zone, at) : [];
    const [people = [], ...later] = turns;
    if (people.length === 0 || decided(rotation.level)) continue;
    const named = people.map((id): Named => ({ id, rotation: rotation.name, following: later.flat() }));
    if (rotation.level === level) found.push(...named);
    if (rotation.instead) break;
  }
  return found;
}

const isHoliday = ({ zone, holiday }: Spec, at: number): boolean =>
  holiday !== undefined &&
  daysAround(zone, at).some((day) => holiday.days.includes(day.toString()) && covers(zone, day, ...holiday.hours, at));

/** Somebody who is named, and which rotation's turn it is. */
type Named = { id: string; rotation?: string; following?: readonly string[] };
const plain = (ids: readonly string[]): Named[] => ids.map((id) => ({ id }));

const after = (slot: readonly Named[], change: Change): readonly Named[] => {
  if (change.kind === 'override') return plain(change.people);
  if (change.kind === 'reinforcement') return [...slot, ...plain(change.people)];
  if (change.kind === 'closing') return [];
  if (change.kind !== 'taking') return slot;
  return [{ id: change.person }, ...slot.slice(1).filter(({ id }) => id !== change.person)];
};

/** Who is on call, by the letter of the rules. */
export function slowly(spec: Spec, overlay: Overlay, at: number): string {
  const now = overlay.changes.filter(({ from, until }) => from <= at && at < until);
  const touches = (change: Change, level: string) => {
    const said = 'level' in change ? change.level : undefined;
    return (said ?? (change.kind === 'closing' || change.kind === 'replacement' ? level : 'un')) === level;
  };
  const shiftsOn = (level: string) =>
    now.flatMap((change) => (change.kind === 'shift' && touches(change, level) ? plain(change.people) : []));
  const holidayOn = (level: string) =>
    plain(isHoliday(spec, at) && spec.holiday?.level === level ? spec.holiday.people : []);
  const decided = (level: string) => holidayOn(level).length > 0;
  const levels = ['un', 'deux'].map((level) => {
    const [shifts, holiday] = [shiftsOn(level), holidayOn(level)];
    const rotations = byRotations(spec, level, decided, at);
    const slot: readonly Named[] = shifts.length > 0 ? shifts : holiday.length > 0 ? holiday : rotations;
    return { level, slot: now.filter((change) => touches(change, level)).reduce(after, slot) };
  });
  const named = levels.flatMap(({ slot }) => slot.map(({ id }) => id));
  const on: string[] = [];
  for (const { level, slot } of levels)
    for (const one of slot) {
      const really = standsIn(one, level, now, touches, [...named, ...on], at);
      if (really !== undefined && staff.includes(really) && !on.includes(really)) on.push(really);
    }
  return on.join(' ') || '-';
}

/** A swap gives the duty away; a replacement, then an absence, counts for whoever has it then. */
function standsIn(
  { id, rotation, following = [] }: Named,
  level: string,
  now: readonly Change[],
  touches: (change: Change, level: string) => boolean,
  taken: readonly string[],
  at: number,
): string | undefined {
  const away = (who: string) => now.findLast((change) => change.kind === 'absence' && change.person === who);
  const owner = swapped(id, rotation, now, at);
  const by = now.findLast(
    (change) => change.kind === 'replacement' && change.person === owner && touches(change, level),
  );
  if (by?.kind === 'replacement' && !away(by.by) && staff.includes(by.by)) return by.by;
  const absence = away(owner);
  if (absence?.kind !== 'absence') return owner;
  if (absence.by !== undefined) return away(absence.by) ? undefined : absence.by;
  return absence.next ? following.find((next) => !away(next) && !taken.includes(next)) : undefined;
}

function swapped(id: string, rotation: string | undefined, now: readonly Change[], at: number): string {
  const swap = now.findLast(
    (change) => change.kind === 'swap' && change.duties.some((duty) => isThis(duty, id, rotation, at)),
  );
  if (swap?.kind !== 'swap') return id;
  const index = swap.duties.findLastIndex((duty) => isThis(duty, id, rotation, at));
  return swap.duties[1 - index]?.person ?? id;
}

/** In tests a duty is a piece of time, as it was agreed. */
const isThis = (duty: Duty, id: string, rotation: string | undefined, at: number): boolean =>
  duty.person === id && duty.from <= at && at < duty.until && (duty.rotation ?? rotation) === rotation;
