// Recognises a few recorded words in sound, by correlation: an honest, small-minded recogniser. It knows what it is sent and nothing else.
import { loudness, rate } from '../../network/audio.ts';
import { bestMatch, distinctivePiece, type Piece, same } from '../../network/match.ts';

const frame = rate / 50;
const pieceSeconds = 0.25;
/** RMS above which there is speech. */
const audible = 300;
/** Silence after speech that ends a sentence. */
const endMs = 600;

/** The loud quarters of a second of a word: found in their order, they are that word, whatever the network tore apart between them. */
function piecesOf(word: Int16Array): Piece[] {
  const size = pieceSeconds * rate;
  const pieces: Piece[] = [];
  for (let at = 0; at + size <= word.length; at += size) {
    const part = word.subarray(at, at + size);
    if (loudness(part) > 3 * audible) pieces.push(distinctivePiece(part, [], pieceSeconds));
  }
  return pieces;
}

export class Recogniser {
  readonly #words: { text: string; pieces: Piece[] }[];
  #sentence: number[] = [];
  #rest: number[] = [];
  #quiet = 0;
  #speaking = false;

  constructor(words: Readonly<Record<string, Int16Array>>) {
    this.#words = Object.entries(words).map(([text, sound]) => ({ text, pieces: piecesOf(sound) }));
  }

  /** @returns what was understood so far, or, after a pause, in the end */
  hear(samples: Int16Array): { partial: string } | { text: string } {
    this.#rest.push(...samples);
    while (this.#rest.length >= frame) {
      const part = this.#rest.splice(0, frame);
      const loud = loudness(Int16Array.from(part)) > audible;
      this.#speaking ||= loud;
      this.#quiet = loud ? 0 : this.#quiet + 20;
      this.#sentence.push(...part);
      if (this.#speaking && this.#quiet >= endMs) return { text: this.#end() };
      // What precedes speech is of no use.
      if (!this.#speaking) this.#sentence.splice(0, this.#sentence.length - 10 * frame);
    }
    return { partial: this.#speaking ? this.#first() : '' };
  }

  /** The last word, whether there was a pause or not. */
  end(): string {
    return this.#speaking ? this.#end() : '';
  }

  #end(): string {
    const sound = Int16Array.from(this.#sentence);
    this.#sentence = [];
    this.#quiet = 0;
    this.#speaking = false;
    const scores = this.#words.map(({ text, pieces }) => ({ text, score: likeness(sound, pieces), of: pieces.length }));
    const likely = scores.filter(({ score }) => score >= same).sort((a, b) => b.score * b.of - a.score * a.of);
    return likely[0]?.text ?? '';
  }

  /** The first word of the sentence whose beginning was heard. */
  #first(): string {
    const sound = Int16Array.from(this.#sentence);
    const found = this.#words.find(({ pieces }) => pieces[0] && bestMatch(sound, pieces[0]).score >= same);
    return found?.text.split(' ')[0] ?? '';
  }
}

/** How much of the word is there, 0 to 1: the mean of its pieces' likeness, each looked for behind the one before. */
function likeness(sound: Int16Array, pieces: readonly Piece[]): number {
  let from = 0;
  let sum = 0;
  for (const piece of pieces) {
    const { at, score } = bestMatch(sound.subarray(from), piece);
    if (score >= same) from += at;
    sum += score;
  }
  return pieces.length > 0 ? sum / pieces.length : 0;
}
