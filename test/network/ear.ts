// Everything one line heard, on the time of the wall: where no sound came in, there is silence. Knows no socket.
import { rate } from './audio.ts';

/** A pause in arrivals shorter than this is the machine's hurry, not the line's silence. In samples. */
const patience = rate / 5;

export class Ear {
  /** When sample 0 was (ms since 1970). */
  readonly startedAt: number;
  #samples = new Int16Array(rate * 20);
  #length = 0;
  #lastGap = { at: 0, size: 0 };

  constructor(startedAt: number) {
    this.startedAt = startedAt;
  }

  /** A frame that arrived at `at`. One that `follows` was spoken right behind the last one, however late it comes. */
  hear(frame: Int16Array, at: number, follows = false): void {
    const due = Math.round(((at - this.startedAt) * rate) / 1000) - frame.length;
    if (due > this.#length + patience && !follows) this.#gap(due - this.#length);
    else if (due < this.#length) this.#heal(this.#length - due);
    this.#grow(frame.length);
    this.#samples.set(frame, this.#length);
    this.#length += frame.length;
  }

  /** What was heard, up to the last frame. A view: it is overwritten as more is heard. */
  get sound(): Int16Array {
    return this.#samples.subarray(0, this.#length);
  }

  /** What was heard, and the silence since, up to `until`. */
  soundUntil(until: number): Int16Array {
    const length = Math.round(((until - this.startedAt) * rate) / 1000);
    const sound = new Int16Array(Math.max(0, length));
    sound.set(this.sound.subarray(0, sound.length));
    return sound;
  }

  /** What was heard in the last `ms` before `until`; where nothing came in, silence. */
  last(ms: number, until: number): Int16Array {
    const end = Math.round(((until - this.startedAt) * rate) / 1000);
    const from = Math.max(0, end - Math.round((ms * rate) / 1000));
    const sound = new Int16Array(end - from);
    sound.set(this.sound.subarray(from, end));
    return sound;
  }

  #gap(size: number): void {
    this.#grow(size);
    this.#lastGap = { at: this.#length, size };
    this.#samples.fill(0, this.#length, this.#length + size);
    this.#length += size;
  }

  /**
   * Frames come faster than sound can: the last gap was our own machine standing still, so it goes. To its last sample:
   * what is left of it would be a hole in the middle of a word, which is then no longer known.
   */
  #heal(ahead: number): void {
    const size = Math.min(ahead, this.#lastGap.size);
    if (size === 0) return;
    this.#samples.copyWithin(this.#lastGap.at, this.#lastGap.at + size, this.#length);
    this.#length -= size;
    this.#lastGap = { ...this.#lastGap, size: this.#lastGap.size - size };
  }

  #grow(by: number): void {
    if (this.#length + by <= this.#samples.length) return;
    const larger = new Int16Array((this.#length + by) * 2);
    larger.set(this.sound);
    this.#samples = larger;
  }
}
