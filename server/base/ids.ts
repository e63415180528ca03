// Identifiers: made by us, before any request leaves, so that a repeated request can be recognised.
import { randomFillSync } from 'node:crypto';

export interface Ids {
  /** A new identifier, safe in file names, URLs and SIP headers; sorts by time of creation. */
  next(prefix: string): string;
}

const randomBytes = 6;

/** Random bits in hexadecimal, fetched for many ids at once: asking the system costs as much for six bytes as for thousands. */
function randomText(): () => string {
  const pool = Buffer.allocUnsafe(randomBytes * 512);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += randomBytes;
    return pool.toString('hex', used - randomBytes, used);
  };
}

/** Time in base 36 followed by 48 random bits: two processes may make ids in the same millisecond. */
export function randomIds(now: () => number): Ids {
  const random = randomText();
  return { next: (prefix) => `${prefix}${now().toString(36).padStart(9, '0')}${random()}` };
}
