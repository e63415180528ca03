// What is measured of 20 ms of sound: how loud, how tonal. Knows one frame and the tail of the one before; decides nothing.
import { nth } from '../../base/nth.ts';
import { binHz, spectrum, windowSize } from './fourier.ts';

/** Samples in a frame: 20 ms at 8 kHz. */
export const frameSize = 160;
/** Length of a frame. */
export const frameMs = 20;

/** Linear PCM of one frame: full scale is ±32768 (Int16Array) or ±1 (Float32Array). Anything shorter is filled with silence. */
export type Frame = Int16Array | Float32Array;

export type Measures = {
  /** dB below full scale, −100 for digital silence. */
  level: number;
  /** Share of the power (0..1) that lies in the strongest peak, and in the two strongest together. */
  single: number;
  dual: number;
  /** Frequency of the two peaks in Hz, the stronger first. */
  hz: number;
  otherHz: number;
  /** Share of the power within 125 Hz of the strongest peak, and its middle in Hz: two tones that beat are one cluster. */
  cluster: number;
  clusterHz: number;
};

/** Below this nobody speaks and no tone is sent on a telephone line: not worth a spectrum. */
const tooSoft = -58;
const quiet: Omit<Measures, 'level'> = { single: 0, dual: 0, hz: 0, otherHz: 0, cluster: 0, clusterHz: 0 };

/** Measures frames in order: each spectrum reaches 12 ms back into the frame before. */
export function measurer(): (frame: Frame) => Measures {
  const window = new Float32Array(windowSize);
  return (frame) => {
    window.copyWithin(0, frameSize);
    const scale = scaleOf(frame);
    for (let i = 0; i < frameSize; i++) window[windowSize - frameSize + i] = (frame[i] ?? 0) * scale;
    const level = levelOf(frame);
    return level < tooSoft ? { level, ...quiet } : { level, ...tonality(spectrum(window)) };
  };
}

/** Level of a frame in dB below full scale; −100 for digital silence. */
export function levelOf(frame: Frame): number {
  const scale = scaleOf(frame);
  let power = 0;
  for (const sample of frame) power += (sample * scale) ** 2;
  return 10 * Math.log10(power / frameSize + 1e-10);
}

const scaleOf = (frame: Frame): number => (frame instanceof Int16Array ? 1 / 32768 : 1);

/** The telephone band, in bins: about 90 Hz to 3.6 kHz. */
const band = { from: 3, to: 115 };
/** A peak of a Hann window is four bins wide; a second peak must stand clear of it. */
const apart = 3;
/** A second peak 11 dB below the first is not half of a dual tone (they are sent within 6 dB of each other, ITU-T Q.23, E.182). */
const fainter = 0.08;

function tonality(power: Float64Array): Omit<Measures, 'level'> {
  let total = 1e-12;
  for (let k = band.from; k <= band.to; k++) total += nth(power, k);
  const first = peak(power, -10);
  const second = peak(power, first.bin);
  return {
    single: first.power / total,
    dual: second.power > first.power * fainter ? (first.power + second.power) / total : 0,
    hz: first.hz,
    otherHz: second.hz,
    ...cluster(power, first.bin, total),
  };
}

function cluster(power: Float64Array, bin: number, total: number): { cluster: number; clusterHz: number } {
  let sum = 1e-12;
  let moment = 0;
  for (let k = Math.max(band.from, bin - 4); k <= Math.min(band.to, bin + 4); k++) {
    sum += nth(power, k);
    moment += k * nth(power, k);
  }
  return { cluster: sum / total, clusterHz: (moment / sum) * binHz };
}

function peak(power: Float64Array, clearOf: number): { bin: number; power: number; hz: number } {
  let bin = band.from + 1;
  let most = -1;
  for (let k = band.from + 1; k < band.to; k++) {
    if (Math.abs(k - clearOf) > apart && nth(power, k) > most) {
      most = nth(power, k);
      bin = k;
    }
  }
  let sum = 0;
  for (let k = Math.max(band.from, bin - 2); k <= Math.min(band.to, bin + 2); k++) sum += nth(power, k);
  return { bin, power: sum, hz: (bin + lean(power, bin)) * binHz };
}

/** Where between the bins the peak lies (parabola through three amplitudes), −½..½. */
function lean(power: Float64Array, bin: number): number {
  const amplitude = (at: number) => Math.sqrt(power[at] ?? 0);
  const [left, middle, right] = [amplitude(bin - 1), amplitude(bin), amplitude(bin + 1)];
  const bend = left - 2 * middle + right;
  return bend ? (0.5 * (left - right)) / bend : 0;
}
