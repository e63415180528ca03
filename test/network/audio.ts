// Sound as numbers: 8 kHz, mono, signed 16 bits. Pure: knows no file, no socket, no clock.

/** Samples per second of everything that goes over the telephone. */
export const rate = 8000;

/** Reads 16-bit PCM WAV of any rate and makes it mono at 8 kHz. @throws when it is another kind of file. */
export function readWav(file: Buffer): Int16Array {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE')
    throw new Error('not a WAV file');
  let channels = 1;
  let hertz = rate;
  for (let at = 12; at + 8 <= file.length; ) {
    const name = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    if (name === 'fmt ') {
      if (file.readUInt16LE(at + 8) !== 1 || file.readUInt16LE(at + 22) !== 16) throw new Error('not 16-bit PCM');
      channels = file.readUInt16LE(at + 10);
      hertz = file.readUInt32LE(at + 12);
    }
    if (name === 'data') return resample(firstChannel(file.subarray(at + 8, at + 8 + size), channels), hertz);
    at += 8 + size + (size % 2);
  }
  throw new Error('no sound in this WAV file');
}

function firstChannel(bytes: Buffer, channels: number): Int16Array {
  const samples = new Int16Array(Math.floor(bytes.length / (2 * channels)));
  for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(2 * channels * i);
  return samples;
}

/** A WAV file of 8 kHz mono samples. */
export function writeWav(samples: Int16Array): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length * 2, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length * 2, 40);
  return Buffer.concat([header, bytesOf(samples)]);
}

/** Little-endian bytes, as telephones' links carry them. */
export function bytesOf(samples: Int16Array): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  for (let i = 0; i < samples.length; i++) bytes.writeInt16LE(samples[i] ?? 0, i * 2);
  return bytes;
}

/** To 8 kHz: each new sample is the mean of the old ones it covers, which also keeps most aliasing out. */
export function resample(samples: Int16Array, from: number): Int16Array {
  if (from === rate) return samples;
  const step = from / rate;
  const out = new Int16Array(Math.floor(samples.length / step));
  for (let i = 0; i < out.length; i++) {
    const first = Math.floor(i * step);
    const last = Math.max(first + 1, Math.floor((i + 1) * step));
    let sum = 0;
    for (let k = first; k < last; k++) sum += samples[k] ?? 0;
    out[i] = sum / (last - first);
  }
  return out;
}

/** A sine at a third of full scale, with 5 ms of rise and fall so that it does not click. */
export function tone(hertz: number, ms: number, level = 10_000): Int16Array {
  const samples = new Int16Array((rate * ms) / 1000);
  const edge = rate / 200;
  for (let i = 0; i < samples.length; i++) {
    const fade = Math.min(1, i / edge, (samples.length - i) / edge);
    samples[i] = level * fade * Math.sin((2 * Math.PI * hertz * i) / rate);
  }
  return samples;
}

/** Root mean square, 0 to 32768. */
export function loudness(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length ? Math.sqrt(sum / samples.length) : 0;
}

/** How much of the sound's energy is one frequency, 0 to 1 (Goertzel). */
export function toneShare(samples: Int16Array, hertz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / rate);
  let [before, last, energy] = [0, 0, 0];
  for (const sample of samples) {
    const next = sample + coefficient * last - before;
    before = last;
    last = next;
    energy += sample * sample;
  }
  const power = last * last + before * before - coefficient * last * before;
  return energy ? (2 * power) / (samples.length * energy) : 0;
}

/** Below this RMS nobody hears anything: A-law's own noise and a quiet line stay far under it. */
export const audible = 60;

/** Stretches of sound, in samples [from, until); pauses shorter than `gapMs` belong to the sound. */
export function sounds(samples: Int16Array, gapMs = 300): { from: number; until: number }[] {
  const frame = rate / 50;
  const found: { from: number; until: number }[] = [];
  for (let from = 0; from < samples.length; from += frame) {
    const until = Math.min(samples.length, from + frame);
    if (loudness(samples.subarray(from, until)) < audible) continue;
    const last = found.at(-1);
    if (last && from - last.until <= (gapMs * rate) / 1000) last.until = until;
    else found.push({ from, until });
  }
  return found;
}

/** The longest stretch without sound, in seconds. */
export function longestSilence(samples: Int16Array): number {
  let [longest, end] = [0, 0];
  for (const { from, until } of [...sounds(samples, 0), { from: samples.length, until: 0 }]) {
    longest = Math.max(longest, from - end);
    end = until;
  }
  return longest / rate;
}
