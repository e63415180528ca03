// So much in so long a time, for each of many: a person's words, a sender's messages, somebody's guesses. Counted in memory.
import type { Instant } from './clock.ts';

/** More of them than this are forgotten, the oldest first: strangers must not fill the memory. */
const mostKeys = 5_000;

export class Limit {
  readonly #most: number;
  readonly #withinMs: number;
  readonly #times = new Map<string, Instant[]>();

  constructor(most: number, withinMs: number) {
    this.#most = most;
    this.#withinMs = withinMs;
  }

  /** Counts one more where there is room for it. */
  allows(key: string, at: Instant): boolean {
    const times = this.#recent(key, at);
    if (times.length >= this.#most) return false;
    this.#times.delete(key);
    this.#times.set(key, [...times, at]);
    for (const oldest of this.#times.keys()) {
      if (this.#times.size <= mostKeys) break;
      this.#times.delete(oldest);
    }
    return true;
  }

  /** No room is left now. */
  isFull = (key: string, at: Instant): boolean => this.#recent(key, at).length >= this.#most;

  #recent = (key: string, at: Instant): Instant[] =>
    (this.#times.get(key) ?? []).filter((time) => time > at - this.#withinMs);
}
