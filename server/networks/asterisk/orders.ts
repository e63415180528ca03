// What is asked for a call is performed in its order, also where one thing has to wait (for audio that is being made). Knows no effect.
import type { CallId } from '../../domain/telephony/names.ts';

export class Orders {
  readonly #queues = new Map<CallId, Promise<void>>();

  /** Does this after everything that was asked before for the same call. At once where nothing waits. */
  add(call: CallId, task: () => undefined | Promise<void>): void {
    const before = this.#queues.get(call);
    const doing = before ? before.then(task) : task();
    if (!doing) return;
    const queue = doing.then(() => {
      if (this.#queues.get(call) === queue) this.#queues.delete(call);
    });
    this.#queues.set(call, queue);
  }

  /** Once all that was asked so far is done. */
  afterAll(call: CallId, task: () => void): void {
    const before = this.#queues.get(call);
    if (before) void before.then(task);
    else task();
  }

  forget(call: CallId): void {
    this.#queues.delete(call);
  }
}
