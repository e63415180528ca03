// Keys typed ahead: a caller who knows the menu does not wait for what is said before it. They are kept for the next question, and for no later one.
import type { Run } from './run.ts';

/** More than any question may ask for: what lies beyond is a storm. */
export const mostAhead = 20;
/** Keys so soon after a number of fixed length was complete are one digit too many of it, not the answer to what comes next. */
const tailMs = 1500;

/** Hands the keys over, once. */
export function takeAhead(run: Run): string {
  const { ahead = '' } = run.state;
  delete run.state.ahead;
  return ahead;
}

export function keepAhead(run: Run, keys: string): void {
  if (keys !== '') run.state.ahead = keys.slice(0, mostAhead);
}

/** A number was complete by its length: what follows at once belongs to it. */
export function endsByLength(run: Run): void {
  run.state.tail = run.at;
}

export const isTail = ({ state: { tail }, at }: Run): boolean => tail !== undefined && at - tail < tailMs;

/** Keys were an answer without the key that ends one: people press it all the same. @param key that key; empty: there is none */
export function mayEnd(run: Run, key: string): void {
  if (key !== '') run.state.ended = { at: run.at, key };
}

/** Keys for the next question, less the one that only ended the answer before. @param whenever it comes, not at once alone */
export function withoutEnd({ state: { ended }, at }: Run, keys: string, whenever = false): string {
  if (!ended || !keys.startsWith(ended.key)) return keys;
  return whenever || at - ended.at < tailMs ? keys.slice(1) : keys;
}

export const keysOf = (keyed: string): string => keyed.toUpperCase().replace(/[^0-9A-D*#]/g, '');
