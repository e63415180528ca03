// What the files say of dated changes, as the values that are laid over a planning's rules: absences of people first, then the planning's own list.
import type { Change, Duty } from './changes.ts';
import type { Planning } from './schema.ts';
import type { WrittenAbsence, WrittenChange } from './schema-changes.ts';
import { dutyAt, type Names } from './stretch.ts';
import type { Zone } from './zone.ts';

/** In the order in which they count. A swap of duties that are not theirs (any more) is left out: `vigie check` tells it. */
export function fileChanges(planning: Planning, zone: Zone, people: Names): readonly Change[] {
  const away = [...people.values()].flatMap(({ id, absences }) => absences.map((one) => awayOf(id, one, zone)));
  return [...away, ...planning.changes.flatMap((one) => changeOf(one, planning, zone) ?? [])];
}

const awayOf = (person: string, { from, until, why, by, next }: WrittenAbsence, zone: Zone): Change => ({
  kind: 'absence',
  person,
  by,
  next,
  why,
  from: zone.first(from),
  until: zone.first(until),
});

/** Undefined: a swap of something that is not theirs. */
export function changeOf(written: WrittenChange, planning: Planning, zone: Zone): Change | undefined {
  if ('duty' in written) return swapOf(written, planning, zone);
  const { author: _, from, until, ...said } = written;
  const dated = { from: zone.first(from), until: zone.first(until), planning: planning.id };
  switch (said.kind) {
    case 'remplacement':
    case 'replacement':
      return { ...said, ...dated, kind: 'replacement' };
    case 'absence':
      return { ...said, ...dated, kind: 'absence' };
    case 'personne':
    case 'closing':
      return { ...said, ...dated, kind: 'closing' };
    case 'prise':
    case 'taking':
      return { ...said, ...dated, kind: 'taking' };
    case 'renfort':
    case 'reinforcement':
      return { ...said, ...dated, kind: 'reinforcement', people: said.people.flat() };
    default:
      return { ...said, ...dated, kind: 'override', people: said.people.flat() };
  }
}

function swapOf(written: Extract<WrittenChange, { duty: number }>, planning: Planning, zone: Zone): Change | undefined {
  const one = dutyAt(planning, written.person, zone.first(written.duty), zone);
  const other = dutyAt(planning, written.with, zone.first(written.for), zone);
  return one && other ? swapped(one, other, written.why) : undefined;
}

/** Two duties, given to each other. */
export const swapped = (one: Duty, other: Duty, why: string | undefined): Change => ({
  kind: 'swap',
  from: Math.min(one.from, other.from),
  until: Math.max(one.until, other.until),
  why,
  duties: [one, other],
});
