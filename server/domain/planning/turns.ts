// The turns of a rotation, by the clock on the wall: when each begins, and whose it is. Knows no zone, and no window but to skip none.
import { nth } from '../../base/nth.ts';
import { beatsOf } from './beats.ts';
import { DAY, type Wall } from './calendar.ts';
import type { Rotation } from './schema.ts';

/** Who, in order; those of one rung ring together. Nobody in an empty turn. */
export type Rungs = readonly (readonly string[])[];

/** Turn by turn, the first is 0. */
export type Turns = {
  /** The turn that holds at this time; below 0 before the first hand-off. */
  at(wall: Wall): number;
  /** When it begins. Turn 1 of a rotation that never hands over begins never. */
  begins(turn: number): Wall;
  of(turn: number): Rungs;
  /** Those after it, nearest first, once round. */
  after(turn: number): readonly Rungs[];
  /** When nobody is on any more: never, where the file does not say. */
  ends: Wall;
  /** Turns of a week or more: one that is on for a week-end is on for the holidays beside it. */
  long: boolean;
};

/** A list of turns, from the turn with this number on. */
type Team = { first: number; list: readonly Rungs[] };

/** The first hand-off: on the start day, or on the first such day after it. */
export const firstHandoff = (rotation: Rotation): Wall => beatsOf(rotation).begins(0);

const made = new WeakMap<Rotation, Turns>();

/** Turns count calendar days, months, nights or wall-clock hours: never elapsed time. */
export function turnsOf(rotation: Rotation): Turns {
  const ready = made.get(rotation);
  if (ready) return ready;
  const { at, begins, long } = beatsOf(rotation);
  const teams = teamsOf(rotation);
  const teamOf = (turn: number) =>
    nth(
      teams,
      teams.findLastIndex(({ first }) => first <= Math.max(0, turn)),
    );
  const of = (turn: number): Rungs => {
    const { first, list } = teamOf(turn);
    return nth(list, (turn - first) % list.length);
  };
  const opened: Turns = {
    at,
    begins,
    of,
    after: (turn) => Array.from({ length: teamOf(turn).list.length - 1 }, (_, index) => of(turn + 1 + index)),
    ends: rotation.until ?? Number.POSITIVE_INFINITY,
    long,
  };
  made.set(rotation, opened);
  return opened;
}

/** The teams in the order of their dates; never empty, and none with an empty list: a team from which all have left goes on as it was. */
function teamsOf(rotation: Rotation): Team[] {
  const beats = beatsOf(rotation);
  const teams: Team[] = [{ first: 0, list: rotation.turns }];
  for (const { from, turns, without } of rotation.later ?? []) {
    const first = beats.onOrAfter(from);
    const list = turns ?? leftBy(teams, first, without ?? []);
    if (list.length > 0) teams.push({ first, list });
  }
  return teams;
}

/** The list as it would have gone on, closed up where somebody has left. A turn that was empty stays. */
function leftBy(teams: readonly Team[], first: number, gone: readonly string[]): Rungs[] {
  const team = nth(teams, teams.length - 1);
  const { list } = team;
  const next = (((first - team.first) % list.length) + list.length) % list.length;
  return [...list.slice(next), ...list.slice(0, next)].flatMap((turn): Rungs[] => {
    const rungs = turn.map((rung) => rung.filter((one) => !gone.includes(one))).filter((rung) => rung.length > 0);
    return rungs.length > 0 || turn.length === 0 ? [rungs] : [];
  });
}

/** Everybody whom a team names before its place in `later` (0: the first list). For those who check. */
export const namedBefore = (rotation: Rotation, place: number): ReadonlySet<string> =>
  new Set(
    [rotation.turns, ...(rotation.later ?? []).slice(0, place).map(({ turns }) => turns ?? [])].flat(3).filter(Boolean),
  );

/** The day on which a team takes over, when that is not the day which is written. */
export function laterHandoff(rotation: Rotation, from: Wall): Wall | undefined {
  const beats = beatsOf(rotation);
  const begins = beats.begins(beats.onOrAfter(from));
  return begins >= from && begins < from + DAY ? undefined : begins;
}
