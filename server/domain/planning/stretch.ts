// Stretches: who one rule of the file puts on call over a piece of time, and why. Each rule is expanded here, nothing is decided between them.
import { nth } from '../../base/nth.ts';
import { DAY, frenchTime } from './calendar.ts';
import type { Duty } from './changes.ts';
import { holidayDays } from './holidays.ts';
import { ladderOf, levelNamed } from './levels.ts';
import type { Person, Planning, RingMode, Rotation } from './schema.ts';
import { intersect, meets, pieceOf, type Span, union, windowSpans } from './spans.ts';
import { type Rungs, turnsOf } from './turns.ts';
import type { Zone } from './zone.ts';

/** The order in which rules are believed: the lowest that has somebody on a level decides there. */
export const RANK = { shift: 1, holiday: 2, rotation: 3 } as const;

export type Stretch = Span & {
  rank: number;
  /** Index of the level that it touches. */
  level: number;
  rungs: Rungs;
  because: string;
  ring: RingMode | undefined;
  /** The place of a rotation in the file, and whether it stands instead of those below it. */
  place: number;
  instead: boolean;
  /** Of which rotation this is a turn. */
  rotation?: string | undefined;
  /** Whose turns come after this one, nearest first; asked for where somebody is away. */
  following: () => readonly string[];
};

export const nobodyFollows = (): readonly string[] => [];

/** Everybody of the turns after this one, nearest first, once round. */
const followingOf = (rotation: Rotation, turn: number) => (): readonly string[] =>
  turnsOf(rotation).after(turn).flat(2);

export type Names = ReadonlyMap<string, Person>;

export const reason = (why: string | undefined): string => (why ? ` (${why})` : '');

export const namesOf = (rungs: Rungs, people: Names): string =>
  rungs
    .flat()
    .map((id) => people.get(id)?.name ?? id)
    .join(', ');

/** Every stretch of a planning's own rules that touches the span, in the order of the file. */
export function stretchesOf(planning: Planning, zone: Zone, people: Names, within: Span): Stretch[] {
  const rotations = planning.rotations.flatMap((_, place) => rotationStretches(planning, place, zone, people, within));
  return [
    ...rotations,
    ...holidayStretches(planning, zone, people, within),
    ...shiftStretches(planning, zone, people, within),
  ];
}

/** Whose turn it is, hours not yet applied. */
type TurnSpan = Span & { turn: number; rungs: Rungs; until: number };

/** The turn that holds at an instant, as it lies now, when that person is in it. */
export function turnOf(rotation: Rotation, person: string, at: number, zone: Zone): Span | undefined {
  return turnSpans(rotation, zone, { from: at, until: at + 1 }).find(({ rungs }) => rungs.flat().includes(person));
}

/** The duty that a planning's own rules give a person at an instant: a dated shift, else a turn. Undefined: none. */
export function dutyAt(planning: Planning, person: string, at: number, zone: Zone): Duty | undefined {
  const within = { from: at, until: at + 1 };
  const of = ({ from, until }: Span, rotation?: string): Duty =>
    rotation === undefined
      ? { planning: planning.id, person, from, until }
      : { planning: planning.id, person, from, until, rotation };
  const shift = planning.shifts.find(
    ({ people, ...dated }) =>
      people.flat().includes(person) && meets({ from: zone.first(dated.from), until: zone.first(dated.until) }, within),
  );
  if (shift) return of({ from: zone.first(shift.from), until: zone.first(shift.until) });
  for (const rotation of planning.rotations) {
    const turn = turnOf(rotation, person, at, zone);
    if (turn && turn.until !== Number.POSITIVE_INFINITY) return of(turn, rotation.name);
  }
  return undefined;
}

/** The turns that touch the span and have somebody. */
function turnSpans(rotation: Rotation, zone: Zone, within: Span): TurnSpan[] {
  const turns = turnsOf(rotation);
  const ends = turns.ends === Number.POSITIVE_INFINITY ? turns.ends : zone.first(turns.ends);
  const found: TurnSpan[] = [];
  for (let turn = Math.max(0, turns.at(zone.wall(within.from) - DAY)); ; turn++) {
    const begins = turns.begins(turn);
    const from = begins === Number.POSITIVE_INFINITY ? begins : zone.first(begins);
    if (!(from < Math.min(within.until, ends))) return found;
    const end = turns.begins(turn + 1);
    const until = Math.min(ends, end === Number.POSITIVE_INFINITY ? end : zone.first(end));
    const rungs = turns.of(turn);
    if (rungs.length > 0 && meets({ from, until }, within)) found.push({ from, until, turn, rungs });
  }
}

function turnWords({ name }: Rotation, { rungs, until }: TurnSpan, zone: Zone, people: Names): string {
  const names = namesOf(rungs, people);
  if (until === Number.POSITIVE_INFINITY) return `rotation "${name}" : ${names}`;
  return `rotation "${name}" : tour de ${names} jusqu'au ${frenchTime(zone.wall(until))}`;
}

