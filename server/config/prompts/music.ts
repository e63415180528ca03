// The music on hold, composed here so that it is free of rights: 32 s of calm arpeggio, 8 kHz mono, the same bytes each time.
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../base/files.ts';
import { writeWav } from '../../base/wav.ts';

const rate = 8000;
const noteSeconds = 0.5;
/** Semitones above A3: four bars of eight notes, each bar a chord gone up and down. */
const bars = [
  [0, 7, 12, 15, 19, 15, 12, 7],
  [-4, 3, 8, 12, 15, 12, 8, 3],
  [3, 10, 15, 19, 22, 19, 15, 10],
  [-2, 5, 10, 14, 17, 14, 10, 5],
];
const notes = [...bars, ...bars].flat();

const hertz = (semitones: number) => 220 * 2 ** (semitones / 12);

/** One plucked note that rings on for 2 s: three partials under a falling envelope. */
function pluck(into: Float64Array, from: number, pitch: number): void {
  for (let i = 0; i < 2 * rate; i++) {
    const t = i / rate;
    const level = Math.min(1, t / 0.02) * Math.exp(-2.2 * t);
    const wave = [1, 0.35, 0.12].reduce((sum, part, k) => sum + part * Math.sin(2 * Math.PI * pitch * (k + 1) * t), 0);
    // What rings past the end comes back at the beginning, so that the loop has no seam.
    const at = (from + i) % into.length;
    into[at] = (into[at] ?? 0) + level * wave;
  }
}

/** The samples, peak at a quarter of full scale: under a voice, over a silence. */
export function music(): Int16Array {
  const sum = new Float64Array(notes.length * noteSeconds * rate);
  notes.forEach((note, i) => {
    pluck(sum, i * noteSeconds * rate, hertz(note));
  });
  const peak = sum.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return Int16Array.from(sum, (x) => Math.round((x / peak) * 8192));
}

/** Puts the music into `dir` where no WAV stands there yet: an admin's own music is left alone. */
export async function ensureMusic(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const own = (await readdir(dir)).some((name) => /\.(wav|sln|alaw|ulaw|gsm)$/.test(name));
  if (own) return;
  await replaceFile(join(dir, 'attente.wav'), writeWav(music()));
}
