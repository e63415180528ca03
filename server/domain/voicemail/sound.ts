// A sound file's bytes to 8 kHz samples, or one sentence on why not. Knows RIFF/WAVE and raw A-law; opens nothing.
import { bad, good, type Result } from '../../base/result.ts';
import { pcm, wavChunks } from '../../base/wav.ts';
import { fromALaw, fromMuLaw } from './g711.ts';

/** Sample rate of what comes out, Hz. */
export const sampleRate = 8000;

/**
 * Decodes `bytes`: raw A-law when the name ends in .al, .alaw or .raw, else WAV of one channel, 8 or 16 kHz, in 16-bit PCM,
 * A-law or µ-law (format tags 1, 6 and 7 of RFC 2361, also inside WAVE_FORMAT_EXTENSIBLE).
 */
export function readSound(file: string, bytes: Uint8Array): Result<Int16Array> {
  const samples = /\.(al|alaw|raw)$/i.test(file) ? good(fromALaw(bytes)) : readWav(file, bytes);
  if (samples.ok && samples.value.length === 0) return refused(file, 'holds no sound', 'record it again');
  return samples;
}

const refused = (file: string, message: string, hint: string): Result<never> => bad({ file, message, hint });

function readWav(file: string, bytes: Uint8Array): Result<Int16Array> {
  const chunks = wavChunks(bytes);
  if (!chunks) return refused(file, 'is not a WAV file', 'give WAV, or raw A-law named .al, .alaw or .raw');
  const { format, data } = chunks;
  if (!format) return refused(file, 'is a WAV file without a format', 'it may be cut short');
  if (!data) return refused(file, 'is a WAV file without sound', 'it may be cut short');
  return decode(file, format, data);
}

function decode(file: string, format: DataView, data: DataView): Result<Int16Array> {
  const channels = format.getUint16(2, true);
  const rate = format.getUint32(4, true);
  if (channels !== 1) return refused(file, `has ${channels} channels`, 'give one channel: the callee');
  if (rate !== sampleRate && rate !== 2 * sampleRate)
    return refused(file, `is sampled at ${rate} Hz`, 'give 8 or 16 kHz');
  const samples = linear(format, data);
  if (!samples) return refused(file, 'is in an unknown coding', 'give 16-bit PCM, A-law or µ-law');
  return good(rate === sampleRate ? samples : halved(samples));
}

function linear(format: DataView, data: DataView): Int16Array | undefined {
  const tag = format.getUint16(0, true);
  const coding = tag === 0xfffe && format.byteLength >= 26 ? format.getUint16(24, true) : tag;
  const bits = format.getUint16(14, true);
  const octets = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (coding === 6 && bits === 8) return fromALaw(octets);
  if (coding === 7 && bits === 8) return fromMuLaw(octets);
  if (coding !== 1 || bits !== 16) return undefined;
  return pcm(data);
}

/** A half-band low-pass (11 taps, −6 dB at 4 kHz): what lies above the telephone band must not fold into it as a tone. */
const halfBand = [0.0121, 0, -0.0608, 0, 0.2997, 0.498, 0.2997, 0, -0.0608, 0, 0.0121];

function halved(samples: Int16Array): Int16Array {
  const middle = halfBand.length >> 1;
  return Int16Array.from({ length: samples.length >> 1 }, (_, i) => {
    const sum = halfBand.reduce((all, tap, k) => all + tap * (samples[2 * i + k - middle] ?? 0), 0);
    return Math.max(-32768, Math.min(32767, Math.round(sum)));
  });
}
