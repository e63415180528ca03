// Our own call that came back under another number: only its end gave it away, and its test's record says so.
import type { Instant } from '../../base/clock.ts';
import type { PhoneNumber } from '../telephony/names.ts';
import type { TestRow } from './record.ts';

/** In place of a number that the carrier kept to itself. */
export const hidden = 'masqué';

/** @param caller who left: their number in E.164 (empty: hidden), and when they came */
export const wasDisguised = (tests: readonly TestRow[], caller: { number: PhoneNumber; at: Instant }): boolean =>
  tests.some(
    ({ fault, startedAt = 0, endedAt = Number.POSITIVE_INFINITY }) =>
      fault?.what === 'disguised' &&
      fault.detail === (caller.number || hidden) &&
      caller.at >= startedAt &&
      caller.at <= endedAt,
  );
