// Beeps and call tones: an oscillator, whose frequency and level stand still. Knows measured frames, not what follows from them.
import { nth } from '../../base/nth.ts';
import type { Measures } from './frame.ts';
import type { Stretch } from './speech.ts';
import type { Tuning } from './tuning.ts';

/** A tone that lasts: its frames, and its frequency in Hz (the lower one of two; the middle of two that beat). */
export type Tone = Stretch & { hz: number };

/** A tone further away than this is another one. */
export const sameHz = 30;

/** The tone that the last frames are, as far back as it takes to believe it. */
export function toneAtEnd(frames: readonly Measures[], tuning: Tuning): Tone | undefined {
  const to = frames.length - 1;
  const hz = steady(frames.slice(-tuning.toneFrames), tuning);
  if (hz !== undefined) return { from: to + 1 - tuning.toneFrames, to, hz };
  const middle = beating(frames.slice(-tuning.beatFrames), tuning);
  return middle === undefined ? undefined : { from: to + 1 - tuning.beatFrames, to, hz: middle };
}

function steady(last: readonly Measures[], tuning: Tuning): number | undefined {
  if (last.length < tuning.toneFrames || !last.every((frame) => tonal(frame, tuning))) return undefined;
  const hz = last.map(lower);
  if (spread(last.map((frame) => frame.level)) > tuning.toneWanderDb || spread(hz) > tuning.toneWanderHz)
    return undefined;
  return mean(hz) >= tuning.toneLowest ? mean(hz) : undefined;
}

const tonal = (frame: Measures, { toneLevel, toneShare }: Tuning): boolean =>
  frame.level > toneLevel && (frame.single > toneShare || frame.dual > toneShare);

const lower = (frame: Measures): number =>
  frame.dual > frame.single + 0.05 ? Math.min(frame.hz, frame.otherHz) : frame.hz;

/** Frames in which two tones 40–50 Hz apart come back to the same phase: 100 ms. */
const beat = 5;

/** Two tones too close for the spectrum: their sum swells and fades 40 times a second, but not over whole beats. */
function beating(last: readonly Measures[], tuning: Tuning): number | undefined {
  if (last.length < tuning.beatFrames || (last.at(-1)?.cluster ?? 0) < 0.5) return undefined;
  const power = last.map((frame) => 10 ** (frame.level / 10));
  const weighted = (values: number[]) => smooth(values.map((value, at) => value * nth(power, at)));
  const smoothed = smooth(power);
  const share = weighted(last.map((frame) => frame.cluster)).map((sum, at) => sum / nth(smoothed, at));
  if (!share.every((part) => part > tuning.toneShare)) return undefined;
  const hz = weighted(last.map((frame) => frame.clusterHz)).map((sum, at) => sum / nth(smoothed, at));
  const levels = smoothed.map((sum) => 10 * Math.log10(sum / beat));
  if (spread(levels) > tuning.toneWanderDb || spread(hz) > 2 * tuning.toneWanderHz) return undefined;
  return mean(hz) >= tuning.toneLowest && Math.min(...levels) > tuning.toneLevel ? mean(hz) : undefined;
}

/** Sums over each whole beat. */
const smooth = (values: number[]): number[] =>
  values.slice(beat - 1).map((_, at) => values.slice(at, at + beat).reduce((sum, value) => sum + value, 0));

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standard deviation. */
function spread(values: number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

/** The three rising tones before a network's announcement (ITU-T E.180 §7: 950, 1400 and 1800 Hz, each ±50 Hz; in North America 914 to 985, 1371 to 1429, 1777). */
const rising = [
  [880, 1020],
  [1340, 1460],
  [1740, 1860],
] as const;

/** Whether a network announced that it speaks itself ("le numéro que vous avez demandé…"). */
export const announced = (tones: readonly Tone[]): boolean =>
  tones.some((_, at) => rising.every(([low, high], step) => between(tones[at + step]?.hz ?? 0, low, high)));

const between = (value: number, low: number, high: number): boolean => value >= low && value <= high;
