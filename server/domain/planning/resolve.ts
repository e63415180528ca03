// The one resolver: router, screens, feeds and proofs all ask here, so that what is displayed is what is routed.
import type { Instant } from '../../base/clock.ts';
import { CALENDAR } from './calendar.ts';
import type { Overlay } from './changes.ts';
import type { PlanningSet } from './schema.ts';
import type { Slot } from './slot.ts';
import { timelineOf } from './timeline.ts';

/** The last instant a Date can hold: nothing changes any more. */
export const END_OF_TIME: Instant = 8_640_000_000_000_000;

/** Who is on call, in order, and why. `people` is empty when nobody is, and `because` then says so. Frozen values. */
export type Answer = Slot & {
  /** The next instant at which anything of this answer changes; the calendar's end (2101) when nothing does before. */
  until: Instant;
};

/**
 * Who is on call on a planning at an instant. Total: an unknown planning, or an instant outside 2000 to 2100, is an answer
 * with nobody (a call keeps its flow's version, and may ask for a planning that has since gone).
 */
export function onCall(set: PlanningSet, planning: string, at: Instant, overlay?: Overlay): Answer {
  const timeline = timelineOf(set, planning, overlay);
  if (!timeline) return nobody(`personne : le planning « ${planning} » n'existe pas`, END_OF_TIME);
  if (!(at >= CALENDAR.from && at < CALENDAR.until))
    return nobody('personne : hors du calendrier (2000 à 2100)', at < CALENDAR.from ? CALENDAR.from : END_OF_TIME);
  const { slot, until } = timeline(at);
  return { ...slot, until };
}

const nobody = (because: string, until: Instant): Answer => ({
  people: [],
  ringMode: 'sequential',
  because,
  until,
});

export type { OnCallPerson } from './slot.ts';
