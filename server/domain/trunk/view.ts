// All that routing looks at, as one JSON value: what the file says, what was observed, what is in use.
import type { TrunkId } from '../telephony/names.ts';
import type { TrunkHealth } from './breaker.ts';
import type { Usage } from './caps.ts';
import type { Trunk, TrunkPlan } from './schema.ts';

/** Without `usage` no cap is applied. */
export type TrunkView = { plan: TrunkPlan; health: TrunkHealth; usage?: Usage };

export const trunkOf = (plan: TrunkPlan, id: TrunkId): Trunk | undefined =>
  plan.trunks.find((trunk) => trunk.id === id);
