// From the rules and changes that hold at one moment to the people on call, level by level, each with the reason. Knows no zone and no calendar.
import type { Part, Taking } from './changes.ts';
import type { LevelRule } from './levels.ts';
import type { Person, RingMode } from './schema.ts';
import { type Entry, type Laid, standIn } from './stand-in.ts';
import { type Names, namesOf, nobodyFollows, RANK, reason, type Stretch } from './stretch.ts';

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
  /** Nobody, on purpose: no hole. */
  closed?: true;
};

/** What holds at one moment: stretches in the order of the file, changes in the order in which they were made. */
export type Moment = { stretches: readonly Stretch[]; laid: readonly Laid[] };

export type SlotRules = { people: Names; levels: readonly LevelRule[]; ring: RingMode | undefined };

type LevelSlot = { index: number; name: string; entries: Entry[]; reasons: string[]; ring: RingMode };

/** The people of a moment: replaced, without the absent, nobody twice, priorities counted from 1 without holes. */
export function slotOf(moment: Moment, rules: SlotRules): Slot {
  const heard = heardOf(moment.stretches);
  const levels = rules.levels.map((level, index) => levelSlot(index, level, heard, moment.laid, rules));
  const found = new Map<string, OnCallPerson>();
  const notes = new Set<string>();
  const named = new Set(levels.flatMap(({ entries }) => entries.map(({ id }) => id)));
  for (const level of levels) seat(level, found, notes, moment.laid, rules.people, named);
  const people = [...found.values()];
  const said = levels.flatMap(({ reasons }) => reasons);
  const reasons = [...said, ...notes].join(' ; ') || "aucune rotation n'est active";
  const slot: Slot = {
    people,
    ringMode: people[0]?.ring ?? levels[0]?.ring ?? 'sequential',
    because: people.length > 0 ? reasons : `personne : ${reasons}`,
  };
  const closed = people.length === 0 && moment.laid.some(({ change }) => change.kind === 'closing');
  return closed ? { ...slot, closed } : slot;
}

/** Puts the people of one level behind those found above it. */
function seat(
  { name, entries, ring }: LevelSlot,
  found: Map<string, OnCallPerson>,
  notes: Set<string>,
  laid: readonly Laid[],
  people: Names,
  named: ReadonlySet<string>,
): void {
  let priority = Math.max(0, ...[...found.values()].map((one) => one.priority));
  let above: unknown;
  for (const entry of entries) {
    const { rung, because } = entry;
    const { on, note } = standIn(entry, laid, people, new Set([...named, ...found.keys()]));
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
  const own = laid.filter((one) => one.level === index || (one.change.kind === 'closing' && one.level < 0));
  const shifts = own
    .map((one) => (one.change.kind === 'shift' ? entriesOf(one.change.people, index, one, people) : []))
    .filter((entries) => entries.length > 0);
  const ruled = shifts.length > 0 ? stretches.filter(({ rank }) => rank === RANK.shift) : stretches;
  const before: LevelSlot = {
    index,
    name: level.name,
    entries: [...ruled.flatMap(entriesOfStretch), ...shifts.flat()],
    reasons: [...ruled.map(({ because }) => because), ...shifts.flatMap(reasonsOf)],
    ring: ruled.find((stretch) => stretch.ring)?.ring ?? level.ring ?? ring ?? 'sequential',
  };
  return own.reduce((slot, one) => changed(slot, one, people), before);
}

const entriesOfStretch = ({ rungs, because, level, rotation, following }: Stretch): Entry[] =>
  rungs.flatMap((rung) => rung.map((id): Entry => ({ id, level, rung, because, rotation, following })));

/** Of two holidays whose hours overlap, the first. */
const oneHoliday = (stretches: readonly Stretch[]): Stretch[] =>
  stretches.filter(
    (one, index) =>
      one.rank !== RANK.holiday ||
      stretches.findIndex(({ rank, place }) => rank === one.rank && place === one.place) === index,
  );

const reasonsOf = (entries: readonly Entry[]): string[] => entries.slice(0, 1).map(({ because }) => because);

const words: Partial<Record<Part['kind'], string>> = { shift: 'garde datée', reinforcement: 'renfort' };

/** The people of a change; those whom nobody knows any more are left out. */
function entriesOf(ids: readonly string[], level: number, { change, end }: Laid, people: Names): Entry[] {
  const known = ids.filter((id) => people.has(id));
  const word = words[change.kind] ?? 'changement';
  const because = `${word}${reason(change.why)} : ${namesOf([known], people)} ${end()}`;
  return known.map((id): Entry => ({ id, level, rung: [id], because, following: nobodyFollows }));
}

/** What a change makes of a level. Shifts are laid before; swaps, replacements and absences come with each person. */
function changed(slot: LevelSlot, laid: Laid, people: Names): LevelSlot {
  const { change } = laid;
  switch (change.kind) {
    case 'override': {
      const entries = entriesOf(change.people, slot.index, laid, people);
      return entries.length > 0 ? { ...slot, entries, reasons: reasonsOf(entries) } : slot;
    }
    case 'reinforcement': {
      const entries = entriesOf(change.people, slot.index, laid, people);
      return { ...slot, entries: [...slot.entries, ...entries], reasons: [...slot.reasons, ...reasonsOf(entries)] };
    }
    case 'closing':
      return { ...slot, entries: [], reasons: [`personne exprès${reason(change.why)} ${laid.end()}`] };
    case 'taking':
      return people.has(change.person) ? taken(slot, change, laid.end(), people) : slot;
    default:
      return slot;
  }
}

function taken(slot: LevelSlot, change: Taking, end: string, people: Names): LevelSlot {
  const because = `prise${reason(change.why)} : ${namesOf([[change.person]], people)} ${end}`;
  const first = slot.entries[0]?.rung;
  const behind = slot.entries.filter(({ id, rung }) => rung !== first && id !== change.person);
  const taker: Entry = { id: change.person, level: slot.index, rung: change, because, following: nobodyFollows };
  return { ...slot, entries: [taker, ...behind], reasons: [because, ...slot.reasons] };
}

function toRing(person: Person, level: string, ring: RingMode, priority: number, because: string): OnCallPerson {
  const { id, name, phones, language, maxCalls, ringSeconds } = person;
  const known: OnCallPerson = { person: id, name, phones, language, maxCalls, level, ring, priority, because };
  return ringSeconds === undefined ? known : { ...known, ringSeconds };
}
