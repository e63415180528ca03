// Taking a duty: from who is on call at an instant to the change that puts somebody else first on one level. Pure; keeps nothing.

import type { Instant } from '../../base/clock.ts';
import { didYouMean } from '../../base/nearest.ts';
import { DAY, frenchTime, HOUR } from './calendar.ts';
import { namedBy, type Overlay, type Taking } from './changes.ts';
import { namings } from './check.ts';
import { ladderOf, levelNamed } from './levels.ts';
import { planningHint } from './load.ts';
import { onCall } from './resolve.ts';
import type { Planning, PlanningSet } from './schema.ts';
import { type Segment, segments } from './segments.ts';
import { zoneOf } from './zone.ts';

/** `at`: from when on; `level`: its name or number, the first by default. */
export type TakingOrder = { planning: string; person: string; level?: string; at: Instant; until?: Instant };
export type Taken = { change: Taking } | { refused: string };

/** Where no hand-off comes sooner, a duty taken without a stated end ends after so long by itself. */
export const longestUnsaid = 7 * DAY;
/** The longest that may be asked for. */
export const longestSaid = 31 * DAY;
/** Whoever takes a duty so shortly before a hand-off takes the one that begins then. */
const soon = HOUR;

/**
 * The person stands first on that level until the next hand-off (the next instant at which other people are on call there), or until the end
 * they state; those behind, and the other levels, go on as planned. One sentence where it cannot be.
 */
export function takeDuty(set: PlanningSet, overlay: Overlay, order: TakingOrder): Taken {
  const { planning: id, person, at, until } = order;
  const planning = set.plannings.get(id);
  if (!planning) return { refused: `there is no planning "${id}"; ${planningHint(set, id)}` };
  if (!set.people.has(person)) return { refused: `there is no person "${person}" in people.yaml` };
  const level = levelIn(planning, order.level);
  if (typeof level !== 'string') return level;
  const end = until ?? handoffAfter(set, overlay, id, level, at);
  if (!(end > at)) return { refused: 'the end must be later than the beginning' };
  if (end - at > longestSaid) return { refused: `a duty is taken for ${longestSaid / DAY} days at most` };
  const here = onCall(set, id, at, overlay).people.filter((one) => one.level === level);
  const first = here.filter(({ priority }) => priority === here[0]?.priority);
  if (until === undefined && first.length === 1 && first[0]?.person === person)
    return { refused: `${first[0].name} is on call there already, until ${inZone(planning, end)}` };
  const taking: Taking = { kind: 'taking', planning: id, person, from: at, until: end };
  return { change: order.level === undefined ? taking : { ...taking, level } };
}

/** The name of the level, or why there is none. */
function levelIn(planning: Planning, name: string | undefined): string | { refused: string } {
  const { levels } = ladderOf(planning);
  const names = levels.map((level) => level.name);
  const index = name === undefined ? 0 : levelNamed(planning, name);
  if (index !== undefined) return names[index] ?? '';
  const hint = didYouMean(name ?? '', names) ?? `it has: ${names.join(', ')}`;
  return { refused: `the planning "${planning.id}" has no level "${name}"; ${hint}` };
}

/** The next instant at which other people are on call on the level, no later than in seven days; one that comes at once is passed over. */
function handoffAfter(set: PlanningSet, overlay: Overlay, planning: string, level: string, at: Instant): Instant {
  const found = segments(set, planning, at, at + longestUnsaid + soon, overlay);
  const handoffs = found.filter((one, index) => index > 0 && idsOn(one, level) !== idsOn(found[index - 1], level));
  return Math.min(handoffs.find(({ from }) => from >= at + soon)?.from ?? at + longestUnsaid, at + longestUnsaid);
}

const idsOn = (segment: Segment | undefined, level: string): string =>
  (segment?.people ?? []).flatMap((one) => (one.level === level ? [one.person] : [])).join(' ');

const inZone = ({ zone }: Planning, at: Instant): string => frenchTime(zoneOf(zone)?.wall(at) ?? at, true);

/** The plannings that name this person, in their rules or in a change. */
export const planningsNaming = (set: PlanningSet, overlay: Overlay, person: string): Planning[] =>
  [...set.plannings.values()].filter(
    (planning) =>
      [...namings(planning)].some(({ rungs }) => rungs.flat().includes(person)) ||
      overlay.changes.some(
        (change) => 'planning' in change && change.planning === planning.id && namedBy(change).includes(person),
      ),
  );
