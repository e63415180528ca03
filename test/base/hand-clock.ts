// Time in the test's hand.
import type { Cancel, Clock, Instant } from '../../server/base/clock.ts';

/** A clock in the test's hand: time passes only through `advance`. */
export class HandClock implements Clock {
  #now: Instant;
  #due: { at: Instant; task: () => void }[] = [];

  constructor(start: Instant = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  after(ms: number, task: () => void): Cancel {
    const entry = { at: this.#now + Math.max(0, ms), task };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((other) => other !== entry);
    };
  }

  /** Moves time on by `ms`, running what falls due in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#due = this.#due.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.task();
    }
    this.#now = end;
  }

  #next(end: Instant) {
    return this.#due.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
  }
}
