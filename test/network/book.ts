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

export class PromptBook {
  readonly #source: PromptSource;
  readonly #music: Int16Array | undefined;
  readonly #sounds = new Map<string, Int16Array>();
  readonly #texts = new Map<string, string>();
  readonly #entries = new Map<string, Entry & { among: number }>();

  constructor(source: PromptSource, music?: string) {
    this.#source = source;
    this.#music = music ? readWav(readFileSync(music)) : undefined;
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

  /** Names what a stretch of sound holds, in order: prompts, music, tones. */
  name(sound: Int16Array): { at: number; what: string }[] {
    this.#learn();
    const found = [...this.#texts].flatMap(([path, text]) => {
      const { piece } = this.#entry(path, text);
      const match = bestMatch(sound, piece);
      return match.score >= same ? [{ at: Math.max(0, match.at - piece.at), what: `« ${text} »` }] : [];
    });
    return found.length > 0 ? found.sort((a, b) => a.at - b.at) : [{ at: 0, what: this.#nameless(sound) }];
  }

  isMusic(sound: Int16Array): boolean {
    return this.#music !== undefined && bestMatch(this.#music, distinctivePiece(sound)).score >= same;
  }

  #nameless(sound: Int16Array): string {
    if (this.isMusic(sound)) return 'music';
    const middle = sound.subarray(sound.length / 4, (sound.length * 3) / 4);
    for (let hertz = 300; hertz < 2500; hertz += 5) if (toneShare(middle.subarray(0, rate / 10), hertz) > 0.85) return `a tone of ${hertz} Hz`;
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
    const entry = { text, piece: distinctivePiece(sound, this.#sounds.values()), length: sounds(sound).at(-1)?.until ?? 0, among: this.#sounds.size };
    this.#entries.set(path, entry);
    return entry;
  }
}

const plain = (text: string) => text.normalize('NFC').toLowerCase().replace(/[’']/g, "'").replace(/\s+/g, ' ').trim();
