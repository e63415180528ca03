// The one durable loop: load, step, answer from inside, save, and only then perform; timers are rows, and a restart goes on where it was.
// It alone knows what happens when the disk refuses, a row cannot be read, or a step, a performer or a listener throws: nobody else feels it.
// What its values mean is the machine's.
import type { Clock, Instant, SetTimer } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type Problem, problemText } from '../base/result.ts';
import type { Done, Event, Machine, Step, TimerEvent, Turn, Unsaved } from './machine.ts';
import type { Row } from './ports.ts';
import type { Saving } from './saving.ts';
import { settle } from './settle.ts';
import { Timers } from './timers.ts';

export type RunnerParts = { clock: Clock; log: Log; saving: Saving };

/** What became of an event. `unknown`: there is no such value. `failed`: the step threw, and the value stays as it was. */
export type Taken = 'done' | 'unknown' | 'failed';

/** A step that always throws on its timer throws no oftener than this. */
const againMs = 60_000;

export class Runner<V, E extends Event, X extends { type: string }, N = never> {
  readonly #machine: Machine<V, E, X, N>;
  readonly #parts: RunnerParts;
  readonly #timers: Timers;
  /** Those that may still do something, as they were last saved. */
  readonly #values = new Map<string, V>();
  readonly #unsaved = new Map<string, Unsaved<V, N>>();
  /** In the middle of a turn: what is heard of them meanwhile comes after it. */
  readonly #turning = new Map<string, (E | TimerEvent)[]>();
  /** A step of theirs has thrown. */
  readonly #failed = new Set<string>();

  constructor(machine: Machine<V, E, X, N>, parts: RunnerParts) {
    this.#machine = machine;
    this.#parts = parts;
    this.#timers = new Timers(parts.clock, (id, name) => this.#due(id, name));
  }

  /**
   * Saved values, each for itself, their timers held. @returns those that cannot be read: they are told, and stay where they are for
   * whoever can (a newer server)
   */
  load<R extends Row>(rows: readonly R[]): { row: R; problems: Problem[] }[] {
    return rows.flatMap((row) => {
      const problems = this.#load(row);
      if (problems.length > 0) {
        const why = problems.map(problemText).join('; ');
        this.#parts.log.error({ [this.#machine.kind]: row.id, why }, `a saved ${this.#machine.kind} is set aside`);
      }
      return problems.length > 0 ? [{ row, problems }] : [];
    });
  }

  /** They can be led from now on: their timers run, and what may not have been done is done again. */
  release(ids: Iterable<string> = [...this.#values.keys()]): void {
    for (const id of ids) {
      const value = this.#values.get(id);
      this.#timers.release(id);
      const effects = value === undefined ? [] : this.#guarded(id, [], () => this.#machine.again?.(value) ?? []);
      if (value !== undefined && effects.length > 0)
        this.#turn(
          id,
          value,
          this.#parts.clock.now(),
          () => ({ value, effects }),
          (error) => this.#cannotBegin(id, error),
        );
    }
  }

  /** One begins. @param instead when this throws: what is saved and performed in its place */
  begin(
    id: string,
    at: Instant,
    first: () => Step<V, X>,
    instead?: (error: unknown) => Turn<V, X, N> | undefined,
  ): Taken {
    return this.#turn(id, undefined, at, first, instead ?? ((error) => this.#cannotBegin(id, error)));
  }

  /** An event of one. It is saved and performed when this returns, unless it came in the middle of another of the same one. */
  event(id: string, event: E | TimerEvent): Taken {
    const turning = this.#turning.get(id);
    if (turning) {
      turning.push(event);
      return 'done';
    }
    const value = this.find(id);
    if (value === undefined) {
      this.#guarded(id, undefined, () => this.#machine.unknown?.(id, event));
      return 'unknown';
    }
    const step = () => {
      this.#machine.heard?.(value, event);
      return this.#machine.step(value, event);
    };
    return this.#turn(id, value, event.at, step, (error) => this.#fails(id, value, event, error));
  }

  /** One that may still do something. */
  get(id: string): V | undefined {
    return this.#values.get(id);
  }

