// Which numbers may be dialled at all: default-deny, no emergency number, none of ours. It knows no trunk's health.
import type { PhoneNumber } from '../telephony/names.ts';
import { isEmergency, isPossible } from '../telephony/numbers.ts';
import type { TrunkPlan } from './schema.ts';

/** One sentence why this number is never dialled; undefined when it may be. */
export function refusal(plan: TrunkPlan, number: PhoneNumber): string | undefined {
  if (isEmergency(number)) return 'emergency numbers are never dialled through a trunk';
  if (!/^\+[1-9]\d{6,14}$/.test(number)) return 'this is not a number in international form (+33…)';
  if (plan.ownNumbers.includes(number)) return 'this is one of our own numbers: the call would come back to us';
  if (!plan.allow.some((pattern) => compiled(pattern).test(number)))
    return `no allowed prefix covers it (${plan.allow.join(', ')})`;
  if (!isPossible(number)) return 'it has not the length of a number of its country';
  return undefined;
}

const cache = new Map<string, RegExp>();

function compiled(pattern: string): RegExp {
  const known = cache.get(pattern);
  if (known) return known;
  const made = new RegExp(`^\\${pattern}`);
  cache.set(pattern, made);
  return made;
}
