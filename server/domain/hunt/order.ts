// The people of an answer as waves: the planning's levels one after the other, each by the flow's word or else by its own.
import type { OnCall } from '../telephony/event.ts';
import type { PersonId } from '../telephony/names.ts';
import { strategies, strategyNamed } from './strategies/index.ts';
import type { Strategy } from './strategy.ts';

const strategyOf = (said: string | undefined, one: OnCall | undefined): Strategy =>
  strategyNamed(said ?? one?.ring ?? strategies[0].name);

/**
 * @param said the flow's own word, where it has one
 * @param people in the planning's order
 * @param turn how often this target was hunted before, and the rounds gone through since; from 0
 */
export function wavesOf(said: string | undefined, people: readonly OnCall[], turn: number): PersonId[][] {
  const levels = [...new Set(people.map((one) => one.level))];
  return levels.flatMap((level) => {
    const here = people.filter((one) => one.level === level);
    return strategyOf(said, here[0]).waves(here, turn);
  });
}

/** Does a hunt for these people take a turn of its target? */
export const takesTurn = (said: string | undefined, people: readonly OnCall[]): boolean =>
  people.some((one) => strategyOf(said, one).takesTurn === true);
