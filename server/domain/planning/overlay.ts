// What planners change from the web, laid over the files: plain values with instants. Knows nothing of how they are kept.
import type { Instant } from '../../base/clock.ts';

/** From `from` on, until just before `until`. `why` is shown to everybody. */
type Dated = { from: Instant; until: Instant; why?: string };

/** These people, in this order, stand on this planning: as an override (before everything) or a dated shift. */
export type OverlayShift = Dated & { planning: string; people: readonly string[] };

/** `by` is on whenever `person` would be; on one planning, or on all when none is named. Does not chain. */
export type Replacement = Dated & { person: string; by: string; planning?: string };

/** This person is on nowhere. */
export type Absence = Dated & { person: string };

/**
 * A value: never changed once handed in (answers are remembered by its identity), a new edit makes a new overlay.
 * Of several overrides or replacements that hold at once, the later in the list counts; shifts add up.
 */
export type Overlay = {
  readonly overrides: readonly OverlayShift[];
  readonly shifts: readonly OverlayShift[];
  readonly replacements: readonly Replacement[];
  readonly absences: readonly Absence[];
};

/** Of one planning. */
export const overridesOf = ({ overrides }: Overlay, planning: string): OverlayShift[] =>
  overrides.filter((one) => one.planning === planning);

export const emptyOverlay: Overlay = Object.freeze({ overrides: [], shifts: [], replacements: [], absences: [] });
