// Prompts as Twilio can play them: our own rendered audio by URL, so that both networks speak with one voice; its voice only where none is ready.
import { basename, dirname } from 'node:path';
import { readWav, telephoneRate, wavHeader, wavHeaderBytes, writeWav } from '../../base/wav.ts';
import type { Prompt } from '../../domain/telephony/prompt.ts';
import type { Names } from './names.ts';

/** What a document plays, in order. */
export type Heard = { play: string } | { say: string; language: string } | { pauseSeconds: number };

/** The part of the prompt store that is needed here. */
export type PromptFiles = { ready(prompts: readonly Prompt[]): boolean; filesOf(prompt: Prompt): string[] };

/** French ringing tone: 440 Hz, 1.5 s on, 3.5 s off. */
const ringing = { hertz: 440, onMs: 1500, offMs: 3500 };

/** Twilio wants a region with every language. */
export const tongues: Readonly<Record<string, string>> = {
  fr: 'fr-FR',
  en: 'en-GB',
  de: 'de-DE',
  es: 'es-ES',
  it: 'it-IT',
};
/** The stems of names: a rendered prompt, a file of a flow or a message that was left, and a part of a waiting sound. */
const rendered = /^(?:[0-9a-f]{32}|silence-\d{1,6})$/;
const recorded = /^file-([A-Za-z0-9_-]+)$/;
const waiting = /^(music|ringing)-(\d{1,9})-(\d{1,6})$/;

/** What stands behind a name: a file, or bytes in order. */
export type Found = { path: string } | { bytes: readonly Uint8Array[] };

export class Media {
  readonly #prompts: PromptFiles;
  readonly #dir: string;
  readonly #names: Names;
  /** Each waiting sound whole, ready to be sent: a request costs no computing. */
  readonly #loops: Record<'music' | 'ringing', Uint8Array>;

  /** @param dir folder of the rendered prompts; @param wav the music on hold, a WAV of 8 kHz mono */
  constructor(prompts: PromptFiles, dir: string, wav: Uint8Array, names: Names) {
    this.#prompts = prompts;
    this.#dir = dir;
    this.#names = names;
    const read = readWav(wav);
    this.#loops = {
      music: bytesOf(typeof read === 'string' ? new Int16Array(telephoneRate) : read.samples),
      ringing: bytesOf(Int16Array.from({ length: ringSamples }, (_, i) => ringAt(i))),
    };
  }

  /** What to play for these prompts; `link` makes the URL of a name. */
  heard(prompts: readonly Prompt[], link: (name: string) => string): Heard[] {
    return prompts.flatMap((prompt) => this.#one(prompt, link));
  }

  #one(prompt: Prompt, link: (name: string) => string): Heard[] {
    if (prompt.kind === 'pause') return prompt.ms < 500 ? [] : [{ pauseSeconds: Math.ceil(prompt.ms / 1000) }];
    if (this.#prompts.ready([prompt])) {
      return this.#prompts.filesOf(prompt).map((path) => ({ play: link(this.#nameOf(path)) }));
    }
    if (prompt.kind === 'file') return [];
    const say = prompt.kind === 'text' ? prompt.text : [...prompt.characters].join(' ');
    return [{ say, language: tongues[prompt.language] ?? prompt.language }];
  }

  #nameOf(path: string): string {
    const stem =
      dirname(path) === this.#dir ? basename(path, '.wav') : `file-${Buffer.from(path).toString('base64url')}`;
    return this.#names.sealed(stem, 'wav');
  }

  /** Name of the part of the waiting sound that begins `fromMs` after the caller began to wait. */
  waiting = (sound: 'music' | 'ringing', fromMs: number, ms: number): string =>
    this.#names.sealed(`${sound}-${fromMs % msOf(this.#loops[sound])}-${ms}`, 'wav');

  /** Undefined: no name that we made. */
  find(name: string): Found | undefined {
    const stem = this.#names.read(name);
    if (stem === undefined) return undefined;
    const file = recorded.exec(stem)?.[1];
    if (file) return { path: Buffer.from(file, 'base64url').toString() };
    if (rendered.test(stem)) return { path: `${this.#dir}/${stem}.wav` };
    const [, sound, from, ms] = waiting.exec(stem) ?? [];
    return sound ? { bytes: partOf(this.#loops[sound as 'music' | 'ringing'], Number(from), Number(ms)) } : undefined;
  }
}

const bytesPerMs = (2 * telephoneRate) / 1000;
const bytesOf = (samples: Int16Array): Uint8Array => writeWav(samples).subarray(wavHeaderBytes);
const msOf = (loop: Uint8Array): number => Math.max(1, Math.floor(loop.length / bytesPerMs));

/** A WAV of so many ms of a loop: its header, and views of the loop, one after the other. */
function partOf(loop: Uint8Array, fromMs: number, ms: number): Uint8Array[] {
  const length = ms * bytesPerMs;
  const parts = [wavHeader(length / 2)];
  let at = (fromMs * bytesPerMs) % loop.length;
  for (let left = length; left > 0; at = 0) {
    const part = loop.subarray(at, at + left);
    parts.push(part);
    left -= part.length;
  }
  return parts;
}

const ringSamples = ((ringing.onMs + ringing.offMs) * telephoneRate) / 1000;

function ringAt(sample: number): number {
  const ms = (sample * 1000) / telephoneRate;
  const tone = Math.sin((2 * Math.PI * ringing.hertz * sample) / telephoneRate);
  return ms < ringing.onMs ? Math.round(6000 * tone) : 0;
}
