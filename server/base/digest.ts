// The short name of a content: the same for the same content, anywhere.
import { createHash, timingSafeEqual } from 'node:crypto';

/** The first `length` hexadecimal digits of the SHA-256 of these texts, one after the other. */
export function digest(texts: readonly string[], length: number): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text);
  return hash.digest('hex').slice(0, length);
}

/** Compared in constant time: how much of a secret was right cannot be told from how long it took. */
export function sameDigest(given: string, wanted: string): boolean {
  const of = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(of(given), of(wanted));
}
