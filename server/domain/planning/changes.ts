// What is changed by date, laid over the rules: plain values with instants. Knows nothing of how they are written or kept.
import type { Instant } from '../../base/clock.ts';

/** From `from` on, until just before `until`. `why` is shown to everybody. */
type Dated = { from: Instant; until: Instant; why?: string | undefined };
/** Touches one level of one planning: the one it names, the first by default. */
type OnLevel = Dated & { planning: string; level?: string | undefined };

/** These people, in this order, stand there: `override` before everything, `shift` as a dated shift. */
export type Stand = OnLevel & { kind: 'override' | 'shift'; people: readonly string[] };
/** Takes the duty: stands in place of whoever is first; those behind go on as planned. */
export type Taking = OnLevel & { kind: 'taking'; person: string };
/** `by` is on whenever `person` would be; on one planning, or on all when none is named. Does not chain. */
export type Replacement = Dated & { kind: 'replacement'; person: string; by: string; planning?: string | undefined };
/** This person is on nowhere. */
export type Absence = Dated & { kind: 'absence'; person: string };

export type Change = Stand | Taking | Replacement | Absence;

/**
 * A value: never changed once handed in (answers are remembered by its identity), a new edit makes a new overlay.
 * In order: of several that hold at once and contradict each other the later counts; shifts add up.
 */
export type Overlay = { readonly changes: readonly Change[] };

export const emptyOverlay: Overlay = Object.freeze({ changes: Object.freeze([]) as readonly Change[] });

/** May this change touch this planning? */
export const concerns = (change: Change, planning: string): boolean =>
  !('planning' in change) || change.planning === undefined || change.planning === planning;

/** Everybody whom it names. */
export function namedBy(change: Change): readonly string[] {
  if ('people' in change) return change.people;
  if (change.kind === 'replacement') return [change.person, change.by];
  return [change.person];
}
