// Sounds made for the tests: tones, noise, a synthetic talker, espeak-ng where it is. 8 kHz, always the same at each run.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEspeak } from '../../../server/config/prompts/speaker.ts';

/** Linear samples, full scale ±1. */
export type Sound = Float32Array;

const rate = 8000;
const amplitude = (db: number): number => 10 ** (db / 20);
const make = (ms: number, sample: (i: number) => number): Sound =>
  Float32Array.from({ length: Math.round((ms * rate) / 1000) }, (_, i) => sample(i));

/** Numbers in −1..1 that look random (a linear congruence, Knuth's constants). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

export const silence = (ms: number): Sound => new Float32Array(Math.round((ms * rate) / 1000));
export const after = (...sounds: Sound[]): Sound => Float32Array.from(sounds.flatMap((sound) => [...sound]));
export const tone = (hz: number | number[], ms: number, db = -20): Sound => {
  const all = [hz].flat();
  return make(ms, (i) => all.reduce((sum, f) => sum + Math.sin((2 * Math.PI * f * i) / rate), 0) * amplitude(db));
};
export const repeated = (times: number, ...sounds: Sound[]): Sound => after(...Array(times).fill(sounds).flat());
export const louder = (sound: Sound, db: number): Sound => sound.map((sample) => sample * amplitude(db));
export const over = (a: Sound, b: Sound): Sound =>
  Float32Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0));
export const noise = (ms: number, db: number, seed = 1): Sound => {
  const next = numbers(seed);
  return make(ms, () => next() * amplitude(db) * Math.sqrt(3));
};

/**
 * Somebody talks for `ms`: syllables of 120–260 ms, a gliding pitch with harmonics under two formants, short stops
 * between. No language, but the rhythm, the harmonics and the unsteadiness of one.
 */
export function voice(ms: number, { pitch = 120, db = -18, seed = 7 } = {}): Sound {
  const next = numbers(seed);
  const sounds: Sound[] = [];
  for (let left = ms; left > 0; ) {
    const length = Math.min(left, 190 + 70 * next());
    const stop = left - length > 100 ? 40 + 20 * next() : 0;
    sounds.push(
      syllable(length, pitch * (1 + 0.15 * next()), [500 + 250 * next(), 1500 + 600 * next()], db + 3 * next()),
    );
    sounds.push(silence(stop));
    left -= length + stop;
  }
  return after(...sounds);
}

function syllable(ms: number, pitch: number, formants: number[], db: number): Sound {
  const length = (ms * rate) / 1000;
  const harmonics = Array.from({ length: Math.floor(3400 / pitch) }, (_, k) => k + 1);
  const weight = (hz: number) =>
    formants.reduce((sum, f, n) => sum + Math.exp(-(((hz - f) / 180) ** 2)) / (n + 1), 0.02);
  const weights = harmonics.map((k) => weight(k * pitch));
  const size = Math.sqrt(weights.reduce((sum, w) => sum + (w * w) / 2, 0));
  let phase = 0;
  return make(ms, (i) => {
    phase += (2 * Math.PI * pitch * (1 + 0.08 * Math.sin((Math.PI * i) / length))) / rate;
    const wave = harmonics.reduce((sum, k, n) => sum + (weights[n] as number) * Math.sin(k * phase), 0);
    return (wave / size) * amplitude(db) * Math.sin((Math.PI * i) / length) ** 0.5;
  });
}

/** espeak-ng's own voice at 8 kHz, or nothing where it is not installed. */
export function spoken(text: string, { voice: name = 'fr', db = -18 } = {}): Sound | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-voice-'));
  const out = join(folder, 'spoken.wav');
  const checkout = `${process.cwd()}/`;
  try {
    execFileSync(findEspeak(process.env, checkout), ['-v', name, '-s', '150', '-w', out, '--', text]);
    return levelled(resampled(readFileSync(out)), db);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** espeak-ng writes 22 050 Hz: the mean of what lies about each sample is filter enough for a test. */
function resampled(wav: Buffer): Sound {
  const from = wav.readUInt32LE(24);
  const count = (wav.length - 44) >> 1;
  const step = from / rate;
  return Float32Array.from({ length: Math.floor(count / step) - 1 }, (_, i) => {
    const [start, end] = [Math.floor(i * step), Math.floor((i + 1) * step)];
    let sum = 0;
    for (let at = start; at < end; at++) sum += wav.readInt16LE(44 + 2 * at) / 32768;
    return sum / (end - start);
  });
}

/** Brought to an active level: the quietest fifth of frames is not counted. */
function levelled(sound: Sound, db: number): Sound {
  const powers = Array.from({ length: Math.floor(sound.length / 160) }, (_, frame) =>
    sound.subarray(frame * 160, frame * 160 + 160).reduce((sum, sample) => sum + sample * sample, 0),
  ).sort((a, b) => a - b);
  const active = powers.slice(Math.floor(powers.length / 5));
  const mean = active.reduce((sum, power) => sum + power, 0) / active.length / 160;
  return louder(sound, db - 10 * Math.log10(mean));
}

/** 16-bit samples. */
export const pcm = (sound: Sound): Int16Array =>
  Int16Array.from(sound, (sample) => Math.max(-32768, Math.min(32767, Math.round(sample * 32767))));

/** A-law octets by search of the nearest decoded value: slow, and independent of any encoder. */
export function encoded(samples: Int16Array, decode: (octets: Uint8Array) => Int16Array): Uint8Array {
  const table = decode(Uint8Array.from({ length: 256 }, (_, octet) => octet));
  const octets = [...table.keys()].sort((a, b) => (table[a] as number) - (table[b] as number));
  return Uint8Array.from(samples, (sample) => {
    let [low, high] = [0, 255];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((table[octets[middle] as number] as number) <= sample) low = middle;
      else high = middle;
    }
    return octets[low] as number;
  });
}

/** A WAV file of one coding. */
export function wav(body: Uint8Array, { tag = 1, bits = 16, hz = rate, channels = 1 } = {}): Uint8Array {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + body.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(tag, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(hz, 24);
  head.writeUInt32LE((hz * channels * bits) / 8, 28);
  head.writeUInt16LE((channels * bits) / 8, 32);
  head.writeUInt16LE(bits, 34);
  head.write('data', 36);
  head.writeUInt32LE(body.length, 40);
  return Buffer.concat([head, body]);
}

export const octets = (samples: Int16Array): Uint8Array =>
  new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
