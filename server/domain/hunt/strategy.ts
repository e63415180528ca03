// What a hunt strategy is: people become waves, those who ring together, wave after wave. Knows no strategy; strategies/index.ts collects them.
import type { OnCall } from '../telephony/event.ts';
import type { PersonId } from '../telephony/names.ts';

export type Strategy = {
  /** The word that stands in a flow file. */
  readonly name: string;
  /** For whoever edits a flow file: editors show it. */
  readonly about: string;
  /** Each hunt with it takes a turn of its target, so that the next one begins otherwise. */
  readonly takesTurn?: true;
  /**
   * @param people in the planning's order
   * @param turn how often this target was hunted before, and the rounds gone through since; from 0
   * @returns each person at most once; a person left out is not rung
   */
  waves(people: readonly OnCall[], turn: number): PersonId[][];
};

/** One after the other. */
export const alone = (people: readonly OnCall[]): PersonId[][] => people.map((one) => [one.person]);
