// A planning over a length of time, without gap or overlap: nothing but the resolver, asked again at each change.
import type { Instant } from '../../base/clock.ts';
import type { Overlay } from './changes.ts';
import { onCall } from './resolve.ts';
import type { PlanningSet } from './schema.ts';
import type { OnCallPerson } from './slot.ts';

export type Segment = { from: Instant; until: Instant; people: OnCallPerson[]; because: string; nobody: boolean };

/** From `from` until just before `until`; the outer two are cut at the window, which changes nothing else. Empty when `until <= from`. */
export function segments(
  set: PlanningSet,
  planning: string,
  from: Instant,
  until: Instant,
  overlay?: Overlay,
): Segment[] {
  const found: Segment[] = [];
  for (let at = from; at < until; ) {
    const answer = onCall(set, planning, at, overlay);
    const end = Math.min(answer.until, until);
    found.push({
      from: at,
      until: end,
      people: answer.people,
      because: answer.because,
      nobody: answer.people.length === 0,
    });
    at = end;
  }
  return found;
}
