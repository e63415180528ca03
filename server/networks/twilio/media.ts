// Prompts as Twilio can play them: our own rendered audio by URL, so that both networks speak with one voice; its voice only where none is ready.
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { readWav, writeWav } from '../../base/wav.ts';
import type { Prompt } from '../../domain/telephony/prompt.ts';

/** What a document plays, in order. */
export type Heard = { play: string } | { say: string; language: string } | { pauseSeconds: number };

/** The part of the prompt store that is needed here. */
export type PromptFiles = { ready(prompts: readonly Prompt[]): boolean; filesOf(prompt: Prompt): string[] };

const rate = 8000;
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
const cached = /^(?:[0-9a-f]{32}|silence-\d{1,6})\.wav$/;
const music = /^(music|ringing)-(\d{1,7})-(\d{1,5})\.wav$/;

export class Media {
  readonly #prompts: PromptFiles;
  readonly #dir: string;
  readonly #music: Int16Array;
  /** Recordings of the flows, by the name that stands for their path. */
  readonly #recorded = new Map<string, string>();

  /** @param dir folder of the rendered prompts; @param wav the music on hold, a WAV of 8 kHz mono */
  constructor(prompts: PromptFiles, dir: string, wav: Uint8Array) {
    this.#prompts = prompts;
    this.#dir = dir;
    const read = readWav(wav);
    this.#music = typeof read === 'string' ? new Int16Array(rate) : read.samples;
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
    if (dirname(path) === this.#dir) return basename(path);
    const name = `${createHash('sha256').update(path).digest('hex').slice(0, 32)}.wav`;
    this.#recorded.set(name, path);
    return name;
  }

  /** Name of the part of the waiting sound that begins `fromMs` after the caller began to wait. */
  waiting = (sound: 'music' | 'ringing', fromMs: number, ms: number): string => `${sound}-${fromMs}-${ms}.wav`;

  /** What stands behind a name: a file, or bytes made now. Undefined: nothing of ours. */
  find(name: string): { path: string } | { bytes: Uint8Array } | undefined {
    const recorded = this.#recorded.get(name);
    if (recorded) return { path: recorded };
    if (cached.test(name)) return { path: `${this.#dir}/${name}` };
    const [, sound, from = '', ms = ''] = music.exec(name) ?? [];
    return sound ? { bytes: this.#waitingSound(sound, Number(from), Math.min(60_000, Number(ms))) } : undefined;
  }

  #waitingSound(sound: string, fromMs: number, ms: number): Uint8Array {
    const count = (ms * rate) / 1000;
    const start = (fromMs * rate) / 1000;
    const at = sound === 'music' ? (i: number) => this.#music[i % this.#music.length] ?? 0 : ringAt;
    return writeWav(Int16Array.from({ length: count }, (_, i) => at(start + i)));
  }
}

function ringAt(sample: number): number {
  const ms = ((sample * 1000) / rate) % (ringing.onMs + ringing.offMs);
  return ms < ringing.onMs ? Math.round(6000 * Math.sin((2 * Math.PI * ringing.hertz * sample) / rate)) : 0;
}
