// One planning as a line of slots: its own rules, and over them whatever was changed by date. A question is a binary search.

import type { Instant } from '../../base/clock.ts';
import { lastOf, nth } from '../../base/nth.ts';
import { CALENDAR, frenchTime } from './calendar.ts';
import { type Change, concerns, emptyOverlay, type Overlay } from './changes.ts';
import {
  boundsOf,
  chunkIndex,
  chunkSpan,
  type DocumentTimeline,
  documentTimeline,
  lastAtOrBefore,
  spread,
} from './document-timeline.ts';
import { levelNamed } from './levels.ts';
import type { PlanningSet } from './schema.ts';
import type { Laid, Slot } from './slot.ts';
import { meets, type Span } from './spans.ts';

/** A slot, and until when nothing about it changes. */
export type Held = { slot: Slot; until: Instant };

/** Who is on, at any instant. */
export type Timeline = (at: Instant) => Held;

/** Slots of a piece of time: `slots[i]` holds from `starts[i]` on; neighbours differ. */
type Chunk = { starts: Instant[]; slots: Slot[] };

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
  const timeline = openTimeline(documentTimeline(planning, set.people), overlay.changes);
  byId.set(id, timeline);
  return timeline;
}

function openTimeline(document: DocumentTimeline, changes: readonly Change[]): Timeline {
  const laid = byChunk(document, changes);
  const chunks: Chunk[] = [];
  const tails: Instant[] = [];
  /** Slots that only these changes make: gone with them. */
  const known = new Map<string, Slot>();
  const chunkAt = (index: number): Chunk => {
    const chunk = chunks[index] ?? chunkOf(document, index, laid.get(index) ?? [], known);
    chunks[index] = chunk;
    return chunk;
  };
  /** When the last slot of a chunk ends: maybe in a later one. */
  const tailOf = (index: number): Instant => {
    const tail = tails[index] ?? tailAfter(index, lastOf(chunkAt(index).slots));
    tails[index] = tail;
    return tail;
  };
  const tailAfter = (index: number, slot: Slot): Instant => {
    for (let next = index + 1; ; next++) {
      const { from } = chunkSpan(next);
      if (from >= CALENDAR.until) return CALENDAR.until;
      const { starts, slots } = chunkAt(next);
      if (slots[0] !== slot) return from;
      if (starts[1] !== undefined) return starts[1];
    }
  };
  return (at) => {
    const index = chunkIndex(at);
    const { starts, slots } = chunkAt(index);
    const place = lastAtOrBefore(starts, at);
    return {
      slot: nth(slots, place),
      until: Math.min(starts[place + 1] ?? tailOf(index), CALENDAR.until),
    };
  };
}

/** A change as it lies over this planning. */
type Over = Span & Laid;

/** The changes that concern a planning, by the chunks that they touch, each in the order in which they were made. */
function byChunk(document: DocumentTimeline, changes: readonly Change[]): Map<number, Over[]> {
  const found = new Map<number, Over[]>();
  for (const change of changes) {
    if (!concerns(change, document.planning.id)) continue;
    const over = overOf(document, change);
    if (!(over.from < over.until)) continue;
    for (let index = chunkIndex(over.from); index <= chunkIndex(over.until - 1); index++) {
      const cell = found.get(index);
      if (cell) cell.push(over);
      else found.set(index, [over]);
    }
  }
  return found;
}

function overOf({ planning, zone }: DocumentTimeline, change: Change): Over {
  const from = Math.max(change.from, CALENDAR.from);
  const until = Math.min(change.until, CALENDAR.until);
  const ofPeople = change.kind === 'replacement' || change.kind === 'absence';
  const level = ofPeople ? -1 : (levelNamed(planning, change.level ?? '1') ?? 0);
  return { from, until, change, level, end: () => `jusqu'au ${frenchTime(zone.wall(until))}` };
}

function chunkOf(document: DocumentTimeline, index: number, laid: readonly Over[], known: Map<string, Slot>): Chunk {
  const pieces = document.pieces(index);
  const within = chunkSpan(index);
  const over = laid.filter((one) => meets(one, within));
  if (over.length === 0) return joined(pieces.starts, pieces.slots);
  const bounds = boundsOf(over, within, pieces.starts);
  const held = spread(bounds, over);
  const slots = bounds.map((start, place) => {
    const under = lastAtOrBefore(pieces.starts, start);
    const on = held[place] ?? [];
    if (on.length === 0) return nth(pieces.slots, under);
    return document.slot({ stretches: pieces.stretches[under] ?? [], laid: on }, known);
  });
  return joined(bounds, slots);
}

/** Neighbours that are the same slot become one. */
function joined(bounds: readonly Instant[], all: readonly Slot[]): Chunk {
  const chunk: Chunk = { starts: [], slots: [] };
  for (const [index, slot] of all.entries()) {
    if (chunk.slots.at(-1) === slot) continue;
    chunk.starts.push(nth(bounds, index));
    chunk.slots.push(slot);
  }
  return chunk;
}
