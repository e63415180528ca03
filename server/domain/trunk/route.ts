// number → trunks in order. Pure: the plan, the health and the instant are handed in.
import type { Instant } from '../../base/clock.ts';
import type { PhoneNumber, TrunkId } from '../telephony/names.ts';
import { breakerOf } from './breaker.ts';
import { usageRefusal } from './caps.ts';
import { refusal } from './numbers.ts';
import type { Trunk, TrunkPlan } from './schema.ts';
import { type TrunkView, trunkOf } from './view.ts';

export type { TrunkView } from './view.ts';

/** `refused` says why in one sentence; it is policy, not a failure of a carrier. */
export type Routed = { trunks: TrunkId[] } | { refused: string };

/**
 * The trunks to try for this number, best first. A trunk whose breaker is open, or that another call is just trying,
 * comes after those that work, instead of being left out: a breaker saves the caller time, it never takes their last chance.
 */
export function route({ plan, health, usage }: TrunkView, number: PhoneNumber, at: Instant): Routed {
  const refused = refusal(plan, number) ?? usageRefusal(plan.caps, usage);
  if (refused) return { refused };
  const free = ordered(plan, number).filter((trunk) => (usage?.legsByTrunk[trunk.id] ?? 0) < trunk.maxChannels);
  if (free.length === 0) return { refused: 'every channel of every trunk is taken' };
  const isInTurn = (trunk: Trunk) => ['closed', 'half-open'].includes(breakerOf(health, trunk.id, at));
  const inTurn = free.filter(isInTurn);
  return { trunks: [...inTurn, ...free.filter((trunk) => !inTurn.includes(trunk))].map((trunk) => trunk.id) };
}

/** By the longest prefix that covers the number; in the file's order when none does. */
function ordered(plan: TrunkPlan, number: PhoneNumber): Trunk[] {
  const named = plan.routes.find(({ prefix }) => number.startsWith(prefix))?.trunks;
  return named ? named.flatMap((id) => trunkOf(plan, id) ?? []) : plan.trunks;
}
