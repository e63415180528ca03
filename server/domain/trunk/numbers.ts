// Which numbers may be dialled at all: default-deny, no emergency number, none of ours. It knows no trunk's health.
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PhoneNumber } from '../telephony/names.ts';
import type { TrunkPlan } from './schema.ts';

/**
 * French emergency numbers and 112 (ARCEP, plan de numérotation, numéros d'urgence): through a trunk they reach a
 * centre that is not the caller's.
 */
export const emergencyNumbers: ReadonlySet<string> = new Set(
  '15 17 18 110 112 114 115 116000 116117 119 191 196 197 911 999'.split(' '),
);

/** True for `15`, `112` and the like, also when written `+33112`, `0033 15` or `1 1 2`. */
export function isEmergency(number: string): boolean {
  const digits = number.replace(/[^\d+]/g, '').replace(/^00/, '+');
  return emergencyNumbers.has(digits.replace(/^\+33/, '').replace(/^\+/, ''));
}

/** One sentence why this number is never dialled; undefined when it may be. */
export function refusal(plan: TrunkPlan, number: PhoneNumber): string | undefined {
  if (isEmergency(number)) return 'emergency numbers are never dialled through a trunk';
  if (!/^\+[1-9]\d{6,14}$/.test(number)) return 'this is not a number in international form (+33…)';
  if (plan.ownNumbers.includes(number)) return 'this is one of our own numbers: the call would come back to us';
  if (!plan.allow.some((pattern) => compiled(pattern).test(number)))
    return `no allowed prefix covers it (${plan.allow.join(', ')})`;
  if (parsePhoneNumberFromString(number)?.isPossible() !== true)
    return 'it has not the length of a number of its country';
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
