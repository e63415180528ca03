// Finds a known piece of sound inside what was heard, by normalised cross-correlation. Pure.
// Coarse at 2 kHz through an FFT, then once more at 8 kHz around the best place: the score there decides.
import { rate, sounds } from './audio.ts';

const coarse = 4;

type Spectrum = { re: Float64Array; im: Float64Array };
/** A prompt made ready for searching. `at`: where the piece stands in the prompt, in samples. `spectra`: of `small`, by the size of the transform. */
export type Piece = { samples: Int16Array; small: Float64Array; at: number; spectra: Map<number, Spectrum> };
/** `at`: where the piece begins in the searched sound, in samples; `score`: 1 is the very same sound. */
export type Match = { at: number; score: number };

/** Through A-law a prompt scores above 0.98, and another prompt of the same voice below 0.5: the bar stands between. */
export const same = 0.8;

/**
 * The part of a prompt that tells it from the others: up to `seconds` of it, after what it has in common with any of them.
 */
export function distinctivePiece(prompt: Int16Array, others: Iterable<Int16Array> = [], seconds = 0.8): Piece {
  const spoken = sounds(prompt);
  const begin = spoken[0]?.from ?? 0;
  const end = spoken.at(-1)?.until ?? prompt.length;
  // The very first and last frames are not counted on: a line that has just been joined may miss them.
  const margin = Math.floor(Math.min(rate / 4, (end - begin) * 0.15));
  const wanted = Math.min(end - begin - 2 * margin, seconds * rate);
  let shared = begin + margin;
  for (const other of others) shared = Math.max(shared, Math.min(commonStart(prompt, other), end));
  const at = Math.max(begin + margin, Math.min(shared, end - margin - wanted));
  const samples = prompt.slice(at, at + wanted);
  return { samples, small: decimate(samples), at, spectra: new Map() };
}

/** Samples two prompts have in common from their beginning; the very same prompt counts as nothing in common. */
function commonStart(one: Int16Array, other: Int16Array): number {
  const length = Math.min(one.length, other.length);
  let i = 0;
  while (i < length && one[i] === other[i]) i++;
  return i === one.length && i === other.length ? 0 : i;
}

/** The best place of the piece in the sound; score 0 when the sound is shorter than the piece. */
export function bestMatch(sound: Int16Array, piece: Piece): Match {
  if (sound.length < piece.samples.length || piece.small.length === 0) return { at: 0, score: 0 };
  const scores = correlate(decimate(sound), piece);
  let near = 0;
  for (let i = 1; i < scores.length; i++) if ((scores[i] ?? 0) > (scores[near] ?? 0)) near = i;
  return refine(sound, piece.samples, near * coarse);
}

function refine(sound: Int16Array, piece: Int16Array, near: number): Match {
  let best: Match = { at: near, score: 0 };
  const last = Math.min(near + coarse, sound.length - piece.length);
  for (let at = Math.max(0, near - coarse); at <= last; at++) {
    const score = similarity(sound, at, piece);
    if (score > best.score) best = { at, score };
  }
  return best;
}

function similarity(sound: Int16Array, at: number, piece: Int16Array): number {
  let [product, one, two] = [0, 0, 0];
  for (let i = 0; i < piece.length; i++) {
    const a = sound[at + i] ?? 0;
    const b = piece[i] ?? 0;
    product += a * b;
    one += a * a;
    two += b * b;
  }
  return one && two ? product / Math.sqrt(one * two) : 0;
}

function decimate(samples: Int16Array): Float64Array {
  const out = new Float64Array(Math.floor(samples.length / coarse));
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let k = 0; k < coarse; k++) sum += samples[i * coarse + k] ?? 0;
    out[i] = sum / coarse;
  }
  return out;
}

/** Normalised correlation of `piece` with `sound` at each lag. */
function correlate(sound: Float64Array, { small: piece, spectra }: Piece): Float64Array {
  const size = 2 ** Math.ceil(Math.log2(sound.length + piece.length));
  const a = spectrum(sound, size);
  const b = spectra.get(size) ?? spectrum(piece, size);
  spectra.set(size, b);
  for (let i = 0; i < size; i++) {
    const [ar, ai, br, bi] = [a.re[i] ?? 0, a.im[i] ?? 0, b.re[i] ?? 0, b.im[i] ?? 0];
    // The conjugate of a·b*, so that a forward transform does the work of the inverse one.
    a.re[i] = ar * br + ai * bi;
    a.im[i] = -(ai * br - ar * bi);
  }
  transform(a.re, a.im);
  const energies = runningEnergy(sound, piece.length);
  const own = piece.reduce((sum, x) => sum + x * x, 0);
  // Near-silence correlates with anything: such places are left out.
  const floor = own * 1e-4;
  return energies.map((energy, lag) => (energy > floor ? (a.re[lag] ?? 0) / size / Math.sqrt(energy * own) : 0));
}

function runningEnergy(sound: Float64Array, length: number): Float64Array {
  const out = new Float64Array(sound.length - length + 1);
  let sum = 0;
  for (let i = 0; i < sound.length; i++) {
    sum += (sound[i] ?? 0) ** 2 - (i >= length ? (sound[i - length] ?? 0) ** 2 : 0);
    if (i >= length - 1) out[i - length + 1] = sum;
  }
  return out;
}

function spectrum(samples: Float64Array, size: number): Spectrum {
  const re = new Float64Array(size);
  re.set(samples);
  const im = new Float64Array(size);
  transform(re, im);
  return { re, im };
}

const circles = new Map<number, Spectrum>();

/** The first half of the n-th roots of one, clockwise. */
function unitCircle(n: number): Spectrum {
  const known = circles.get(n);
  if (known) return known;
  const angle = (k: number) => (-2 * Math.PI * k) / n;
  const half = Array.from({ length: n / 2 }, (_, k) => angle(k));
  const circle = { re: Float64Array.from(half, Math.cos), im: Float64Array.from(half, Math.sin) };
  circles.set(n, circle);
  return circle;
}

/** Fourier transform in place; the length is a power of two. */
function transform(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  const { re: cosines, im: sines } = unitCircle(n);
  reorder(re, im);
  for (let half = 1; half < n; half *= 2) {
    const step = n / (2 * half);
    for (let k = 0; k < half; k++) {
      const wr = cosines[k * step] ?? 0;
      const wi = sines[k * step] ?? 0;
      for (let i = k; i < n; i += 2 * half) {
        const xr = re[i + half] ?? 0;
        const xi = im[i + half] ?? 0;
        const tr = wr * xr - wi * xi;
        const ti = wr * xi + wi * xr;
        const ur = re[i] ?? 0;
        const ui = im[i] ?? 0;
        re[i] = ur + tr;
        im[i] = ui + ti;
        re[i + half] = ur - tr;
        im[i + half] = ui - ti;
      }
    }
  }
}

function reorder(re: Float64Array, im: Float64Array): void {
  for (let i = 1, j = 0; i < re.length; i++) {
    let bit = re.length >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j |= bit;
    if (i >= j) continue;
    [re[i], re[j]] = [re[j] ?? 0, re[i] ?? 0];
    [im[i], im[j]] = [im[j] ?? 0, im[i] ?? 0];
  }
}
