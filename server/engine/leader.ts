// One process of the house sends, whoever else may run: whoever has the lock. The others ask for it each second. Whoever leads goes on with
// what was saved, room by room, and then opens the inbox.
import type { Cancel, Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Inbox } from './inbox.ts';
import type { SenderLock } from './ports.ts';

export type LeaderParts = {
  clock: Clock;
  log: Log;
  lock: SenderLock;
  /** Taken from by whoever leads, and looked into each second. */
  inbox: Inbox;
};

const beatMs = 1000;

export class Leader {
  readonly #parts: LeaderParts;
  readonly #rooms: (() => void)[] = [];
  #leading = false;
  #stopped = false;
  #trouble = false;
  #cancel: Cancel = () => {};

  constructor(parts: LeaderParts) {
    this.#parts = parts;
  }

  /** What a room does once this process leads, in the order in which they asked. One that throws cannot lead yet: all are asked again with the next beat. */
  whenLed(led: () => void): void {
    this.#rooms.push(led);
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
    this.#parts.inbox.stop();
    this.#parts.lock.release();
  }

  #beat(): void {
    if (this.#stopped) return;
    try {
      if (!this.#leading) this.#lead();
      if (this.#leading) this.#parts.inbox.wake();
      this.#trouble = false;
    } catch (error) {
      // Told when it begins: a line each second would bury everything else.
      if (!this.#trouble) this.#parts.log.error({ error }, 'this process cannot send what waits; it tries each second');
      this.#trouble = true;
    }
    this.#cancel = this.#parts.clock.after(beatMs, () => this.#beat());
  }

  #lead(): void {
    const { lock, inbox } = this.#parts;
    if (!lock.held()) return;
    this.#leading = true;
    try {
      for (const led of this.#rooms) led();
      inbox.lead();
    } catch (error) {
      this.#leading = false;
      throw error;
    }
  }
}
