// The prompts that may be heard: from the words a test names to the sound it expects. Reads WAV files; knows no call.
import { readFileSync } from 'node:fs';
import { rate, readWav, sounds, toneShare } from './audio.ts';
import { bestMatch, distinctivePiece, type Piece, same } from './match.ts';

/** Where the product keeps its prompts' sound. `all` serves fragments of a text and naming what was heard. */
export type PromptSource = {
  /** Absolute path of the WAV of exactly this text. */
  wavOf?(text: string): string | undefined;
  all?(): Iterable<{ text: string; path: string }>;
};
/** `piece.at` is where it stands in the prompt; `length` is the whole prompt's, both in samples. */
export type Entry = { text: string; piece: Piece; length: number };

/** A part of what was heard, in samples. */
export type Named = { at: number; until: number; what: string };

export class PromptBook {
  readonly #source: PromptSource;
  readonly #music: Int16Array | undefined;
  readonly #sounds = new Map<string, Int16Array>();
  readonly #texts = new Map<string, string>();
  readonly #entries = new Map<string, Entry & { among: number }>();

  constructor(source: PromptSource, music?: string) {
    this.#source = source;
    this.#music = music ? readWav(readFileSync(music)) : undefined;
    // Before anybody is in a call: whoever speaks meanwhile would stop in the middle of a word.
    this.#learn();
  }

  /**
   * Every prompt that a test may mean: the one of exactly these words, else all that hold them.
   * @throws when there is none, since waiting for it would be in vain.
   */
  find(words: string): Entry[] {
    this.#learn();
    const exact = this.#source.wavOf?.(words);
    if (exact) this.#note(words, exact);
    const wanted = plain(words);
    const texts = [...this.#texts].map(([path, text]) => ({ path, text }));
    const equal = texts.filter(({ text }) => plain(text) === wanted);
    const found = equal.length > 0 ? equal : texts.filter(({ text }) => plain(text).includes(wanted));
    if (found.length === 0) throw new Error(`no known prompt says « ${words} »: is it spelled as in the flow?`);
    return found.map(({ path, text }) => this.#entry(path, text));
  }

  /** Names what a stretch of sound holds, in order: prompts, and between them music, tones or what nobody knows. In samples. */
  name(sound: Int16Array): Named[] {
    this.#learn();
    const prompts = [...this.#texts].flatMap(([path, text]): Named[] => {
      const { piece, length } = this.#entry(path, text);
      const match = bestMatch(sound, piece);
      if (match.score < same) return [];
      const at = match.at - piece.at;
      return [{ at: Math.max(0, at), until: Math.min(sound.length, at + length), what: `« ${text} »` }];
    });
    prompts.sort((one, other) => one.at - other.at);
    return this.#fillGaps(sound, prompts);
  }

  #fillGaps(sound: Int16Array, prompts: readonly Named[]): Named[] {
    const all: Named[] = [];
    let at = 0;
    for (const next of [...prompts, { at: sound.length, until: sound.length, what: '' }]) {
      if (next.at - at > rate / 2 || (prompts.length === 0 && at === 0)) {
        all.push({ at, until: next.at, what: this.#nameless(sound.slice(at, next.at)) });
      }
      if (next.what) all.push(next);
      at = Math.max(at, next.until);
    }
    return all;
  }

  isMusic(sound: Int16Array): boolean {
    return this.#music !== undefined && bestMatch(this.#music, distinctivePiece(sound)).score >= same;
  }

  #nameless(sound: Int16Array): string {
    if (this.isMusic(sound)) return 'music';
    const middle = sound.subarray(sound.length / 4, (sound.length * 3) / 4);
    for (let hertz = 300; hertz < 2500; hertz += 5)
      if (toneShare(middle.subarray(0, rate / 10), hertz) > 0.85) return `a tone of ${hertz} Hz`;
    return 'an unknown sound';
  }

  #learn(): void {
    for (const { text, path } of this.#source.all?.() ?? []) this.#note(text, path);
  }

  #note(text: string, path: string): void {
    if (this.#texts.has(path)) return;
    this.#texts.set(path, text);
    this.#sounds.set(path, readWav(readFileSync(path)));
  }

  /** Made anew when more prompts are known, for what tells a prompt apart depends on the others. */
  #entry(path: string, text: string): Entry {
    const known = this.#entries.get(path);
    if (known?.among === this.#sounds.size) return known;
    const sound = this.#sounds.get(path) ?? new Int16Array();
    const entry = {
      text,
      piece: distinctivePiece(sound, this.#sounds.values()),
      length: sounds(sound).at(-1)?.until ?? 0,
      among: this.#sounds.size,
    };
    this.#entries.set(path, entry);
    return entry;
  }
}

const plain = (text: string) => text.normalize('NFC').toLowerCase().replace(/[’']/g, "'").replace(/\s+/g, ' ').trim();
