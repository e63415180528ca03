// Speech made fit for a telephone: one channel, 8 kHz, an even level, no long silence at the ends. Pure arithmetic.
import { nth } from '../../base/nth.ts';
import { telephoneRate, type Wav } from '../../base/wav.ts';

/** Peak after levelling, about −3 dBFS: loud enough on a mobile in a workshop, clear of clipping in A-law. */
const peak = 0.708 * 32767;
/** Below −50 dBFS nobody hears anything. */
const hush = 0.00316 * 32767;
const headMs = 30;
const tailMs = 120;
/** Zero crossings of the sinc on each side. With 32 the voice is flat to 3.3 kHz and 70 dB down at 3.9 kHz (from 22.05 kHz). */
const crossings = 32;

/** Any rate and channel count, to what Asterisk plays as it is. */
export const forTelephone = (wav: Wav): Int16Array => levelled(trimmed(resampled(mono(wav), wav.rate)));

/** Silence of this length. */
export const silence = (ms: number): Int16Array => new Int16Array(Math.round((ms * telephoneRate) / 1000));

function mono({ samples, channels }: Wav): Float64Array {
  const out = new Float64Array(samples.length / channels);
  for (let i = 0; i < samples.length; i++) {
    const frame = Math.floor(i / channels);
    out[frame] = (out[frame] ?? 0) + (samples[i] ?? 0) / channels;
  }
  return out;
}

/**
 * To 8 kHz by a polyphase windowed-sinc low-pass (Blackman), cut off at 90 % of the lower of the two Nyquist
 * frequencies: without it, the hiss of « s » and « f » above 4 kHz folds down into the voice.
 */
export function resampled(input: Float64Array, rate: number): Float64Array {
  if (rate === telephoneRate) return input;
  const common = gcd(rate, telephoneRate);
  const [up, down] = [telephoneRate / common, rate / common];
  const phases = kernels.get(rate) ?? kernel(rate, up);
  kernels.set(rate, phases);
  const half = nth(phases, 0).length / 2;
  // Silence on both sides, so that the inner loop, where all the time goes, needs no bounds.
  const padded = new Float64Array(input.length + 2 * half);
  padded.set(input, half);
  const out = new Float64Array(Math.floor((input.length * up) / down));
  for (let n = 0; n < out.length; n++) {
    out[n] = dot(nth(phases, (n * down) % up), padded, Math.floor((n * down) / up) + 1);
  }
  return out;
}

function dot(taps: Float64Array, input: Float64Array, from: number): number {
  let sum = 0;
  for (let k = 0; k < taps.length; k++) sum += nth(taps, k) * nth(input, from + k);
  return sum;
}

/** A speech command has one rate: its taps are computed once. */
const kernels = new Map<number, Float64Array[]>();

/** One row of taps per fractional position of an output sample between two input samples; each row sums to 1. */
function kernel(rate: number, up: number): Float64Array[] {
  const cutoff = (0.9 * Math.min(1, telephoneRate / rate)) / 2;
  const half = Math.ceil(crossings / (2 * cutoff));
  return Array.from({ length: up }, (_, phase) => {
    const row = Float64Array.from({ length: 2 * half }, (_, k) => {
      const x = k - (half - 1) - phase / up;
      return sinc(2 * cutoff * x) * blackman(x / half);
    });
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((tap) => tap / sum);
  });
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const blackman = (x: number): number =>
  Math.abs(x) >= 1 ? 0 : 0.42 + 0.5 * Math.cos(Math.PI * x) + 0.08 * Math.cos(2 * Math.PI * x);

function trimmed(samples: Float64Array): Float64Array {
  const loud = (sample: number) => Math.abs(sample) > hush;
  const first = samples.findIndex(loud);
  if (first < 0) return samples;
  const inSamples = (ms: number) => (ms * telephoneRate) / 1000;
  return samples.slice(Math.max(0, first - inSamples(headMs)), samples.findLastIndex(loud) + 1 + inSamples(tailMs));
}

function levelled(samples: Float64Array): Int16Array {
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const gain = loudest > hush ? peak / loudest : 1;
  return Int16Array.from(samples, (sample) => Math.round(sample * gain));
}
