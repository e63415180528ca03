// When is a caller done speaking, or not going to speak? Pure: sound levels, the recogniser's words and the time in; what to do out.
import type { Instant } from '../../../base/clock.ts';

/** `finish`: the recogniser is to give its last word. `said` and `failed` end it. */
export type UtteranceState =
  | { do: 'wait' }
  | { do: 'finish' }
  | { do: 'said'; text: string }
  | { do: 'failed'; why: string };

/** Words that have not changed for this long are all there is; Vosk's own end of a sentence comes earlier, as a rule. */
const settledMs = 1500;
/** How long the recogniser's last word is waited for. */
const lastWordMs = 800;
/** Somebody who begins to speak as the time runs out is given so much more for their first word to be understood. */
const graceMs = 800;
/** From the end of the question: nobody tells a telephone a longer story. */
const longestMs = 8000;
/** RMS of 16-bit samples above which somebody speaks: -38 dB of full scale. */
const loud = 400;
/** What was loud this long ago still counts as speaking. */
const recentlyMs = 500;

export class Utterance {
  readonly #waitMs: number;
  #askedUntil: Instant | undefined;
  #loudAt: Instant | undefined;
  #words = '';
  #changedAt: Instant | undefined;
  #last: string | undefined;
  #sounded = false;
  #answered = false;
  #finishedAt: Instant | undefined;

  /** @param waitMs from the end of the question without a word */
  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  /** The question was said to its end, or stopped. */
  asked(now: Instant): void {
    this.#askedUntil ??= now;
  }

  sound(samples: Int16Array, now: Instant): void {
    this.#sounded = true;
    if (rms(samples) > loud) this.#loudAt = now;
  }

  /** @returns true for the first word of all: whoever speaks is not to be talked over. */
  heard(text: string, final: boolean, now: Instant): boolean {
    this.#answered = true;
    const first = this.#words === '' && text !== '';
    if (final && (text !== '' || this.#finishedAt !== undefined)) this.#last = text;
    // A noise that seemed to be a word is taken back.
    else if (final || (text !== '' && text !== this.#words)) {
      this.#words = text;
      this.#changedAt = now;
    }
    return first;
  }

  /** What the time calls for. Asked often; `finish` is said once. */
  now(now: Instant): UtteranceState {
    if (this.#last !== undefined) return { do: 'said', text: this.#last || this.#words };
    if (this.#finishedAt !== undefined) {
      return now - this.#finishedAt < lastWordMs ? { do: 'wait' } : { do: 'said', text: this.#words };
    }
    if (this.#words !== '') return this.#isDone(now) ? this.#finish(now) : { do: 'wait' };
    return this.#askedUntil === undefined ? { do: 'wait' } : this.#silent(now, now - this.#askedUntil);
  }

  #isDone(now: Instant): boolean {
    if (now - (this.#changedAt ?? now) >= settledMs) return true;
    return this.#askedUntil !== undefined && now - this.#askedUntil >= this.#waitMs + longestMs;
  }

  #finish(now: Instant): UtteranceState {
    this.#finishedAt = now;
    return { do: 'finish' };
  }

  /** A recogniser that has not said anything at all by then is not there, whatever its socket says. */
  #silent(now: Instant, ms: number): UtteranceState {
    if (ms < this.#waitMs) return { do: 'wait' };
    const speaks = this.#loudAt !== undefined && now - this.#loudAt < recentlyMs;
    if (speaks && ms < this.#waitMs + graceMs) return { do: 'wait' };
    const deaf = this.#sounded && !this.#answered;
    return deaf ? { do: 'failed', why: 'it did not answer' } : { do: 'said', text: '' };
  }
}

const rms = (samples: Int16Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length));
