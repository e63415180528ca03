// What happened, in order, and waiting for something to happen. Every wait that fails tells the story so far.
import { EventEmitter } from 'node:events';
import { patienceMs } from '../waiting.ts';

/** One thing that happened. `at`: milliseconds since 1970. */
export type Happening = { at: number; who: string; what: string };

export class Story extends EventEmitter<{ happening: [Happening]; change: [] }> {
  readonly happenings: Happening[] = [];
  readonly startedAt = Date.now();

  constructor() {
    super();
    this.setMaxListeners(0);
  }

  tell(who: string, what: string): void {
    const happening = { at: Date.now(), who, what };
    this.happenings.push(happening);
    this.emit('happening', happening);
    this.emit('change');
  }

  /** Something that may end a wait without being worth telling (sound, above all). */
  stir(): void {
    this.emit('change');
  }

  /** The last lines, with seconds since the beginning. */
  text(lines = 40): string {
    return this.happenings
      .slice(-lines)
      .map(({ at, who, what }) => `${((at - this.startedAt) / 1000).toFixed(2).padStart(8)} s  ${who} ${what}`)
      .join('\n');
  }

  /**
   * Waits until `check` gives something. @throws with the story when it does not within `within` ms, or as soon as `hopeless` says why.
   */
  until<T>(
    expectation: string,
    check: () => T | undefined | false,
    within = patienceMs,
    hopeless: () => string | undefined = () => undefined,
  ): Promise<T> {
    return new Promise<T>((found, fail) => {
      const finish = (settle: () => void) => {
        clearTimeout(deadline);
        this.off('change', look);
        settle();
      };
      const failed = (why: string) =>
        finish(() => fail(new Error(`${expectation}: ${why}.\nThe story so far:\n${this.text()}`)));
      const look = () => {
        const result = check();
        if (result !== undefined && result !== false) return finish(() => found(result));
        const why = hopeless();
        if (why) failed(why);
      };
      const deadline = setTimeout(() => {
        const result = check();
        if (result !== undefined && result !== false) return finish(() => found(result));
        failed(`not within ${within / 1000} s`);
      }, within);
      this.on('change', look);
      look();
    });
  }
}
