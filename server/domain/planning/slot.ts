// From the rules that hold at one moment to the people on call, in order, each with the reason. Knows no time zone and no calendar.
import type { Absence, Replacement } from './overlay.ts';
import type { Person, RingMode } from './schema.ts';
import { type Names, RANK, type Stretch } from './stretch.ts';

/** One person to ring, as the hunt wants them. */
export type OnCallPerson = {
  person: string;
  name: string;
  /** E.164, in the order in which to try them. */
  phones: string[];
  language: string;
  /** Most calls at once. */
  maxCalls: number;
  /** 1 rings first in waves; equal numbers ring together. */
  priority: number;
  ringSeconds?: number;
  /** One line of French. */
  because: string;
};

/** Who is on over a piece of time. Equal ones are the same object, and frozen. */
export type Slot = { people: OnCallPerson[]; ringMode: RingMode; because: string };

/** What holds at one moment: stretches in the order of the files, then the changes of people. */
export type Moment = { stretches: Stretch[]; replacements: Replacement[]; absences: Absence[] };

/** Override, then dated shift, then holiday rule, then rotation. */
function deciding(stretches: readonly Stretch[]): Stretch[] {
  const rank = Math.min(...stretches.map((stretch) => stretch.rank));
  const layer = stretches.filter((stretch) => stretch.rank === rank);
  if (rank === RANK.override) return layer.slice(-1);
  if (rank === RANK.holiday) return layer.slice(0, 1);
  const alone = layer.findIndex((stretch) => stretch.instead);
  return alone < 0 ? layer : layer.slice(0, alone + 1);
}

/** The people of a moment: replaced, without the absent, nobody twice, priorities counted from 1 without holes. */
export function slotOf(moment: Moment, people: Names, ringMode: RingMode): Slot {
  const stretches = deciding(moment.stretches);
  const found = new Map<string, OnCallPerson>();
  const notes = new Set<string>();
  let priority = 0;
  let above: unknown;
  for (const { id, rung, because } of namedIn(stretches)) {
    const { on, note } = standIn(id, moment, people);
    if (note) notes.add(note);
    if (!on || found.has(on.id)) continue;
    if (rung !== above) priority++;
    above = rung;
    found.set(on.id, toRing(on, priority, note ? `${note} ; ${because}` : because));
  }
  const reasons = [...stretches.map(({ because }) => because), ...notes].join(' ; ') || "aucune rotation n'est active";
  return {
    people: [...found.values()],
    ringMode: stretches.find(({ ring }) => ring)?.ring ?? ringMode,
    because: found.size > 0 ? reasons : `personne : ${reasons}`,
  };
}

const namedIn = (stretches: readonly Stretch[]) =>
  stretches.flatMap(({ rungs, because }) => rungs.flatMap((rung) => rung.map((id) => ({ id, rung, because }))));

/** Who is really on for this person. A replacement does not chain; one who is absent replaces nobody. */
function standIn(id: string, moment: Moment, people: Names): { on?: Person; note?: string } {
  const person = people.get(id);
  if (!person) return {};
  const away = (who: string) => moment.absences.findLast((absence) => absence.person === who);
  const swap = moment.replacements.findLast((replacement) => replacement.person === id);
  const other = swap && !away(swap.by) ? people.get(swap.by) : undefined;
  if (other) return { on: other, note: `${other.name} remplace ${person.name}${reason(swap?.why)}` };
  const absence = away(id);
  return absence ? { note: `absence : ${person.name}${reason(absence.why)}` } : { on: person };
}

const reason = (why: string | undefined): string => (why ? ` (${why})` : '');

const toRing = (person: Person, priority: number, because: string): OnCallPerson => ({
  person: person.id,
  name: person.name,
  phones: person.phones,
  language: person.language,
  maxCalls: person.maxCalls,
  priority,
  ...(person.ringSeconds === undefined ? {} : { ringSeconds: person.ringSeconds }),
  because,
});
