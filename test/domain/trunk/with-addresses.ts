// A plan whose carriers stand on the test network's free ports.
import type { TrunkId } from '../../../server/domain/telephony/names.ts';
import type { Trunk, TrunkPlan } from '../../../server/domain/trunk/schema.ts';

/** The same plan with other addresses: a test network's free ports, a carrier's spare host. */
export function withAddresses(
  plan: TrunkPlan,
  addresses: Readonly<Record<TrunkId, { host: string; port: number }>>,
): TrunkPlan {
  const moved = (trunk: Trunk): Trunk => {
    const to = addresses[trunk.id];
    return to ? { ...trunk, ...to, addresses: [to.host] } : trunk;
  };
  return { ...plan, trunks: plan.trunks.map(moved) };
}
