// From the rules and changes that hold at one moment to the people on call, level by level, each with the reason. Knows no zone and no calendar.
import type { Absence, Change, Replacement } from './changes.ts';
import type { LevelRule } from './levels.ts';
import type { Person, RingMode } from './schema.ts';
import { type Names, namesOf, RANK, reason, type Stretch } from './stretch.ts';

/** One person to ring, as the hunt wants them. */
export type OnCallPerson = {
  person: string;
  name: string;
  /** E.164, in the order in which to try them. */
  phones: string[];
  language: string;
  /** Most calls at once. */
  maxCalls: number;
  /** The level they are on, and how those of it are rung: levels are rung one after the other. */
  level: string;
  ring: RingMode;
  /** 1 rings first in waves; equal numbers ring together. Counted over all levels. */
  priority: number;
  ringSeconds?: number;
  /** One line of French. */
  because: string;
};

/** Who is on over a piece of time. Equal ones are the same object, and frozen. */
export type Slot = {
  people: OnCallPerson[];
  /** Of the first level that has somebody. */
  ringMode: RingMode;
  because: string;
};

/** A change that holds: the index of the level that it touches (-1: none), and the words for its end. */
export type Laid = { change: Change; level: number; end: () => string };

/** What holds at one moment: stretches in the order of the file, changes in the order in which they were made. */
export type Moment = { stretches: readonly Stretch[]; laid: readonly Laid[] };

export type SlotRules = { people: Names; levels: readonly LevelRule[]; ring: RingMode | undefined };

/** Somebody who is named, before replacements and absences. Those of one rung ring together. */
type Entry = { id: string; rung: unknown; because: string };
type LevelSlot = { name: string; entries: Entry[]; reasons: string[]; ring: RingMode };

/** The people of a moment: replaced, without the absent, nobody twice, priorities counted from 1 without holes. */
export function slotOf(moment: Moment, rules: SlotRules): Slot {
  const heard = heardOf(moment.stretches);
  const levels = rules.levels.map((level, index) => levelSlot(index, level, heard, moment.laid, rules));
  const changes = moment.laid.map(({ change }) => change);
  const found = new Map<string, OnCallPerson>();
  const notes = new Set<string>();
  for (const level of levels) seat(level, found, notes, changes, rules.people);
  const people = [...found.values()];
  const said = levels.flatMap(({ reasons }) => reasons);
  const reasons = [...said, ...notes].join(' ; ') || "aucune rotation n'est active";
  return {
    people,
    ringMode: people[0]?.ring ?? levels[0]?.ring ?? 'sequential',
    because: people.length > 0 ? reasons : `personne : ${reasons}`,
  };
}

/** Puts the people of one level behind those found above it. */
function seat(
  { name, entries, ring }: LevelSlot,
  found: Map<string, OnCallPerson>,
  notes: Set<string>,
  changes: readonly Change[],
  people: Names,
): void {
  let priority = Math.max(0, ...[...found.values()].map((one) => one.priority));
  let above: unknown;
  for (const { id, rung, because } of entries) {
    const { on, note } = standIn(id, changes, people);
    if (note) notes.add(note);
    if (!on || found.has(on.id)) continue;
    if (rung !== above) priority++;
    above = rung;
    found.set(on.id, toRing(on, name, ring, priority, note ? `${note} ; ${because}` : because));
  }
}

/** On each level dated shift, then holiday rule, then rotation; a rotation that is heard and stands alone hides those below it, on every level. */
function heardOf(stretches: readonly Stretch[]): Stretch[] {
  const ranks = new Map<number, number>();
  for (const { level, rank } of stretches) ranks.set(level, Math.min(rank, ranks.get(level) ?? rank));
  const decided = stretches.filter(({ level, rank }) => ranks.get(level) === rank);
  const alone = decided.find(({ rank, instead }) => rank === RANK.rotation && instead);
  return alone ? decided.filter(({ rank, place }) => rank !== RANK.rotation || place <= alone.place) : decided;
}

