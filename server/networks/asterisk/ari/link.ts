// The lasting link to ARI: connects, and after every loss connects again without end, each time with a new client.

import type { Clock } from '../../../base/clock.ts';
import { nth } from '../../../base/nth.ts';
import type { Problem } from '../../../base/result.ts';
import { type Connection, type ConnectionOptions, connect, connectMs, silenceMs } from './connection.ts';
import { Silence } from './silence.ts';
import { type AriEvent, notConnected, type Request } from './words.ts';

export type LinkOptions = ConnectionOptions & {
  clock: Clock;
  /** The longest the first connection may take. */
  firstMs: number;
};

export type LinkHooks = {
  event(event: AriEvent): void;
  up(): void;
  down(why: string): void;
};

const longestPauseMs = 1000;

/** A problem that can also be thrown: an Error that carries place and mend. */
export const thrown = (problem: Problem): Error & Problem => Object.assign(new Error(problem.message), problem);

export class AriLink {
  readonly #options: LinkOptions;
  readonly #hooks: LinkHooks;
  readonly #silence = new Silence();
  #connection: Connection | undefined;
  #stopped = false;
  #told = '';

  constructor(options: LinkOptions, hooks: LinkHooks) {
    this.#options = options;
    this.#hooks = hooks;
  }

  /** @throws Problem when the first connection cannot be made: at once where waiting cannot help, after `firstMs` otherwise. */
  async start(): Promise<void> {
    const end = this.#options.clock.now() + this.#options.firstMs;
    for (let tries = 0; ; tries++) {
      const failure = await this.#attempt();
      if (!failure) return;
      if (failure.never || this.#stopped || this.#options.clock.now() >= end) throw thrown(failure.problem);
      await this.#pause(tries);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** Answers with status 0 while there is no connection. */
  readonly request: Request = (method, uri, body) =>
    this.#connection?.request(method, uri, body) ?? Promise.resolve(notConnected);

  /** For how long Asterisk has said nothing, though its sockets are open. */
  get silentMs(): number | undefined {
    return this.#silence.lasted(performance.now());
  }

  /** `ms`: for so long nothing was heard, as far as this process was awake to hear it. */
  #missed(silent: boolean, ms: number): void {
    if (silent) this.#silence.noticed(performance.now() - ms);
    else this.#silence.over();
  }

  async #attempt(): Promise<{ problem: Problem; never: boolean } | undefined> {
    const made = await connect(this.#options, {
      event: this.#hooks.event,
      lost: (why, silent) => {
        this.#connection = undefined;
        this.#missed(silent, silenceMs);
        if (this.#stopped) return;
        this.#hooks.down(why);
        void this.#again();
      },
    });
    if (!made.ok) {
      this.#missed(made.silent === true, this.#options.connectMs ?? connectMs);
      return { problem: nth(made.problems, 0), never: made.never === true };
    }
    if (this.#stopped) made.value.close();
    else {
      this.#connection = made.value;
      this.#silence.up(performance.now());
      this.#hooks.up();
    }
    return undefined;
  }

  async #again(): Promise<void> {
    for (let tries = 0; !this.#stopped; tries++) {
      const failure = await this.#attempt();
      if (!failure) break;
      this.#tell(failure.problem);
      await this.#pause(tries);
    }
    this.#told = '';
  }

  /** The same sentence every second helps nobody. */
  #tell(problem: Problem): void {
    if (problem.message === this.#told) return;
    this.#told = problem.message;
    this.#options.log.warn({ ...problem }, 'still no connection to Asterisk');
  }

  #pause(tries: number): Promise<void> {
    const ms = Math.min(longestPauseMs, 50 * 2 ** Math.min(tries, 5));
    return new Promise((resolve) => this.#options.clock.after(ms, resolve));
  }
}
