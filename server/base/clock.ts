// Time as a value that is handed in. Nothing below the switchboard may ask the machine what time it is.

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** Stops what was scheduled; calling it twice does nothing. */
export type Cancel = () => void;

/** A timer as it was set: due at an instant, `ms` after it was set. What is saved of a timer, for a restart. */
export type SetTimer = { dueAt: Instant; ms: number };

export interface Clock {
  now(): Instant;
  /** Runs `task` once, `ms` from now (at once when `ms` ≤ 0). */
  after(ms: number, task: () => void): Cancel;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, task) => {
    const handle = setTimeout(task, Math.max(0, ms));
    return () => clearTimeout(handle);
  },
};
