// The timers of everything that outlives the process: in memory they run on the machine's steady clock, so that a wall clock that jumps
// moves none of them; what is saved of them serves a restart only. Knows nothing of what they mean.
import type { Cancel, Clock, SetTimer } from '../base/clock.ts';

type Running = { set: SetTimer; cancel: Cancel | undefined };

/** `fire` is called once for each that falls due. */
export class Timers {
  readonly #clock: Clock;
  readonly #fire: (id: string, name: string) => void;
  readonly #all = new Map<string, Map<string, Running>>();
  #stopped = false;

  constructor(clock: Clock, fire: (id: string, name: string) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  /** Runs it from now on, in place of the one of this name. One that is overdue fires at once. */
  start(id: string, name: string, set: SetTimer): void {
    if (this.#stopped) {
      this.hold(id, name, set);
      return;
    }
    const own = this.#own(id, name);
    // A clock that was set back while we were away must not make it later than it was ever meant to be.
    const wait = Math.min(Math.max(0, set.dueAt - this.#clock.now()), set.ms);
    const cancel = this.#clock.after(wait, () => {
      own.delete(name);
      if (own.size === 0) this.#all.delete(id);
      this.#fire(id, name);
    });
    own.set(name, { set, cancel });
  }

  /** Known, and does not run until its owner is released. */
  hold(id: string, name: string, set: SetTimer): void {
    this.#own(id, name).set(name, { set, cancel: undefined });
  }

  /** All of this one's that were held run. */
  release(id: string): void {
    for (const [name, { set, cancel }] of [...(this.#all.get(id) ?? [])]) if (!cancel) this.start(id, name, set);
  }

  stop(id: string, name: string): void {
    const own = this.#all.get(id);
    own?.get(name)?.cancel?.();
    own?.delete(name);
    if (own?.size === 0) this.#all.delete(id);
  }

  stopOf(id: string): void {
    for (const { cancel } of this.#all.get(id)?.values() ?? []) cancel?.();
    this.#all.delete(id);
  }

  /** None runs any more. All are known still: whatever is saved from now on is saved with its timers. */
  stopAll(): void {
    this.#stopped = true;
    for (const own of this.#all.values())
      for (const one of own.values()) {
        one.cancel?.();
        one.cancel = undefined;
      }
  }

  /** Those of one owner, as they are saved. */
  of(id: string): Record<string, SetTimer> {
    return Object.fromEntries([...(this.#all.get(id) ?? [])].map(([name, { set }]) => [name, set]));
  }

  /** How many run. */
  get size(): number {
    let running = 0;
    for (const own of this.#all.values()) for (const { cancel } of own.values()) if (cancel) running++;
    return running;
  }

  /** The place of a timer that is set anew: the one before it does not run on. */
  #own(id: string, name: string): Map<string, Running> {
    const own = this.#all.get(id) ?? new Map<string, Running>();
    this.#all.set(id, own);
    own.get(name)?.cancel?.();
    return own;
  }
}
