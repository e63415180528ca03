// What the tests so far say, and when the next is due: as it stands, also while the disk refuses to write it down.
import type { Log } from '../../base/log.ts';
import type { NextTest, Series } from '../../domain/self-test/record.ts';
import type { Saving } from '../saving.ts';
import type { TestStore } from './ports.ts';

type StandingParts = { store: TestStore; saving: Saving; log: Log };

export class Standing {
  readonly #parts: StandingParts;
  /** Not on disk yet. */
  readonly #series = new Map<string, Series>();
  #next: NextTest | undefined;

  constructor(parts: StandingParts) {
    this.#parts = parts;
  }

  /** By subject. Where the disk cannot be read, only what is not written yet: a test is not held up for it. */
  series(): Map<string, Series> {
    const saved = this.#read();
    return new Map([...saved, ...this.#series.values()].map((one) => [one.subject, one]));
  }

  /** These hold from now on. */
  keep(series: readonly Series[]): void {
    for (const one of series) this.#series.set(one.subject, one);
  }

  /** These are on disk. */
  saved(series: readonly Series[]): void {
    for (const one of series) if (this.#series.get(one.subject) === one) this.#series.delete(one.subject);
  }

  next(): NextTest | undefined {
    return this.#next ?? this.#parts.store.next();
  }

  setNext(next: NextTest): void {
    const { saving, store } = this.#parts;
    this.#next = next;
    saving.save('schedule of self tests', 'next', () => {
      store.setNext(next);
      this.#next = undefined;
    });
  }

  #read(): Series[] {
    try {
      return this.#parts.store.series();
    } catch (error) {
      this.#parts.log.error({ error }, 'what the tests of the line said so far cannot be read');
      return [];
    }
  }
}
