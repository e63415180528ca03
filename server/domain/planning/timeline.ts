// One planning as a line of slots: its own rules, and over them whatever was changed by date. A question is a binary search.

import type { Instant } from '../../base/clock.ts';
import { lastOf, nth } from '../../base/nth.ts';
import { CALENDAR, frenchTime } from './calendar.ts';
import { type Change, emptyOverlay, type Handover, type Overlay, type Part, partsOf } from './changes.ts';
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
import type { Planning, PlanningSet } from './schema.ts';
import type { Slot } from './slot.ts';
import { meets, type Span } from './spans.ts';
import type { Laid } from './stand-in.ts';
import { turnOf } from './stretch.ts';
import type { Zone } from './zone.ts';

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
  const laid = byChunk(document, [...document.changes, ...changes]);
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
  for (const part of changes.flatMap((change) => partsOf(change, document.planning.id))) {
    const over = overOf(document, part);
    if (!(over.from < over.until)) continue;
    for (let index = chunkIndex(over.from); index <= chunkIndex(over.until - 1); index++) {
      const cell = found.get(index);
      if (cell) cell.push(over);
      else found.set(index, [over]);
    }
  }
  return found;
}

function overOf({ planning, zone }: DocumentTimeline, change: Part): Over {
  const lies = change.kind === 'handover' ? whereItLies(planning, zone, change) : change;
  const from = Math.max(lies.from, CALENDAR.from);
  const until = Math.min(lies.until, CALENDAR.until);
  const end = () => `jusqu'au ${frenchTime(zone.wall(until))}`;
  return { from, until, change, level: levelOf(planning, change), end };
}

/** A duty that was swapped stays with its turn, wherever that lies now. */
function whereItLies(planning: Planning, zone: Zone, change: Handover): Span {
  const rotation = planning.rotations.find(({ name }) => name === change.rotation);
  const middle = Math.floor((change.from + change.until) / 2);
  const { from, until } = (rotation && turnOf(rotation, change.person, middle, zone)) ?? change;
  return { from, until: Math.min(until, change.ended ?? until) };
}

/** The index of the level that a change touches; -1: none by itself, or every one. */
function levelOf(planning: Planning, change: Part): number {
  const { kind, level } = { level: undefined, ...change };
  if (kind === 'handover' || kind === 'absence') return -1;
  if (level === undefined && (kind === 'replacement' || kind === 'closing')) return -1;
  return levelNamed(planning, level ?? '1') ?? 0;
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
