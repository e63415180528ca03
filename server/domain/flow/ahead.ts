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

export const keysOf = (keyed: string): string => keyed.toUpperCase().replace(/[^0-9A-D*#]/g, '');