  /** Also one that is over, where the machine finds it. */
  find(id: string): V | undefined {
    const live = this.#values.get(id);
    if (live !== undefined || !this.#machine.find) return live;
    return this.#unsaved.get(id)?.value ?? this.#guarded(id, undefined, () => this.#machine.find?.(id));
  }

  all(): readonly V[] {
    return [...this.#values.values()];
  }

  /** Values, live or over, whose last turn is not on disk. */
  unsaved(): readonly V[] {
    return [...this.#unsaved.values()].map(({ value }) => value);
  }

  get timersRunning(): number {
    return this.#timers.size;
  }

  /** No timer runs any more. What is heard is still taken in, and saved. */
  stop(): void {
    this.#timers.stopAll();
  }

  #load(row: Row): Problem[] {
    try {
      const read = this.#machine.read(row);
      if (!read.ok) return read.problems;
      const { value, timers } = read.value;
      this.#values.set(row.id, value);
      for (const [name, set] of Object.entries(timers)) this.#timers.hold(row.id, name, set);
      return [];
    } catch (error) {
      return [{ file: `saved ${this.#machine.kind} ${row.id}`, message: String(error) }];
    }
  }

  #due(id: string, name: string): void {
    const at = this.#parts.clock.now();
    const value = this.#values.get(id);
    if (value !== undefined && this.#guarded(id, false, () => this.#machine.holds?.(value) ?? false))
      this.#timers.hold(id, name, { dueAt: at, ms: 0 });
    else this.event(id, { type: 'timer', name, at });
  }

  #turn(
    id: string,
    before: V | undefined,
    at: Instant,
    first: () => Step<V, X>,
    instead: (error: unknown) => Turn<V, X, N> | undefined,
  ): Taken {
    const meanwhile: (E | TimerEvent)[] = [];
    this.#turning.set(id, meanwhile);
    let taken: Taken = 'done';
    let turn: Turn<V, X, N> | undefined;
    try {
      turn = this.#settled(before, at, first);
    } catch (error) {
      taken = 'failed';
      turn = this.#guarded(id, undefined, () => instead(error));
    }
    if (turn) this.#goOn(id, before, turn, at);
    this.#turning.delete(id);
    for (const event of meanwhile) this.event(id, event);
    return taken;
  }

  #settled(before: V | undefined, at: Instant, first: () => Step<V, X>): Turn<V, X, N> | undefined {
    const step = first();
    if (before !== undefined && step.value === before && step.effects.length === 0) return undefined;
    return settle(this.#machine, step, at);
  }

  /** Saved before performed; what was performed is told. */
  #goOn(id: string, before: V | undefined, turn: Turn<V, X, N>, at: Instant): void {
    const { value, outside, timers, notices } = turn;
    const set = this.#setTimers(id, timers);
    if (this.#machine.isOver(value)) this.#forget(id);
    else this.#values.set(id, value);
    const saved = this.#save(id, turn, set, at);
    const done: Done<V, X, N> = { value, outside, timers, notices, before, at, saved };
    const { listeners = [] } = this.#machine;
    this.#guarded(id, undefined, () => this.#machine.took?.(done));
    this.#guarded(id, undefined, () => this.#machine.perform(value, outside, done));
    for (const listener of listeners) this.#guarded(id, undefined, () => listener(done));
  }

  #setTimers(id: string, changes: Turn<V, X, N>['timers']): Map<string, SetTimer | null> {
    const now = this.#parts.clock.now();
    const set = new Map<string, SetTimer | null>();
    for (const [name, ms] of changes) {
      set.set(name, ms === null ? null : { dueAt: now + ms, ms });
      if (ms === null) this.#timers.stop(id, name);
      else this.#timers.start(id, name, { dueAt: now + ms, ms });
    }
    return set;
  }

  #forget(id: string): void {
    this.#timers.stopOf(id);
    this.#values.delete(id);
    this.#failed.delete(id);
  }

  #save(id: string, { value, notices }: Turn<V, X, N>, timers: Map<string, SetTimer | null>, at: Instant): boolean {
    const waiting = this.#unsaved.get(id);
    const dated = notices.map((notice) => ({ at, notice }));
    const one: Unsaved<V, N> = {
      value,
      at,
      timers: waiting ? new Map([...waiting.timers, ...timers]) : timers,
      notices: waiting ? [...waiting.notices, ...dated] : dated,
      allTimers: () => this.#timers.of(id),
    };
    this.#unsaved.set(id, one);
    return this.#parts.saving.save(this.#machine.kind, id, () => {
      this.#machine.save(one);
      this.#unsaved.delete(id);
    });
  }

  #fails(id: string, value: V, event: E | TimerEvent, error: unknown): Turn<V, X, N> | undefined {
    const { kind } = this.#machine;
    const again = this.#failed.has(id);
    this.#failed.add(id);
    const instead = this.#machine.failed?.(value, event, again);
    this.#parts.log.error({ [kind]: id, error }, instead?.says ?? `a step failed; the ${kind} stays as it was`);
    // Nobody else would ever move it on.
    if (!instead?.turn && isTimer(event))
      this.#timers.start(id, event.name, { dueAt: this.#parts.clock.now() + againMs, ms: againMs });
    return instead?.turn;
  }

  #cannotBegin(id: string, error: unknown): undefined {
    this.#parts.log.error({ [this.#machine.kind]: id, error }, `a ${this.#machine.kind} could not begin`);
  }

  /** What goes wrong in one is our bug: it stands in the log, and no other feels it. */
  #guarded<T>(id: string, otherwise: T, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#parts.log.error(
        { [this.#machine.kind]: id, error },
        `a ${this.#machine.kind} met an error beside its step`,
      );
      return otherwise;
    }
  }
}

const isTimer = (event: { type: string }): event is TimerEvent => event.type === 'timer';
