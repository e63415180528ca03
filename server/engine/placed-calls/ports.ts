// What calls that the line places by itself need to be kept. The store fills it.
import type { Instant } from '../../base/clock.ts';
import type { PlacedCall } from './placed-call.ts';

export type { PlacedCall } from './placed-call.ts';

/** Calls that the line places by itself: local, synchronous. */
export interface PlacedCallStore {
  /** Also those that ended a moment ago. */
  all(): PlacedCall[];
  /** Keeps this one; those that were over before this instant are let go. */
  save(call: PlacedCall, forgetBefore: Instant): void;
}
