// Taking a duty now: from who is on call at an instant to the override that puts somebody else first. Pure; keeps nothing.
import type { Instant } from '../../base/clock.ts';
import { DAY, frenchTime } from './calendar.ts';
import { namings } from './check.ts';
import { planningHint } from './load.ts';
import { type Overlay, type OverlayShift, overridesOf } from './overlay.ts';
import { onCall } from './resolve.ts';
import type { Planning, PlanningSet } from './schema.ts';
import { segments } from './segments.ts';
import { zoneOf } from './zone.ts';

export type Taking = { planning: string; person: string; at: Instant; until?: Instant };
export type Taken = { shift: OverlayShift } | { refused: string };

/** Where no hand-off comes sooner, a duty taken now ends after so long by itself. */
export const longestUnsaid = 7 * DAY;
/** The longest that may be asked for. */
export const longestSaid = 31 * DAY;

/**
 * The person stands first until the next hand-off (the next instant at which other people are on call), or until the end they state;
 * those who stood behind the first stay behind. One sentence where it cannot be.
 */
export function takeDuty(set: PlanningSet, overlay: Overlay, { planning: id, person, at, until }: Taking): Taken {
  const planning = set.plannings.get(id);
  if (!planning) return { refused: `there is no planning "${id}"; ${planningHint(set, id)}` };
  if (!set.people.has(person)) return { refused: `there is no person "${person}" in people.yaml` };
  const end = until ?? handoffAfter(set, overlay, id, at);
  if (!(end > at)) return { refused: 'the end must be later than now' };
  if (end - at > longestSaid) return { refused: `a duty is taken for ${longestSaid / DAY} days at most` };
  const { people } = onCall(set, id, at, overlay);
  if (until === undefined && people[0]?.person === person)
    return { refused: `${people[0].name} is on call there already, until ${inZone(planning, end)}` };
  const behind = people.filter((one) => one.priority > 1 && one.person !== person).map((one) => one.person);
  return { shift: { planning: id, people: [person, ...behind], from: at, until: end } };
}

/** The next instant at which other people are on call, no later than in seven days. */
function handoffAfter(set: PlanningSet, overlay: Overlay, planning: string, at: Instant): Instant {
  const ids = (people: readonly { person: string }[]) => people.map(({ person }) => person).join(' ');
  const [now, ...later] = segments(set, planning, at, at + longestUnsaid, overlay);
  return later.find(({ people }) => ids(people) !== ids(now?.people ?? []))?.from ?? at + longestUnsaid;
}

const inZone = ({ zone }: Planning, at: Instant): string => frenchTime(zoneOf(zone)?.wall(at) ?? at, true);

/** The plannings that name this person, in their rules or in an override. */
export const planningsNaming = (set: PlanningSet, overlay: Overlay, person: string): Planning[] =>
  [...set.plannings.values()].filter(
    (planning) =>
      [...namings(planning)].some(({ rungs }) => rungs.flat().includes(person)) ||
      overridesOf(overlay, planning.id).some(({ people }) => people.includes(person)),
  );
