// The one door into what this line tells and writes: whatever is to be taken in (an urgency, an answer, a message) is a row first, and leaves
// only after its work is saved. Many processes put rows here; the one that leads takes them. Knows nothing of what the rows say: each room
// names the kinds that it takes.
import type { z } from 'zod';
import type { Clock, Instant } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { InboxRow, InboxStore } from './ports.ts';
import type { Taken } from './runner.ts';
import type { Saving } from './saving.ts';

export type InboxParts = {
  clock: Clock;
  log: Log;
  saving: Saving;
  store: InboxStore;
};

type Taker = (body: unknown) => Taken;

const atOnce = 100;
const firstMs = 1000;
const longestMs = 5 * 60_000;
/** So often a row that is for nobody is looked at again. */
const patience = 8;

export class Inbox {
  readonly #parts: InboxParts;
  readonly #takers = new Map<string, Taker>();
  /** Rows whose work failed: they stay, and hold up nobody. */
  readonly #failed = new Map<number, { row: InboxRow; tries: number; dueAt: Instant }>();
  /** The youngest row that was looked at. */
  #seen = 0;
  #posts = 0;
  #leads = false;
  #taking = false;
  #unreadable = false;

  constructor(parts: InboxParts) {
    this.#parts = parts;
  }

  /** What becomes of rows of this kind and shape; others are refused, and stay. A taker that throws, or fails, is asked again later. */
  takes<S extends z.ZodType>(kind: string, shape: S, take: (body: z.output<S>) => Taken): void {
    this.#takers.set(kind, (body) => take(shape.parse(body)));
  }

  /** This process takes the rows from now on. */
  lead(): void {
    this.#leads = true;
    this.wake();
  }

  stop(): void {
    this.#leads = false;
  }

  /** Rows whose work failed so far. */
  get failed(): number {
    return this.#failed.size;
  }

  /** Saved, and taken at once where this process leads. Where the disk refuses it is taken all the same, or kept until a row can be written. */
  put(kind: string, body: unknown): void {
    const { saving, store } = this.#parts;
    const text = JSON.stringify(body);
    const id = `new ${++this.#posts}`;
    if (saving.save('row', id, () => store.post(kind, text))) this.wake();
    else if (this.now(kind, body)) saving.withdraw('row', id);
  }

  /** Takes in what has no row yet, because the disk refuses it. @returns true when the work is done */
  now(kind: string, body: unknown): boolean {
    if (!this.#leads) return false;
    try {
      return this.#work(kind, body) === 'done';
    } catch (error) {
      this.#parts.log.error({ kind, error }, 'what came in could not be taken in; it is, once it is a row');
      return false;
    }
  }

  /** Takes what is there, and what failed before and may be tried again. */
  wake(): void {
    if (!this.#leads || this.#taking) return;
    this.#taking = true;
    const now = this.#parts.clock.now();
    for (const { row, tries, dueAt } of [...this.#failed.values()]) if (dueAt <= now) this.#take(row, tries);
    let taken = 0;
    for (let rows = this.#rows(); rows.length > 0 && taken < atOnce; rows = this.#rows()) {
      taken += rows.length;
      for (const row of rows) this.#next(row);
    }
    this.#taking = false;
    // Whoever else waits for this process comes first.
    if (taken >= atOnce) this.#parts.clock.after(0, () => this.wake());
  }

  #next(row: InboxRow): void {
    this.#seen = row.k;
    this.#take(row, 0);
  }

  #rows(): InboxRow[] {
    try {
      const rows = this.#parts.store.inbox(this.#seen, atOnce);
      this.#unreadable = false;
      return rows;
    } catch (error) {
      // Told when it begins: it is asked for each second.
      if (!this.#unreadable) this.#parts.log.error({ error }, 'the inbox cannot be read; it is asked for again');
      this.#unreadable = true;
      return [];
    }
  }

  #take(row: InboxRow, tries: number): void {
    const { saving, store, log, clock } = this.#parts;
    const { k, kind, body } = row;
    try {
      const work = () => {
        const taken = this.#work(kind, JSON.parse(body));
        if (taken === 'failed') throw new Error('a step of it failed');
        if (taken === 'unknown' && tries < patience && this.#waitsBefore(k))
          throw new Error('nobody knows yet whom it is for');
      };
      saving.after(work, 'row', String(k), () => store.taken(k));
      this.#failed.delete(k);
    } catch (error) {
      if (tries === 0)
        log.error({ row: k, kind, error }, 'a row of the inbox could not be taken in; it stays, and is tried again');
      const wait = Math.min(firstMs * 2 ** tries, longestMs);
      this.#failed.set(k, { row, tries: tries + 1, dueAt: clock.now() + wait });
    }
  }

  /** What makes known whom a row is for may stand in one before it, which is still to be taken in. */
  #waitsBefore(k: number): boolean {
    return [...this.#failed.keys()].some((before) => before < k);
  }

  /** @throws when nobody here takes such a row: a newer server may */
  #work(kind: string, body: unknown): Taken {
    const take = this.#takers.get(kind);
    if (!take) throw new Error(`nobody here takes "${kind}"`);
    return take(body);
  }
}
