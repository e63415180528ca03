// Keeps requests under the account's rate: each waits for its turn, in order.
import type { Clock, Instant } from '../../base/clock.ts';

export class Pace {
  readonly #clock: Clock;
  readonly #gapMs: number;
  #next: Instant = 0;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#gapMs = 1000 / perSecond;
  }

  /** Resolves when the next request may leave. */
  turn(): Promise<void> {
    const now = this.#clock.now();
    const at = Math.max(now, this.#next);
    this.#next = at + this.#gapMs;
    return at <= now ? Promise.resolve() : new Promise((go) => this.#clock.after(at - now, go));
  }

  /** Twilio says that we are too fast: everybody waits so long. */
  holdBack(ms: number): void {
    this.#next = Math.max(this.#next, this.#clock.now() + ms);
  }
}
