// The WAV container (RIFF, PCM): bytes to samples and back. Knows no disk and no speech.

/** PCM as it stands in a file; `samples` are interleaved when there are several channels. */
export type Wav = { rate: number; channels: number; samples: Int16Array };

/** What Asterisk plays without converting: 8 kHz mono 16 bit. */
export const telephoneRate = 8000;

export const wavHeaderBytes = 44;

/** What a WAV file is made of, as far as it is there: its format and its sound; undefined: it is no WAV file. */
export function wavChunks(bytes: Uint8Array): { format?: DataView; data?: DataView } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || word(view, 0) !== 'RIFF' || word(view, 8) !== 'WAVE') return undefined;
  const chunks: { format?: DataView; data?: DataView } = {};
  for (let at = 12; at + 8 <= bytes.length; ) {
    // One that claims more than the file holds (a recording still running, a command that writes to a pipe) is what is there.
    const length = Math.min(view.getUint32(at + 4, true), bytes.length - at - 8);
    const chunk = new DataView(bytes.buffer, bytes.byteOffset + at + 8, length);
    if (word(view, at) === 'fmt ' && length >= 16) chunks.format = chunk;
    if (word(view, at) === 'data') chunks.data ??= chunk;
    at += 8 + length + (length % 2);
  }
  return chunks;
}

const word = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));

/** The samples of a 16 bit PCM WAV; otherwise a phrase that says what is wrong with it. */
export function readWav(bytes: Uint8Array): Wav | string {
  const chunks = wavChunks(bytes);
  if (!chunks) return 'not a WAV file';
  if (!chunks.data) return 'a WAV file without audio';
  const { format, data } = chunks;
  if (!format) return 'a WAV file without a valid format';
  const [tag, channels, rate, bits] = [
    format.getUint16(0, true),
    format.getUint16(2, true),
    format.getUint32(4, true),
    format.getUint16(14, true),
  ];
  if (channels < 1 || rate < 1) return 'a WAV file without a valid format';
  if (tag !== 1 || bits !== 16) return `not 16 bit PCM (format ${tag}, ${bits} bit)`;
  const count = data.byteLength >> 1;
  if (count < channels) return 'a WAV file without audio';
  return { rate, channels, samples: pcm(data, count - (count % channels)) };
}

/** 16 bit little-endian samples. */
export const pcm = (data: DataView, count = data.byteLength >> 1): Int16Array =>
  Int16Array.from({ length: count }, (_, i) => data.getInt16(2 * i, true));

/** A mono 8 kHz 16 bit WAV of these samples. */
export function writeWav(samples: Int16Array): Uint8Array {
  const out = new Uint8Array(wavHeaderBytes + 2 * samples.length);
  out.set(wavHeader(samples.length));
  const view = new DataView(out.buffer);
  samples.forEach((sample, i) => {
    view.setInt16(wavHeaderBytes + 2 * i, sample, true);
  });
  return out;
}

/** What stands before so many samples in a mono 8 kHz 16 bit WAV. */
export function wavHeader(count: number): Uint8Array {
  const out = new DataView(new ArrayBuffer(wavHeaderBytes));
  const text = (at: number, letters: string) => {
    for (let i = 0; i < letters.length; i++) out.setUint8(at + i, letters.charCodeAt(i));
  };
  text(0, 'RIFF');
  out.setUint32(4, wavHeaderBytes - 8 + 2 * count, true);
  text(8, 'WAVEfmt ');
  out.setUint32(16, 16, true);
  out.setUint16(20, 1, true);
  out.setUint16(22, 1, true);
  out.setUint32(24, telephoneRate, true);
  out.setUint32(28, 2 * telephoneRate, true);
  out.setUint16(32, 2, true);
  out.setUint16(34, 16, true);
  text(36, 'data');
  out.setUint32(40, 2 * count, true);
  return new Uint8Array(out.buffer);
}
