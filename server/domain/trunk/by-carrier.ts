// Which trunks a call's legs may leave by: those of the file for Asterisk, the account itself for Twilio. The rules of the file hold for both.
import type { Trunk, TrunkPlan } from './schema.ts';

/** Twilio shows only numbers of the account: ours. Its own queue paces what leaves, so it has no fewer channels than the caps allow. */
const account: Trunk = {
  id: 'twilio',
  host: 'api.twilio.com',
  port: 443,
  transport: 'tcp',
  addresses: [],
  register: false,
  codecs: [],
  mayShow: ['line'],
  diversion: false,
  maxChannels: 10_000,
  qualifySeconds: 300,
};

const plans = new WeakMap<TrunkPlan, TrunkPlan>();

/** The plan as calls of this carrier see it. */
export function planFor(carrier: string, plan: TrunkPlan): TrunkPlan {
  if (carrier !== 'twilio') return plan;
  const known = plans.get(plan) ?? { ...plan, trunks: [{ ...account, ...plan.twilio }], routes: [] };
  plans.set(plan, known);
  return known;
}
