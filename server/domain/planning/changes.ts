// What is changed by date, laid over the rules: plain values with instants. Knows nothing of how they are written or kept.
import type { Instant } from '../../base/clock.ts';

/** From `from` on, until just before `until`. `why` is shown to everybody. */
type Dated = { from: Instant; until: Instant; why?: string | undefined };
/** Touches one level of one planning: the one it names, the first by default. */
type OnLevel = Dated & { planning: string; level?: string | undefined };

/** These people, in this order, stand there: `override` before everything, `shift` as a dated shift. */
export type Stand = OnLevel & { kind: 'override' | 'shift'; people: readonly string[] };
/** These people stand behind those who are on call: somebody beside, for a time. */
export type Reinforcement = OnLevel & { kind: 'reinforcement'; people: readonly string[] };
/** Takes the duty: stands in place of whoever is first; those behind go on as planned. */
export type Taking = OnLevel & { kind: 'taking'; person: string };
/** Nobody, on purpose: on the level that it names, on every level when it names none. */
export type Closing = OnLevel & { kind: 'closing' };
/** `by` is on whenever `person` would be: on one level, on one planning, or on all when none is named. Does not chain. */
export type Replacement = Dated & {
  kind: 'replacement';
  person: string;
  by: string;
  planning?: string | undefined;
  level?: string | undefined;
};
/**
 * This person is on nowhere (or not on that planning). Who steps in: `by`; with `next`, whoever has the next turn and is free; otherwise
 * nobody, and those behind go on as planned.
 */
export type Absence = Dated & {
  kind: 'absence';
  person: string;
  planning?: string | undefined;
  by?: string | undefined;
  next?: boolean | undefined;
};
/**
 * One duty of a person: a turn of the rotation that is named, wherever it lies now (found again by its middle), or just the time that is said.
 */
export type Duty = {
  planning: string;
  person: string;
  from: Instant;
  until: Instant;
  rotation?: string | undefined;
};
/** Two people give each other a duty. It lasts from the beginning of the first to the end of the second. */
export type Swap = Dated & { kind: 'swap'; duties: readonly [Duty, Duty] };

export type Change = Stand | Reinforcement | Taking | Closing | Replacement | Absence | Swap;

/** Half of a swap: where `person` has that duty, `by` has it. */
export type Handover = OnLevel & {
  kind: 'handover';
  person: string;
  by: string;
  rotation?: string | undefined;
  /** The swap was taken back at that instant, wherever the duty lies. */
  ended?: Instant | undefined;
};

/** A change as it lies over one planning. */
export type Part = Exclude<Change, Swap> | Handover;

/**
 * A value: never changed once handed in (answers are remembered by its identity), a new edit makes a new overlay.
 * In order: of several that hold at once and contradict each other the later counts; shifts add up.
 */
export type Overlay = { readonly changes: readonly Change[] };

export const emptyOverlay: Overlay = Object.freeze({ changes: Object.freeze([]) as readonly Change[] });

/** The plannings that it names; undefined: it concerns them all. */
export function planningsOf(change: Change): readonly string[] | undefined {
  if (change.kind === 'swap') return [...new Set(change.duties.map(({ planning }) => planning))];
  return change.planning === undefined ? undefined : [change.planning];
}

/** May this change touch this planning? */
export const concerns = (change: Change, planning: string): boolean => planningsOf(change)?.includes(planning) ?? true;

/** What of it lies over this planning. A swap that was taken back is so in both its halves. */
export function partsOf(change: Change, planning: string): readonly Part[] {
  if (!concerns(change, planning)) return [];
  if (change.kind !== 'swap') return [change];
  const [one, other] = change.duties;
  const ended = change.until < Math.max(one.until, other.until) ? change.until : undefined;
  const give = (duty: Duty, by: string): Handover => ({
    kind: 'handover',
    planning,
    person: duty.person,
    by,
    rotation: duty.rotation,
    from: duty.from,
    until: duty.until,
    ended,
    why: change.why,
  });
  return [give(one, other.person), give(other, one.person)].filter(
    (_, half) => change.duties[half]?.planning === planning,
  );
}

/** Everybody whom it names. */
export function namedBy(change: Change): readonly string[] {
  switch (change.kind) {
    case 'swap':
      return change.duties.map(({ person }) => person);
    case 'replacement':
      return [change.person, change.by];
    case 'absence':
      return change.by === undefined ? [change.person] : [change.person, change.by];
    case 'taking':
      return [change.person];
    case 'closing':
      return [];
    default:
      return change.people;
  }
}
