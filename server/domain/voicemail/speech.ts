// Where somebody speaks in what was heard. Knows levels; the threshold is found anew each time, so the past may be seen otherwise.
import { nth } from '../../base/nth.ts';
import { frameMs } from './frame.ts';
import type { Tuning } from './tuning.ts';

/** A frame as speech is sought in it: a tone's or our own echo's frames are not somebody speaking. */
export type Sound = { level: number; ignored: boolean };
/** Frames `from` to `to`, both included. */
export type Stretch = { from: number; to: number };

/** Stretches of speech, in order. */
export function speechIn(sounds: readonly Sound[], tuning: Tuning): Stretch[] {
  const threshold = thresholdOf(sounds, tuning);
  if (threshold === undefined) return [];
  const stretches: Stretch[] = [];
  for (let at = 0; at < sounds.length; at++) {
    const { level, ignored } = nth(sounds, at);
    if (ignored || level < threshold) continue;
    const last = stretches.at(-1);
    if (last && (at - last.to) * frameMs <= tuning.bridgeMs) last.to = at;
    else stretches.push({ from: at, to: at });
  }
  return stretches.filter((stretch) => lengthMs(stretch) >= tuning.shortestMs);
}

export const lengthMs = ({ from, to }: Stretch): number => (to - from + 1) * frameMs;

function thresholdOf(sounds: readonly Sound[], tuning: Tuning): number | undefined {
  const top = rank(levelsOf(sounds, 0), (count) => count - tuning.topFrames);
  if (top < tuning.spokenLevel) return undefined;
  const between = Math.min(Math.max(valley(levelsOf(sounds, 0)), top - tuning.belowTop), top - tuning.belowTopLeast);
  return Math.max(aboveTheLine(sounds, tuning), between, tuning.softest);
}

/** Noise that stands still needs a small margin only; what swings (cars, music, other people's talk) a wide one. */
function aboveTheLine(sounds: readonly Sound[], tuning: Tuning): number {
  const recent = levelsOf(sounds, sounds.length - tuning.recentMs / frameMs);
  const floor = rank(recent, (count) => count * 0.1);
  const swing = rank(recent, (count) => count * 0.5) - floor;
  return floor + Math.min(tuning.aboveFloor, tuning.aboveSteady + tuning.perSwing * swing);
}

/** The level that best parts loud from soft frames (Otsu 1979): between a speaker and the room that goes on behind. */
function valley(counts: Uint16Array): number {
  let total = 0;
  for (let index = 0; index < 101; index++) total += index * nth(counts, index);
  const all = nth(counts, 101);
  let [below, sumBelow, best, at] = [0, 0, 0, 0];
  for (let index = 0; index < 100; index++) {
    below += nth(counts, index);
    sumBelow += index * nth(counts, index);
    if (below === 0 || below === all) continue;
    const gap = sumBelow / below - (total - sumBelow) / (all - below);
    const parted = below * (all - below) * gap * gap;
    if (parted > best) [best, at] = [parted, index];
  }
  return at + 0.5 - 100;
}

/** How many frames had each level: index 0 is −100 dB, and the last is how many there are in all. */
function levelsOf(sounds: readonly Sound[], from: number): Uint16Array {
  const counts = new Uint16Array(102);
  for (let at = Math.max(0, from); at < sounds.length; at++) {
    const { level, ignored } = nth(sounds, at);
    if (ignored) continue;
    const index = Math.round(level) + 100;
    counts[index] = nth(counts, index) + 1;
    counts[101] = nth(counts, 101) + 1;
  }
  return counts;
}

/** The level that `place(count)` frames lie below, in whole dB. */
function rank(counts: Uint16Array, place: (count: number) => number): number {
  let left = place(nth(counts, 101));
  for (let index = 0; index < 101; index++) {
    left -= nth(counts, index);
    if (left < 0) return index - 100;
  }
  return 0;
}
