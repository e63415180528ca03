// number → trunks in order. Pure: the plan, the health and the instant are handed in.
import type { Instant } from '../base/clock.ts';
import type { PhoneNumber, TrunkId } from '../telephony/names.ts';
import { breakerOf, type TrunkHealth } from './breaker.ts';
import { type Usage, usageRefusal } from './caps.ts';
import { refusal } from './numbers.ts';
import type { Trunk, TrunkPlan } from './schema.ts';

/** All that routing looks at, as one JSON value. Without `usage` no cap is applied. */
export type TrunkView = { plan: TrunkPlan; health: TrunkHealth; usage?: Usage };

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

export const trunkOf = (plan: TrunkPlan, id: TrunkId): Trunk | undefined =>
  plan.trunks.find((trunk) => trunk.id === id);

/** By the longest prefix that covers the number; in the file's order when none does. */
function ordered(plan: TrunkPlan, number: PhoneNumber): Trunk[] {
  const named = plan.routes.find(({ prefix }) => number.startsWith(prefix))?.trunks;
  return named ? named.flatMap((id) => trunkOf(plan, id) ?? []) : plan.trunks;
}
