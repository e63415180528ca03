// Ids that a test can foretell.
import type { Ids } from '../../server/base/ids.ts';

/** Counts 1, 2, 3. */
export const countingIds = (last = 0): Ids => {
  return { next: (prefix) => `${prefix}${++last}` };
};
