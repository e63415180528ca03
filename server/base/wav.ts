// The WAV container (RIFF, PCM): bytes to samples and back. Knows no disk and no speech.

/** PCM as it stands in a file; `samples` are interleaved when there are several channels. */
export type Wav = { rate: number; channels: number; samples: Int16Array };

/** What Asterisk plays without converting: 8 kHz mono 16 bit. */
export const telephoneRate = 8000;

const headerBytes = 44;

type Format = { tag: number; channels: number; rate: number; bits: number };

/** The samples of a 16 bit PCM WAV; otherwise a phrase that says what is wrong with it. */
export function readWav(bytes: Uint8Array): Wav | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || word(view, 0) !== 'RIFF' || word(view, 8) !== 'WAVE') return 'not a WAV file';
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (word(view, at) === 'fmt ' && body + 16 <= bytes.length) format = formatAt(view, body);
    if (word(view, at) === 'data') return samplesOf(view, body, size, format);
    at = body + size + (size % 2);
  }
  return 'a WAV file without audio';
}

const word = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));

const formatAt = (view: DataView, at: number): Format => ({
  tag: view.getUint16(at, true),
  channels: view.getUint16(at + 2, true),
  rate: view.getUint32(at + 4, true),
  bits: view.getUint16(at + 14, true),
});

function samplesOf(view: DataView, at: number, size: number, format: Format | undefined): Wav | string {
  if (!format || format.channels < 1 || format.rate < 1) return 'a WAV file without a valid format';
  if (format.tag !== 1 || format.bits !== 16) return `not 16 bit PCM (format ${format.tag}, ${format.bits} bit)`;
  // A command that writes to a pipe cannot know the size beforehand and states one that is too big.
  const count = Math.floor(Math.min(size, view.byteLength - at) / 2);
  if (count < format.channels) return 'a WAV file without audio';
  const samples = new Int16Array(count - (count % format.channels));
  for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(at + 2 * i, true);
  return { rate: format.rate, channels: format.channels, samples };
}

/** A mono 8 kHz 16 bit WAV of these samples. */
export function writeWav(samples: Int16Array): Uint8Array {
  const out = new DataView(new ArrayBuffer(headerBytes + 2 * samples.length));
  const text = (at: number, letters: string) => {
    for (let i = 0; i < letters.length; i++) out.setUint8(at + i, letters.charCodeAt(i));
  };
  text(0, 'RIFF');
  out.setUint32(4, headerBytes - 8 + 2 * samples.length, true);
  text(8, 'WAVEfmt ');
  out.setUint32(16, 16, true);
  out.setUint16(20, 1, true);
  out.setUint16(22, 1, true);
  out.setUint32(24, telephoneRate, true);
  out.setUint32(28, 2 * telephoneRate, true);
  out.setUint16(32, 2, true);
  out.setUint16(34, 16, true);
  text(36, 'data');
  out.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, i) => {
    out.setInt16(headerBytes + 2 * i, sample, true);
  });
  return new Uint8Array(out.buffer);
}
