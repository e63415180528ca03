// Who is really on for somebody who is named: swapped, replaced, absent. Pure; one entry at a time.
import type { Absence, Handover, Part, Replacement } from './changes.ts';
import type { Person } from './schema.ts';
import { type Names, reason } from './stretch.ts';

/** A change that holds: the index of the level that it touches (-1: none), and the words for its end. */
export type Laid = { change: Part; level: number; end: () => string };

/** Somebody who is named, before swaps, replacements and absences. Those of one rung ring together. */
export type Entry = {
  id: string;
  /** Index of the level. */
  level: number;
  rung: unknown;
  because: string;
  /** Of which rotation this is a turn. */
  rotation?: string | undefined;
  /** Whose turns come after this one, nearest first. */
  following: () => readonly string[];
};

/** Nobody where `on` is missing; `note` says why it is not the one who was named. */
export type StandIn = { on?: Person; note?: string };

/**
 * A duty that was given away is its new owner's, whose own replacement and absence count then. A replacement does not chain; one who is absent
 * replaces nobody.
 * @param taken ids that are on this slot already: `next` looks past them
 */
export function standIn(entry: Entry, laid: readonly Laid[], people: Names, taken: ReadonlySet<string>): StandIn {
  const given = handover(entry, laid);
  const by = given && people.get(given.by);
  const owner = by ?? people.get(entry.id);
  if (!owner) return {};
  const swapped = by ? `échange${reason(given.why)} : ${by.name} à la place de ${nameOf(entry.id, people)}` : undefined;
  const { on, note } = forPerson(owner, entry, laid, people, taken);
  const notes = [swapped, note].filter((one) => one !== undefined);
  const found: StandIn = notes.length > 0 ? { note: notes.join(' ; ') } : {};
  return on ? { ...found, on } : found;
}

const nameOf = (id: string, people: Names): string => people.get(id)?.name ?? id;

const handover = (entry: Entry, laid: readonly Laid[]): Handover | undefined =>
  laid
    .map(({ change }) => change)
    .findLast(
      (one): one is Handover =>
        one.kind === 'handover' &&
        one.person === entry.id &&
        (one.rotation === undefined || one.rotation === entry.rotation),
    );

function forPerson(
  person: Person,
  entry: Entry,
  laid: readonly Laid[],
  people: Names,
  taken: ReadonlySet<string>,
): StandIn {
  const swap = replacementOf(person.id, entry, laid);
  const other = swap && !absenceOf(swap.by, laid) ? people.get(swap.by) : undefined;
  if (other) return { on: other, note: `${other.name} remplace ${person.name}${reason(swap?.why)}` };
  const absence = absenceOf(person.id, laid);
  if (!absence) return { on: person };
  const away = `absence : ${person.name}${reason(absence.why)}`;
  const cover = coverOf(absence, entry, laid, people, taken);
  return cover ? { on: cover, note: `${away}, ${cover.name} à sa place` } : { note: away };
}

const replacementOf = (id: string, { level }: Entry, laid: readonly Laid[]): Replacement | undefined =>
  laid
    .filter((one) => one.level < 0 || one.level === level)
    .map(({ change }) => change)
    .findLast((one): one is Replacement => one.kind === 'replacement' && one.person === id);

const absenceOf = (id: string, laid: readonly Laid[]): Absence | undefined =>
  laid.map(({ change }) => change).findLast((one): one is Absence => one.kind === 'absence' && one.person === id);

/** Whoever the absence names, or the next of the turns to come who is neither away nor on already. */
function coverOf(
  absence: Absence,
  { following }: Entry,
  laid: readonly Laid[],
  people: Names,
  taken: ReadonlySet<string>,
): Person | undefined {
  const free = (id: string) => people.has(id) && !absenceOf(id, laid);
  if (absence.by !== undefined) return free(absence.by) ? people.get(absence.by) : undefined;
  const next = absence.next ? following().find((id) => free(id) && !taken.has(id)) : undefined;
  return next === undefined ? undefined : people.get(next);
}