function levelSlot(
  index: number,
  level: LevelRule,
  heard: readonly Stretch[],
  laid: readonly Laid[],
  { people, ring }: SlotRules,
): LevelSlot {
  const stretches = oneHoliday(heard.filter((stretch) => stretch.level === index));
  const own = laid.filter(({ level: touched }) => touched === index);
  const shifts = own
    .map((one) => (one.change.kind === 'shift' ? entriesOf(one.change.people, one, people) : []))
    .filter((entries) => entries.length > 0);
  const ruled = shifts.length > 0 ? stretches.filter(({ rank }) => rank === RANK.shift) : stretches;
  const planned = ruled.flatMap(({ rungs, because }) =>
    rungs.flatMap((rung) => rung.map((id): Entry => ({ id, rung, because }))),
  );
  const before: LevelSlot = {
    name: level.name,
    entries: [...planned, ...shifts.flat()],
    reasons: [...ruled.map(({ because }) => because), ...shifts.flatMap(reasonsOf)],
    ring: ruled.find((stretch) => stretch.ring)?.ring ?? level.ring ?? ring ?? 'sequential',
  };
  return own.reduce((slot, one) => changed(slot, one, people), before);
}

/** Of two holidays whose hours overlap, the first. */
const oneHoliday = (stretches: readonly Stretch[]): Stretch[] =>
  stretches.filter(
    (one, index) =>
      one.rank !== RANK.holiday ||
      stretches.findIndex(({ rank, place }) => rank === one.rank && place === one.place) === index,
  );

const reasonsOf = (entries: readonly Entry[]): string[] => entries.slice(0, 1).map(({ because }) => because);

/** The people of a change; those whom nobody knows any more are left out. */
function entriesOf(ids: readonly string[], { change, end }: Laid, people: Names): Entry[] {
  const known = ids.filter((id) => people.has(id));
  const word = change.kind === 'shift' ? 'garde datée' : 'changement';
  const because = `${word}${reason(change.why)} : ${namesOf([known], people)} ${end()}`;
  return known.map((id): Entry => ({ id, rung: [id], because }));
}

function changed(slot: LevelSlot, laid: Laid, people: Names): LevelSlot {
  const { change, end } = laid;
  if (change.kind === 'override') {
    const entries = entriesOf(change.people, laid, people);
    return entries.length > 0 ? { ...slot, entries, reasons: reasonsOf(entries) } : slot;
  }
  if (change.kind !== 'taking' || !people.has(change.person)) return slot;
  const because = `prise${reason(change.why)} : ${namesOf([[change.person]], people)} ${end()}`;
  const first = slot.entries[0]?.rung;
  const behind = slot.entries.filter(({ id, rung }) => rung !== first && id !== change.person);
  const entries = [{ id: change.person, rung: change, because }, ...behind];
  return { ...slot, entries, reasons: [because, ...slot.reasons] };
}

/** Who is really on for this person. A replacement does not chain; one who is absent replaces nobody. */
function standIn(id: string, changes: readonly Change[], people: Names): { on?: Person; note?: string } {
  const person = people.get(id);
  if (!person) return {};
  const away = (who: string) => changes.findLast((one): one is Absence => one.kind === 'absence' && one.person === who);
  const swap = changes.findLast((one): one is Replacement => one.kind === 'replacement' && one.person === id);
  const other = swap && !away(swap.by) ? people.get(swap.by) : undefined;
  if (other) return { on: other, note: `${other.name} remplace ${person.name}${reason(swap?.why)}` };
  const absence = away(id);
  return absence ? { note: `absence : ${person.name}${reason(absence.why)}` } : { on: person };
}

function toRing(person: Person, level: string, ring: RingMode, priority: number, because: string): OnCallPerson {
  const { id, name, phones, language, maxCalls, ringSeconds } = person;
  const known: OnCallPerson = { person: id, name, phones, language, maxCalls, level, ring, priority, because };
  return ringSeconds === undefined ? known : { ...known, ringSeconds };
}
