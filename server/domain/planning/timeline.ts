// One planning as a line of slots, made piece by piece as it is asked for, and remembered. A question is then a binary search.
import type { Instant } from '../../base/clock.ts';
import { CALENDAR, DAY } from './calendar.ts';
import { emptyOverlay, type Overlay } from './overlay.ts';
import type { Planning, PlanningSet } from './schema.ts';
import { type Slot, slotOf } from './slot.ts';
import {
  holidayStretches,
  overlayStretches,
  RANK,
  rotationStretches,
  type Span,
  type Stretch,
  shiftStretches,
} from './stretch.ts';
import { type Zone, zoneOf } from './zone.ts';

/** A slot, and until when nothing about it changes. */
export type Held = { slot: Slot; until: Instant };

/** Who is on, at any instant. */
export type Timeline = (at: Instant) => Held;

/** Slots of a piece of time: `slots[i]` holds from `starts[i]` on; neighbours differ. */
type Chunk = { starts: Instant[]; slots: Slot[]; tail?: Instant };

/** Long enough to need few, short enough that the first question to one takes about a millisecond. */
const CHUNK = 128 * DAY;

const made = new WeakMap<PlanningSet, WeakMap<Overlay, Map<string, Timeline>>>();

/** The line of a planning under an overlay; undefined when there is no such planning. Remembered by identity of set and overlay. */
export function timelineOf(set: PlanningSet, id: string, overlay: Overlay = emptyOverlay): Timeline | undefined {
  const byOverlay = made.get(set) ?? new WeakMap<Overlay, Map<string, Timeline>>();
  made.set(set, byOverlay);
  const byId = byOverlay.get(overlay) ?? new Map<string, Timeline>();
  byOverlay.set(overlay, byId);
  const ready = byId.get(id);
  if (ready) return ready;
  const planning = set.plannings.get(id);
  if (!planning) return undefined;
  const timeline = openTimeline(set, planning, overlay);
  byId.set(id, timeline);
  return timeline;
}

function openTimeline(set: PlanningSet, planning: Planning, overlay: Overlay): Timeline {
  const zone = zoneOf(planning.zone) as Zone;
  const slots = new Map<string, Slot>();
  const chunks: Chunk[] = [];
  const chunkAt = (index: number): Chunk => {
    const ready = chunks[index];
    if (ready) return ready;
    const from = CALENDAR.from + index * CHUNK;
    const chunk = chunkOf(set, planning, zone, overlay, { from, until: from + CHUNK }, slots);
    chunks[index] = chunk;
    return chunk;
  };
  /** When the last slot of a chunk ends: maybe in a later one. */
  const tailOf = (index: number): Instant => {
    const chunk = chunkAt(index);
    chunk.tail ??= tailAfter(index, chunk.slots.at(-1) as Slot);
    return chunk.tail;
  };
  const tailAfter = (index: number, slot: Slot): Instant => {
    const end = CALENDAR.from + (index + 1) * CHUNK;
    if (end >= CALENDAR.until) return CALENDAR.until;
    const next = chunkAt(index + 1);
    if (next.slots[0] !== slot) return end;
    return next.starts[1] ?? tailOf(index + 1);
  };
  return (at) => {
    const index = Math.floor((at - CALENDAR.from) / CHUNK);
    const chunk = chunkAt(index);
    const place = lastAtOrBefore(chunk.starts, at);
    return {
      slot: chunk.slots[place] as Slot,
      until: Math.min(chunk.starts[place + 1] ?? tailOf(index), CALENDAR.until),
    };
  };
}

function lastAtOrBefore(starts: readonly Instant[], at: Instant): number {
  let low = 0;
  for (let high = starts.length; high - low > 1; ) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as Instant) <= at) low = middle;
    else high = middle;
  }
  return low;
}

/** Every stretch that touches the span, in the order of the files, overlay last. */
function stretchesOf(set: PlanningSet, planning: Planning, zone: Zone, overlay: Overlay, within: Span): Stretch[] {
  const { people } = set;
  return [
    ...planning.rotations.flatMap((rotation) => rotationStretches(rotation, zone, people, within)),
    ...holidayStretches(planning, zone, people, within),
    ...shiftStretches(planning, zone, people, within),
    ...overlayStretches(RANK.shift, overlay.shifts, planning.id, zone, people, within),
    ...overlayStretches(RANK.override, overlay.overrides, planning.id, zone, people, within),
  ];
}

function chunkOf(
  set: PlanningSet,
  planning: Planning,
  zone: Zone,
  overlay: Overlay,
  within: Span,
  known: Map<string, Slot>,
): Chunk {
  const inside = (span: Span) => span.from < within.until && span.until > within.from && span.from < span.until;
  const stretches = stretchesOf(set, planning, zone, overlay, within);
  const replacements = overlay.replacements.filter(
    (swap) => inside(swap) && (swap.planning ?? planning.id) === planning.id,
  );
  const absences = overlay.absences.filter(inside);
  const bounds = boundsOf([...stretches, ...replacements, ...absences], within);
  const [on, swaps, away] = [spread(bounds, stretches), spread(bounds, replacements), spread(bounds, absences)];
  const chunk: Chunk = { starts: [], slots: [] };
  for (const [index, start] of bounds.entries()) {
    const moment = { stretches: on[index] ?? [], replacements: swaps[index] ?? [], absences: away[index] ?? [] };
    const slot = kept(slotOf(moment, set.people, planning.ring), known);
    if (chunk.slots.at(-1) === slot) continue;
    chunk.starts.push(start);
    chunk.slots.push(slot);
  }
  return chunk;
}

/** Every instant within the span at which something begins or ends, its start first. */
function boundsOf(spans: readonly Span[], within: Span): Instant[] {
  const all = new Set([within.from]);
  for (const { from, until } of spans)
    for (const bound of [from, until]) if (bound > within.from && bound < within.until) all.add(bound);
  return [...all].sort((a, b) => a - b);
}

/** For each bound, the spans that hold from there to the next bound, in their given order. */
function spread<T extends Span>(bounds: readonly Instant[], spans: readonly T[]): T[][] {
  const cells: T[][] = bounds.map(() => []);
  for (const span of spans) {
    const first = span.from <= (bounds[0] as Instant) ? 0 : lastAtOrBefore(bounds, span.from);
    for (let index = first; index < bounds.length && (bounds[index] as Instant) < span.until; index++)
      (cells[index] as T[]).push(span);
  }
  return cells;
}

/** Equal slots become one frozen object, so that a change is told by identity. */
function kept(slot: Slot, known: Map<string, Slot>): Slot {
  const key = JSON.stringify([
    slot.ringMode,
    slot.because,
    slot.people.map(({ person, priority, because }) => [person, priority, because]),
  ]);
  const ready = known.get(key);
  if (ready) return ready;
  slot.people.forEach(Object.freeze);
  Object.freeze(slot.people);
  known.set(key, Object.freeze(slot));
  return slot;
}
