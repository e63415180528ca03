// The turns of a rotation, by the clock on the wall: when each begins, and whose it is. Knows no zone, and no window but to skip none.
import { nth } from '../../base/nth.ts';
import { DAY, type Wall, WEEK, weekdayOf } from './calendar.ts';
import type { Rotation } from './schema.ts';

/** Who, in order; those of one rung ring together. */
export type Rungs = readonly (readonly string[])[];

/** Turn by turn, the first is 0. */
export type Turns = {
  /** The turn that holds at this time; below 0 before the first hand-off. */
  at(wall: Wall): number;
  /** When it begins. Turn 1 of a rotation that never hands over begins never. */
  begins(turn: number): Wall;
  of(turn: number): Rungs;
  /** Turns of a week or more: one that is on for a week-end is on for the holidays beside it. */
  long: boolean;
};

/** The first hand-off: on the start day, or on the first such weekday after it. */
export function firstHandoff({ start, handoff }: Pick<Rotation, 'start' | 'handoff'>): Wall {
  const wait = handoff.weekday === undefined ? 0 : (handoff.weekday - weekdayOf(start) + 7) % 7;
  return start + wait * DAY + handoff.time;
}

const made = new WeakMap<Rotation, Turns>();

/** Turns count calendar days or wall-clock hours: never elapsed time. */
export function turnsOf(rotation: Rotation): Turns {
  const ready = made.get(rotation);
  if (ready) return ready;
  const first = firstHandoff(rotation);
  const { turns } = rotation;
  const length = turns.length === 1 ? Number.POSITIVE_INFINITY : (rotation.every as number);
  const opened: Turns = {
    at: (wall) => (wall < first ? -1 : Math.floor((wall - first) / length)),
    begins: (turn) => (turn === 0 ? first : first + turn * length),
    of: (turn) => nth(turns, turn % turns.length),
    long: length >= WEEK,
  };
  made.set(rotation, opened);
  return opened;
}
