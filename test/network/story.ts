// What happened, in order, and waiting for something to happen. Every wait that fails tells the story so far.
import { EventEmitter } from 'node:events';
import { patienceMs } from '../waiting.ts';

/** So often everybody who waits looks and listens. */
const beatMs = 40;

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

  /** Something that is not worth telling, and may end a wait at once. */
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
   * Waits until `check` gives something: it is asked at once, whenever something happens, and often enough in between for all that is
   * heard and not told. @throws with the story when it does not within `within` ms, or as soon as `hopeless` says why.
   */
  until<T>(
    expectation: string,
    check: () => T | undefined | false,
    within = patienceMs,
    hopeless: () => string | undefined = () => undefined,
  ): Promise<T> {
    return new Promise<T>((found, fail) => {
      const finish = (settle: () => void) => {
        clearInterval(beat);
        this.off('change', look);
        settle();
      };
      const failed = (why: string) =>
        finish(() => fail(new Error(`${expectation}: ${why}.\nThe story so far:\n${this.text()}`)));
      const look = () => {
        const result = check();
        if (result !== undefined && result !== false) return finish(() => found(result));
        const why = hopeless() ?? (Date.now() > end ? `not within ${within / 1000} s` : undefined);
        if (why) failed(why);
      };
      const end = Date.now() + within;
      const beat = setInterval(look, beatMs);
      this.on('change', look);
      look();
    });
  }
}
