// Whoever listens to the calls, so that what goes wrong there is theirs: no call feels it, and no timer of a call ends the process.
import type { Log } from '../../base/log.ts';
import type { CallListener } from './ports.ts';

/** Those who listen: they join before the first call comes. What one throws stands in the log, and the others hear all the same. */
export class CallListeners implements Required<CallListener> {
  readonly #log: Log;
  readonly #all: CallListener[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  add(listener: CallListener): void {
    this.#all.push(listener);
  }

  onEnd: NonNullable<CallListener['onEnd']> = (record) => this.#tell((one) => one.onEnd?.(record));
  onTest: NonNullable<CallListener['onTest']> = (call) => this.#tell((one) => one.onTest?.(call));
  onAlert: NonNullable<CallListener['onAlert']> = (alert, saved) => this.#tell((one) => one.onAlert?.(alert, saved));
  onDeliver: NonNullable<CallListener['onDeliver']> = () => this.#tell((one) => one.onDeliver?.());

  #tell(told: (listener: CallListener) => void): void {
    for (const one of this.#all)
      try {
        told(one);
      } catch (error) {
        this.#log.error({ error }, 'one who listens to the calls failed; the calls go on');
      }
  }
}
