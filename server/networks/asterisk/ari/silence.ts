// For how long Asterisk has been silent though something holds its sockets open. A process that is gone refuses at once, a wrong password
// is told: neither is silence. It knows no socket. Times are ms of a clock that never jumps (`performance.now`).

/** A stuck Asterisk may still answer a few questions on each new connection: only one that has lasted so long is believed. */
const steadyMs = 5000;

export class Silence {
  #since: number | undefined;
  #upSince: number | undefined;

  /** Nothing has been heard since then. */
  noticed(since: number): void {
    this.#since ??= since;
    this.#upSince = undefined;
  }

  /** A connection stands. */
  up(at: number): void {
    this.#upSince = at;
  }

  /** It was refused, or closed in so many words: whoever does that is not stuck. */
  over(): void {
    this.#since = undefined;
    this.#upSince = undefined;
  }

  /** How long it has lasted; undefined while all is well. */
  lasted(now: number): number | undefined {
    if (this.#upSince !== undefined && now - this.#upSince >= steadyMs) this.over();
    return this.#since === undefined ? undefined : now - this.#since;
  }
}
