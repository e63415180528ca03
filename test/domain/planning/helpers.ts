// Words the planning tests share: a set made from a few lines, and who is on at a local time.
import { problemText } from '../../../server/base/result.ts';
import type { Overlay } from '../../../server/domain/planning/changes.ts';
import { readPlannings } from '../../../server/domain/planning/load.ts';
import { onCall } from '../../../server/domain/planning/resolve.ts';
import type { PlanningSet } from '../../../server/domain/planning/schema.ts';
import { readInstant, type Zone, zoneOf } from '../../../server/domain/planning/zone.ts';

export const staff = ['ana', 'bob', 'cid', 'dan', 'eve'];
export const peopleText = staff
  .map((id, index) => `${id}: {name: ${id.toUpperCase()}, phones: ["06 39 98 02 0${index}"]}`)
  .join('\n');

/** A set with one planning, `x`. */
export function setOf(text: string, people = peopleText): PlanningSet {
  const read = readPlannings([
    { file: 'people.yaml', text: people },
    { file: 'x.yaml', text },
  ]);
  if (!read.ok) throw new Error(read.problems.map(problemText).join('\n'));
  return read.value;
}

/** The sentences about a planning (or people) that must not pass. */
export function problemsOf(text: string, people = peopleText): string[] {
  const read = readPlannings([
    { file: 'people.yaml', text: people },
    { file: 'x.yaml', text },
  ]);
  return read.ok ? [] : read.problems.map(problemText);
}

export const zone = (name = 'Europe/Paris'): Zone => {
  const found = zoneOf(name);
  if (!found) throw new Error(`no zone ${name}`);
  return found;
};

/** An instant, from local Paris time or ISO with offset. */
export const at = (text: string, name?: string): number => {
  const instant = readInstant(text, zone(name));
  if (instant === undefined) throw new Error(`no time ${text}`);
  return instant;
};

/** The ids on call, in order: `ana bob`, or `-`. */
export const on = (set: PlanningSet, instant: number, overlay?: Overlay): string =>
  onCall(set, 'x', instant, overlay)
    .people.map(({ person }) => person)
    .join(' ') || '-';

/** Numbers that look random and are the same at each run. */
export function dice(seed: number) {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return Math.floor((((state ^ (state >>> 13)) >>> 0) / 2 ** 32) * limit);
  };
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const some = (most: number): string[] => [...new Set(Array.from({ length: 1 + below(most) }, () => pick(staff)))];
  return { below, pick, some };
}
export type Dice = ReturnType<typeof dice>;
