// Timers are rows; this keeps them running in memory. Knows nothing of what they mean.
import type { Cancel, Clock } from '../../base/clock.ts';
import type { CallId } from '../../domain/telephony/names.ts';
import type { TimerRow } from './ports.ts';

/** Starts, replaces and stops what the rows say; `fire` is called once for each that falls due. */
export class Timers {
  #running = new Map<CallId, Map<string, Cancel>>();
  #clock: Clock;
  #fire: (call: CallId, name: string) => void;

  constructor(clock: Clock, fire: (call: CallId, name: string) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  /** A row that is overdue fires at once (after a restart). */
  start({ call, name, dueAt }: TimerRow): void {
    this.stop(call, name);
    const ofCall = this.#running.get(call) ?? new Map<string, Cancel>();
    this.#running.set(call, ofCall);
    const cancel = this.#clock.after(dueAt - this.#clock.now(), () => {
      ofCall.delete(name);
      this.#fire(call, name);
    });
    ofCall.set(name, cancel);
  }

  stop(call: CallId, name: string): void {
    this.#running.get(call)?.get(name)?.();
    this.#running.get(call)?.delete(name);
  }

  has(call: CallId, name: string): boolean {
    return this.#running.get(call)?.has(name) ?? false;
  }

  stopCall(call: CallId): void {
    for (const cancel of this.#running.get(call)?.values() ?? []) cancel();
    this.#running.delete(call);
  }

  stopAll(): void {
    for (const call of [...this.#running.keys()]) this.stopCall(call);
  }

  get size(): number {
    return [...this.#running.values()].reduce((sum, timers) => sum + timers.size, 0);
  }
}
