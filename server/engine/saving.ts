// What the disk would not take: kept here in its order, and tried again until it is written. Whoever is served matters more than the
// record: all goes on meanwhile, and somebody is told. Knows nothing of what is written.
import type { Cancel, Clock, Instant } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { Failure } from '../base/result.ts';

export type SavingParts = {
  clock: Clock;
  log: Log;
  /** Told once what could not be written is on disk: what it was, and how long it took. */
  recovered(message: string): void;
};

type Waiting = { kind: string; id: string; write: () => void; behind: ReadonlySet<string> };

const firstMs = 1000;
const longestMs = 8000;
const nothing: ReadonlySet<string> = new Set();

/** One for the whole process: one disk has one answer for all. */
export class Saving {
  readonly #parts: SavingParts;
  readonly #waiting = new Map<string, Waiting>();
  /** Went on unsaved since it began. */
  readonly #missed = new Map<string, Waiting>();
  /** Since when something waits. */
  #since: Instant | undefined;
  #failing: Instant | undefined;
  #retry: Cancel | undefined;
  #tries = 0;
  #stopped = false;
  /** What waits because of the work that is under way: see `after`. */
  #ofWork: Set<string> | undefined;

  constructor(parts: SavingParts) {
    this.#parts = parts;
  }

  /** When saving began to fail, if it does now. A row that is refused for itself alone is no such failure once others are written. */
  get failingSince(): Instant | undefined {
    return this.#failing;
  }

  /** How many of this kind (of all kinds) wait to be written. */
  waiting(kind?: string): number {
    if (kind === undefined) return this.#waiting.size;
    return [...this.#waiting.values()].filter((one) => one.kind === kind).length;
  }

  /**
   * Written when this returns, or kept and tried again: never throws. The same id again takes the place of what waits under it, so `write`
   * is to write all that the one before would have. @returns true when it is on disk
   */
  save(kind: string, id: string, write: () => void): boolean {
    if (this.#waiting.size === 0 && !refusal(write)) return true;
    return this.#keep({ kind, id, write, behind: nothing });
  }

  /** Does the work, then writes this, but not before all that the work saved is on disk. @throws what the work throws: nothing is written then */
  after(work: () => void, kind: string, id: string, write: () => void): void {
    const outer = this.#ofWork;
    const behind = new Set<string>();
    this.#ofWork = behind;
    try {
      work();
    } finally {
      this.#ofWork = outer;
      for (const key of behind) outer?.add(key);
    }
    if ([...behind].some((key) => this.#waiting.has(key))) this.#keep({ kind, id, write, behind });
    else this.save(kind, id, write);
  }

  /** What waits under this id need not be written any more: it has been made good otherwise. */
  withdraw(kind: string, id: string): void {
    const key = `${kind} ${id}`;
    this.#waiting.delete(key);
    this.#missed.delete(key);
  }

  /** A last try; what still cannot be written is told, and lost with the process. */
  stop(): void {
    this.#stopped = true;
    this.#retry?.();
    this.#flush();
    if (this.#waiting.size === 0) return;
    this.#parts.log.error({ lost: [...this.#waiting.keys()] }, 'these could not be saved before the end');
  }

  /** In its old place, where it had one. */
  #keep(one: Waiting): boolean {
    const key = keyOf(one);
    this.#waiting.set(key, one);
    this.#ofWork?.add(key);
    this.#flush();
    const waits = this.#waiting.has(key);
    if (waits && one.behind.size === 0) this.#tell(key, one, 'the disk refused another before it');
    return !waits;
  }

  /** Writes what waits, until the disk refuses. What is refused for itself alone holds up nobody else. */
  #flush(): void {
    let wrote = false;
    let disk = false;
    for (const [key, one] of this.#waiting) {
      if ([...one.behind].some((before) => this.#waiting.has(before))) continue;
      const refused = refusal(one.write);
      if (refused) this.#refused(key, one, refused.error);
      else this.#waiting.delete(key);
      wrote ||= !refused;
      disk = refused?.error instanceof Failure;
      if (disk) break;
    }
    if (!disk && (wrote || this.#waiting.size === 0)) this.#works();
    this.#later();
  }

  #refused(key: string, one: Waiting, error: unknown): void {
    const now = this.#parts.clock.now();
    this.#since ??= now;
    this.#failing ??= now;
    this.#tell(key, one, error);
  }

  /** Told when it begins; a line for each try would bury everything else. */
  #tell(key: string, one: Waiting, error: unknown): void {
    const { log } = this.#parts;
    const { kind, id } = one;
    if (this.#missed.has(key)) log.debug({ [kind]: id, error }, 'still not saved');
    else
      log.error({ [kind]: id, error }, `the ${kind} could not be saved; it goes on, and is saved as soon as possible`);
    this.#missed.set(key, one);
  }

  /** The disk takes what it is given. Told when nothing waits any more, as one sentence. */
  #works(): void {
    const { clock, log, recovered } = this.#parts;
    this.#failing = undefined;
    this.#tries = 0;
    if (this.#waiting.size > 0) return;
    const kinds = [...this.#missed.values()].map(({ kind }) => kind);
    const seconds = Math.ceil((clock.now() - (this.#since ?? clock.now())) / 1000);
    this.#missed.clear();
    this.#since = undefined;
    if (kinds.length === 0) return;
    const message = `${counted(kinds)} went on unsaved for ${seconds} s; all of them are on record now`;
    log.warn({}, `saving works again: ${message}`);
    const failed = refusal(() => recovered(message));
    if (failed) log.error({ error: failed.error }, 'this warning could not be saved');
  }

  #later(): void {
    if (this.#stopped || this.#retry || this.#waiting.size === 0) return;
    this.#retry = this.#parts.clock.after(Math.min(firstMs * 2 ** this.#tries++, longestMs), () => {
      this.#retry = undefined;
      this.#flush();
    });
  }
}

const keyOf = ({ kind, id }: Waiting): string => `${kind} ${id}`;

/** `2 call(s), 1 alert(s)`. */
const counted = (kinds: readonly string[]): string =>
  [...new Set(kinds)].map((kind) => `${kinds.filter((one) => one === kind).length} ${kind}(s)`).join(', ');

function refusal(write: () => void): { error: unknown } | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    return { error };
  }
}