/** When a rotation puts somebody on call. A turn passes even when no window makes it heard. */
function rotationStretches(planning: Planning, place: number, zone: Zone, people: Names, within: Span): Stretch[] {
  const rotation = nth(planning.rotations, place);
  const level = ladderOf(planning).ofRotation[place] ?? 0;
  const all = turnSpans(rotation, zone, within).map(
    (span): Stretch => ({
      from: span.from,
      until: span.until,
      rank: RANK.rotation,
      level,
      rungs: span.rungs,
      because: turnWords(rotation, span, zone, people),
      ring: rotation.ring,
      place,
      instead: rotation.instead,
      rotation: rotation.name,
      following: followingOf(rotation, span.turn),
    }),
  );
  return rotation.windows ? intersect(all, windowSpans(rotation.windows, zone, within)) : all;
}

type HolidaySpan = Span & { name: string };

/** The holiday rule: people of its own, or rotations of the planning at all hours (nobody before their first hand-off). */
function holidayStretches(planning: Planning, zone: Zone, people: Names, within: Span): Stretch[] {
  const rule = planning.holidays;
  if (!rule) return [];
  const days = holidaySpans(planning, zone, within);
  const base = { rank: RANK.holiday, ring: rule.ring, instead: false };
  const named = rule.level === undefined ? undefined : levelNamed(planning, rule.level);
  const own = days.flatMap(({ from, until, name }) =>
    rule.people
      ? [
          {
            ...base,
            level: named ?? 0,
            place: -1,
            from,
            until,
            rungs: rule.people,
            following: nobodyFollows,
            because: `jour férié « ${name} » : ${namesOf(rule.people, people)}`,
          },
        ]
      : [],
  );
  const standing = (rule.rotation ?? []).flatMap((title): Stretch[] => {
    const place = planning.rotations.findIndex(({ name }) => name === title);
    const rotation = planning.rotations[place];
    if (!rotation) return [];
    const level = named ?? ladderOf(planning).ofRotation[place] ?? 0;
    return days.flatMap((day) =>
      turnsOn(day, days, rotation, zone).map((turn) => ({
        ...base,
        level,
        place,
        from: turn.from,
        until: turn.until,
        rungs: turn.rungs,
        rotation: rotation.name,
        following: followingOf(rotation, turn.whole.turn),
        because: `jour férié « ${day.name} » : ${turnWords(rotation, turn.whole, zone, people)}`,
      })),
    );
  });
  return [...own, ...standing].filter((stretch) => meets(stretch, within));
}

/** The holidays that touch the span, each with its hours; in order. */
function holidaySpans(planning: Planning, zone: Zone, within: Span): HolidaySpan[] {
  const rule = planning.holidays;
  if (!rule) return [];
  // A holiday may stand in a row of others, and beside a week-end.
  const around = 10 * DAY;
  const found = holidayDays(rule, zone.wall(within.from) - around, zone.wall(within.until) + around);
  return found.map(({ day, name }) => ({ name, ...pieceOf(day, rule.hours, zone) }));
}

/**
 * Whose turn a holiday is. With turns of a week or more, one that touches the hours in which the rotation is heard anyway (a Friday before the
 * week-end, a Monday after it) goes with them to the same person; any other goes by the turns that pass.
 */
function turnsOn(
  day: HolidaySpan,
  days: readonly HolidaySpan[],
  rotation: Rotation,
  zone: Zone,
): (Span & { rungs: Rungs; whole: TurnSpan })[] {
  const row = union(days).find(({ from, until }) => from <= day.from && day.until <= until) ?? day;
  const joined = rotation.windows && turnsOf(rotation).long ? turnBeside(row, rotation, zone) : undefined;
  if (joined) return [{ from: day.from, until: day.until, rungs: joined.rungs, whole: joined }];
  return turnSpans(rotation, zone, day).map((whole) => ({
    from: Math.max(day.from, whole.from),
    until: Math.min(day.until, whole.until),
    rungs: whole.rungs,
    whole,
  }));
}

/** The one turn whose heard hours the row of holidays runs into, or else comes out of; undefined: none, or two different ones. */
function turnBeside(row: Span, rotation: Rotation, zone: Zone): TurnSpan | undefined {
  const near = { from: row.from - 8 * DAY, until: row.until + 8 * DAY };
  const heard = windowSpans(rotation.windows ?? [], zone, near);
  const turns = turnSpans(rotation, zone, near);
  const turnAt = (at: number) => turns.find(({ from, until }) => from <= at && at < until);
  const after = heard.some(({ from, until }) => from <= row.until && row.until < until) ? turnAt(row.until) : undefined;
  const before = heard.some(({ from, until }) => from < row.from && row.from <= until)
    ? turnAt(row.from - 1)
    : undefined;
  if (after && before && after.turn !== before.turn) return undefined;
  return after ?? before;
}

/** Dated shifts, in local time; a bound that comes twice is its first occurrence, so that shifts that touch never overlap. */
function shiftStretches(planning: Planning, zone: Zone, people: Names, within: Span): Stretch[] {
  return planning.shifts
    .map(
      ({ from, until, level, people: rungs, why, ring }): Stretch => ({
        rank: RANK.shift,
        level: level === undefined ? 0 : (levelNamed(planning, level) ?? 0),
        from: zone.first(from),
        until: zone.first(until),
        rungs,
        because: `garde datée${reason(why)} : ${namesOf(rungs, people)} jusqu'au ${frenchTime(until)}`,
        ring,
        place: 0,
        instead: false,
        following: nobodyFollows,
      }),
    )
    .filter((stretch) => meets(stretch, within));
}
