// The timers of all alerts: in memory they run on the machine's steady clock, so that a wall clock that jumps moves none of them;
// what is saved beside them serves a restart only.
import type { Cancel, Clock } from '../../base/clock.ts';
import type { SetTimer } from './ports.ts';

export class AlertTimers {
  readonly #clock: Clock;
  readonly #fire: (alert: string, name: string) => void;
  readonly #running = new Map<string, Map<string, { cancel: Cancel; set: SetTimer }>>();

  constructor(clock: Clock, fire: (alert: string, name: string) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  start(alert: string, name: string, set: SetTimer): void {
    this.stop(alert, name);
    const own = this.#running.get(alert) ?? new Map();
    this.#running.set(alert, own);
    // A clock that was set back while we were away must not make a reminder later than it was ever meant to be.
    const wait = Math.min(Math.max(0, set.dueAt - this.#clock.now()), set.ms);
    const cancel = this.#clock.after(wait, () => {
      own.delete(name);
      this.#fire(alert, name);
    });
    own.set(name, { cancel, set });
  }

  stop(alert: string, name: string): void {
    this.#running.get(alert)?.get(name)?.cancel();
    this.#running.get(alert)?.delete(name);
  }

  /** Those that run, as they are saved. */
  of(alert: string): Record<string, SetTimer> {
    return Object.fromEntries([...(this.#running.get(alert) ?? [])].map(([name, { set }]) => [name, set]));
  }

  stopAlert(alert: string): void {
    for (const { cancel } of this.#running.get(alert)?.values() ?? []) cancel();
    this.#running.delete(alert);
  }

  stopAll(): void {
    for (const alert of [...this.#running.keys()]) this.stopAlert(alert);
  }
}
