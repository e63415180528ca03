// A 256-point spectrum of real samples. Knows arithmetic only; nothing of telephones.
import { nth } from '../../base/nth.ts';

/** Samples in one window: 32 ms at 8 kHz, so that one bin is 31.25 Hz wide. */
export const windowSize = 256;
/** Width of a bin at 8 kHz, in Hz. */
export const binHz = 8000 / windowSize;

const indexes = Array.from({ length: windowSize }, (_, index) => index);
const hann = Float64Array.from(indexes, (i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / windowSize));
const cosine = Float64Array.from(indexes, (i) => Math.cos((2 * Math.PI * i) / windowSize));
const sine = Float64Array.from(indexes, (i) => -Math.sin((2 * Math.PI * i) / windowSize));
const reversed = Uint8Array.from(indexes, (i) => {
  let mirror = 0;
  for (let bit = 0; bit < 8; bit++) if ((i >> bit) & 1) mirror |= 128 >> bit;
  return mirror;
});

/**
 * Power of each bin below 4 kHz (128 values) of 256 samples under a Hann window (radix-2, Cooley and Tukey 1965).
 * The unit is the square of the samples' own; only ratios are meant to be used.
 */
export function spectrum(samples: Float32Array): Float64Array {
  const re = new Float64Array(windowSize);
  const im = new Float64Array(windowSize);
  for (let i = 0; i < windowSize; i++) re[nth(reversed, i)] = nth(samples, i) * nth(hann, i);
  for (let size = 2; size <= windowSize; size <<= 1) {
    for (let start = 0; start < windowSize; start += size) butterflies(re, im, start, size);
  }
  return Float64Array.from({ length: windowSize / 2 }, (_, k) => nth(re, k) ** 2 + nth(im, k) ** 2);
}

function butterflies(re: Float64Array, im: Float64Array, start: number, size: number): void {
  const half = size >> 1;
  const stride = windowSize / size;
  for (let k = 0; k < half; k++) {
    const a = start + k;
    const b = a + half;
    const c = nth(cosine, k * stride);
    const s = nth(sine, k * stride);
    const x = nth(re, b) * c - nth(im, b) * s;
    const y = nth(re, b) * s + nth(im, b) * c;
    re[b] = nth(re, a) - x;
    im[b] = nth(im, a) - y;
    re[a] = nth(re, a) + x;
    im[a] = nth(im, a) + y;
  }
}
