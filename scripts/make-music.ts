// make-music.ts FILE: composes the music on hold: 32 s of calm arpeggio, 8 kHz mono, the same bytes each time. Ours, so free of rights.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

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

function wav(samples: Int16Array): Buffer {
  const file = Buffer.alloc(44 + samples.length * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + samples.length * 2, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  [16, 1 | (1 << 16), rate, rate * 2, 2 | (16 << 16)].forEach((word, i) => {
    file.writeUInt32LE(word, 16 + i * 4);
  });
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, i) => {
    file.writeInt16LE(sample, 44 + i * 2);
  });
  return file;
}

const [, script, target] = process.argv;
if (script && import.meta.filename.replace(/\.[jt]s$/, '') === script.replace(/\.[jt]s$/, '')) {
  if (!target) {
    process.stderr.write('make-music: say where to: npx tsx scripts/make-music.ts FILE.wav\n');
    process.exit(2);
  }
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, wav(music()));
}
