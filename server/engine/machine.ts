// What a machine gives to the runner: its pure step, its saved form, its answers from inside the house, what it does in the world, and
// who listens. A machine knows what it means; the runner knows when it happens.
import type { Instant, SetTimer } from '../base/clock.ts';
import type { Result } from '../base/result.ts';
import type { Row } from './ports.ts';

export type Event = { type: string; at: Instant };
export type TimerEvent = { type: 'timer'; name: string; at: Instant };
export type TimerEffect = { type: 'start-timer'; name: string; ms: number } | { type: 'cancel-timer'; name: string };

/** One event in, this out. Timer effects are the runner's; all others are the machine's own. */
export type Step<V, X> = { value: V; effects: readonly X[] };

/** What the house itself makes of an effect, at once: a value changed, events in answer, words that are saved with the step. */
export type Inside<V, E, N> = { value?: V; events?: readonly E[]; notices?: readonly N[] };

/** All that one event came to. */
export type Turn<V, X, N> = {
  value: V;
  /** For the world, in order, once the turn is saved. */
  outside: X[];
  /** Milliseconds from now, or null: stopped. */
  timers: Map<string, number | null>;
  /** Saved in the same transaction. */
  notices: N[];
};

/** What is to be written of one value: its newest state, and all that came with it since it was last on disk. */
export type Unsaved<V, N> = {
  value: V;
  at: Instant;
  /** Changed since; null: stopped. */
  timers: Map<string, SetTimer | null>;
  notices: { at: Instant; notice: N }[];
  /** All that this value has now. */
  allTimers(): Record<string, SetTimer>;
};

/** A turn that was saved, or that waits to be, and was performed. */
export type Done<V, X, N> = Turn<V, X, N> & { before: V | undefined; at: Instant; saved: boolean };

export type Read<V> = { value: V; timers: Record<string, SetTimer> };

/**
 * V: the value, plain JSON. E: its events. X: its effects. N: what is saved besides it.
 * Hooks may throw: that is our bug, the runner logs it, and nobody else feels it.
 */
export interface Machine<V, E extends Event, X extends { type: string }, N = never> {
  /** What one of these is called, in the log and to whoever is told. */
  readonly kind: string;
  id(value: V): string;
  isOver(value: V): boolean;

  /** Pure. The same value without effects: the event changed nothing. */
  step(value: V, event: E | TimerEvent): Step<V, X>;
  /** Undefined: this effect is for the world. */
  inside(value: V, effect: X, at: Instant): Inside<V, E, N> | undefined;

  read(row: Row): Result<Read<V>>;
  /** One transaction. @throws when the disk refuses */
  save(unsaved: Unsaved<V, N>): void;

  /** In order; what becomes of them comes back as events. */
  perform(value: V, effects: readonly X[], turn: Done<V, X, N>): void;

  /** A value that is over, for whatever is still heard of it. Without this, one that is over hears nothing, saved or not. */
  find?(id: string): V | undefined;
  /** An event of one that is not here, or not any more. */
  unknown?(id: string, event: E | TimerEvent): void;
  /** An event from outside comes to its step: none that the house answered. What this throws, the step has thrown. */
  heard?(value: V, event: E | TimerEvent): void;
  /** What may not have been done when we went down: it is done again, under its own id. */
  again?(value: V): readonly X[];
  /** Nothing can be done for it now: what falls due is kept until it is released. */
  holds?(value: V): boolean;
  /** In memory from now on, before anything is performed. */
  took?(turn: Done<V, X, N>): void;
  /** A step threw (`again`: not for the first time): the turn in its place, if not simply none. */
  failed?(value: V, event: E | TimerEvent, again: boolean): { says: string; turn?: Turn<V, X, N> };
  /** Told of each turn, once it is performed. */
  readonly listeners?: readonly ((turn: Done<V, X, N>) => void)[];
}
