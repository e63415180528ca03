// One process of the house sends, whoever else may run: whoever has the lock. The others ask for it each second.
import type { Cancel, Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { SenderLock } from './ports.ts';

export type LeaderParts = {
  clock: Clock;
  log: Log;
  lock: SenderLock;
  /** This process leads from now on. @throws when it cannot yet: it is asked again with the next beat */
  led(): void;
  /** Each second, while it leads. */
  beat(): void;
};

const beatMs = 1000;

export class Leader {
  readonly #parts: LeaderParts;
  #leading = false;
  #stopped = false;
  #trouble = false;
  #cancel: Cancel = () => {};

  constructor(parts: LeaderParts) {
    this.#parts = parts;
  }

  get leading(): boolean {
    return this.#leading;
  }

  start(): void {
    this.#beat();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
    this.#parts.lock.release();
  }

  #beat(): void {
    if (this.#stopped) return;
    try {
      if (!this.#leading) this.#lead();
      if (this.#leading) this.#parts.beat();
      this.#trouble = false;
    } catch (error) {
      // Told when it begins: a line each second would bury everything else.
      if (!this.#trouble) this.#parts.log.error({ error }, 'this process cannot send what waits; it tries each second');
      this.#trouble = true;
    }
    this.#cancel = this.#parts.clock.after(beatMs, () => this.#beat());
  }

  #lead(): void {
    const { lock, led } = this.#parts;
    if (!lock.held()) return;
    this.#leading = true;
    try {
      led();
    } catch (error) {
      this.#leading = false;
      throw error;
    }
  }
}
