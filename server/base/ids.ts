// Identifiers: made by us, before any request leaves, so that a repeated request can be recognised.
import { randomBytes } from 'node:crypto';

export interface Ids {
  /** A new identifier, safe in file names, URLs and SIP headers; sorts by time of creation. */
  next(prefix: string): string;
}

/** Time in base 36 followed by 48 random bits: two processes may make ids in the same millisecond. */
export const randomIds = (now: () => number): Ids => ({
  next: (prefix) => `${prefix}${now().toString(36).padStart(9, '0')}${randomBytes(6).toString('hex')}`,
});

/** Counts 1, 2, 3: for tests. */
export const countingIds = (): Ids => {
  let last = 0;
  return { next: (prefix) => `${prefix}${++last}` };
};
