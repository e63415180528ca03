// A planning's own rules as pieces of time, made chunk by chunk as they are asked for, and remembered: whatever is laid over them later.

import type { Instant } from '../../base/clock.ts';
import { nth } from '../../base/nth.ts';
import { CALENDAR, DAY } from './calendar.ts';
import type { Change } from './changes.ts';
import { ladderOf } from './levels.ts';
import type { Planning } from './schema.ts';
import { type Moment, type Slot, type SlotRules, slotOf } from './slot.ts';
import type { Span } from './spans.ts';
import { type Names, type Stretch, stretchesOf } from './stretch.ts';
import { fileChanges } from './written-changes.ts';
import { knownZone, type Zone } from './zone.ts';

/** Long enough to need few, short enough that the first question to one takes about a millisecond. */
export const CHUNK = 128 * DAY;
export const chunkIndex = (at: Instant): number => Math.floor((at - CALENDAR.from) / CHUNK);
export const chunkSpan = (index: number): Span => ({
  from: CALENDAR.from + index * CHUNK,
  until: CALENDAR.from + (index + 1) * CHUNK,
});

/** From each start on these stretches hold, and this slot: neighbours may be the same slot. */
export type Pieces = { starts: Instant[]; stretches: (readonly Stretch[])[]; slots: Slot[] };

export interface DocumentTimeline {
  readonly planning: Planning;
  readonly zone: Zone;
  readonly rules: SlotRules;
  /** What the files themselves change by date. */
  readonly changes: readonly Change[];
  pieces(chunk: number): Pieces;
  /** Equal slots become one frozen object, so that a change is told by identity: the document's own, or one of those that `more` keeps. */
  slot(moment: Moment, more: Map<string, Slot>): Slot;
}

const made = new WeakMap<Names, WeakMap<Planning, DocumentTimeline>>();

/** Remembered by identity of the people and of the planning. */
export function documentTimeline(planning: Planning, people: Names): DocumentTimeline {
  const byPlanning = made.get(people) ?? new WeakMap<Planning, DocumentTimeline>();
  made.set(people, byPlanning);
  const timeline = byPlanning.get(planning) ?? openDocument(planning, people);
  byPlanning.set(planning, timeline);
  return timeline;
}

function openDocument(planning: Planning, people: Names): DocumentTimeline {
  const zone = knownZone(planning.zone);
  const rules: SlotRules = { people, levels: ladderOf(planning).levels, ring: planning.ring };
  const known = new Map<string, Slot>();
  const chunks: Pieces[] = [];
  const slot = (moment: Moment, more = known): Slot => kept(slotOf(moment, rules), known, more);
  return {
    planning,
    zone,
    rules,
    changes: fileChanges(planning, zone, people),
    slot,
    pieces: (index) => {
      const pieces =
        chunks[index] ?? piecesOf(chunkSpan(index), (within) => stretchesOf(planning, zone, people, within), slot);
      chunks[index] = pieces;
      return pieces;
    },
  };
}

function piecesOf(within: Span, expand: (within: Span) => Stretch[], slot: (moment: Moment) => Slot): Pieces {
  const stretches = expand(within);
  const starts = boundsOf(stretches, within);
  const held = spread(starts, stretches);
  return { starts, stretches: held, slots: held.map((on) => slot({ stretches: on, laid: [] })) };
}

/** Every instant within the span at which something begins or ends, its start first. */
export function boundsOf(spans: readonly Span[], within: Span, more: readonly Instant[] = []): Instant[] {
  const all = new Set([within.from, ...more]);
  for (const { from, until } of spans)
    for (const bound of [from, until]) if (bound > within.from && bound < within.until) all.add(bound);
  return [...all].sort((a, b) => a - b);
}

/** For each bound, the spans that hold from there to the next bound, in their given order. */
export function spread<T extends Span>(bounds: readonly Instant[], spans: readonly T[]): T[][] {
  const cells: T[][] = bounds.map(() => []);
  for (const span of spans) {
    const first = span.from <= nth(bounds, 0) ? 0 : lastAtOrBefore(bounds, span.from);
    for (let index = first; index < bounds.length && nth(bounds, index) < span.until; index++)
      nth(cells, index).push(span);
  }
  return cells;
}

/** The index of the last start that is not later. */
export function lastAtOrBefore(starts: readonly Instant[], at: Instant): number {
  let low = 0;
  for (let high = starts.length; high - low > 1; ) {
    const middle = (low + high) >> 1;
    if (nth(starts, middle) <= at) low = middle;
    else high = middle;
  }
  return low;
}

function kept(slot: Slot, known: ReadonlyMap<string, Slot>, more: Map<string, Slot>): Slot {
  const people = slot.people.map(({ person, level, ring, priority, because }) =>
    [person, level, ring, priority, because].join('\t'),
  );
  const key = [slot.ringMode, slot.because, ...people].join('\n');
  const ready = known.get(key) ?? more.get(key);
  if (ready) return ready;
  slot.people.forEach(Object.freeze);
  Object.freeze(slot.people);
  more.set(key, Object.freeze(slot));
  return slot;
}
