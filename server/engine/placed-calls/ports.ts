// What calls that the line places by itself need to be kept. The store fills it.
import type { Instant } from '../../base/clock.ts';
import type { PlacedCall } from '../../domain/placed-call/placed-call.ts';
import type { SavedPlacedCall } from '../../domain/placed-call/saved.ts';
import type { Row } from '../ports.ts';

/** Calls that the line places by itself: local, synchronous. */
export interface PlacedCallStore {
  /** Those that go on, as their rows say it. */
  live(): Row[];
  /** Also one that ended a moment ago. @throws Failure when its row cannot be read */
  get(id: string): PlacedCall | undefined;
  /** Keeps this one; those that were over before this instant are let go. */
  save(saved: SavedPlacedCall, forgetBefore: Instant): void;
}
