// Beeps and call tones: an oscillator, whose frequency and level stand still. Knows measured frames, not what follows from them.
import type { Measures } from './frame.ts';
import type { Tuning } from './tuning.ts';

/** How many of the last frames are one steady tone, as far as it takes to believe it; 0 when they are not. */
export function toneAtEnd(frames: readonly Measures[], tuning: Tuning): number {
  if (steady(frames.slice(-tuning.toneFrames), tuning)) return tuning.toneFrames;
  return beating(frames.slice(-tuning.beatFrames), tuning) ? tuning.beatFrames : 0;
}

function steady(last: readonly Measures[], tuning: Tuning): boolean {
  if (last.length < tuning.toneFrames || !last.every((frame) => tonal(frame, tuning))) return false;
  const hz = last.map(lower);
  return (
    spread(last.map((frame) => frame.level)) <= tuning.toneWanderDb &&
    spread(hz) <= tuning.toneWanderHz &&
    mean(hz) >= tuning.toneLowest
  );
}

const tonal = (frame: Measures, { toneLevel, toneShare }: Tuning): boolean =>
  frame.level > toneLevel && (frame.single > toneShare || frame.dual > toneShare);

const lower = (frame: Measures): number =>
  frame.dual > frame.single + 0.05 ? Math.min(frame.hz, frame.otherHz) : frame.hz;

/** Frames in which two tones 40–50 Hz apart come back to the same phase: 100 ms. */
const beat = 5;

/** Two tones too close for the spectrum: their sum swells and fades 40 times a second, but not over whole beats. */
function beating(last: readonly Measures[], tuning: Tuning): boolean {
  if (last.length < tuning.beatFrames || (last.at(-1)?.cluster ?? 0) < 0.5) return false;
  const power = last.map((frame) => 10 ** (frame.level / 10));
  const weighted = (values: number[]) => smooth(values.map((value, at) => value * (power[at] as number)));
  const smoothed = smooth(power);
  const share = weighted(last.map((frame) => frame.cluster)).map((sum, at) => sum / (smoothed[at] as number));
  if (!share.every((part) => part > tuning.toneShare)) return false;
  const hz = weighted(last.map((frame) => frame.clusterHz)).map((sum, at) => sum / (smoothed[at] as number));
  const levels = smoothed.map((sum) => 10 * Math.log10(sum / beat));
  return (
    spread(levels) <= tuning.toneWanderDb &&
    spread(hz) <= 2 * tuning.toneWanderHz &&
    mean(hz) >= tuning.toneLowest &&
    Math.min(...levels) > tuning.toneLevel
  );
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
