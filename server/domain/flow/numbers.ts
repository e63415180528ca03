// Which telephone numbers a flow file may name. Knows the numbering plan only; trunks have rules of their own.
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PhoneNumber } from '../telephony/names.ts';

/** French emergency numbers (ARCEP numbering plan) and 112: through a trunk they reach a centre that is not the caller's. */
const emergency = new Set(['15', '17', '18', '112', '114', '115', '119', '191', '196', '197']);

const bare = (text: string): string => text.replace(/[\s.()-]/g, '').replace(/^00/, '+');

export const isEmergency = (text: string): boolean => emergency.has(bare(text).replace(/^\+(33)?/, ''));

/** `01 99 00 10 00`, `+33 1 99 00 10 00` → E.164; undefined when it is no telephone number. Numbers kept for fiction count. */
export function readNumber(text: string): PhoneNumber | undefined {
  const number = /^\+?\d+$/.test(bare(text)) ? parsePhoneNumberFromString(bare(text), 'FR') : undefined;
  return number?.isPossible() && bare(text).length > 6 ? number.number : undefined;
}

/** A number, or a beginning marked by `*` (`+33 1 99*`), of a list or a switch. */
export function readPattern(text: string): string | undefined {
  const start = bare(text);
  if (!start.endsWith('*')) return readNumber(text);
  const digits = start.slice(0, -1);
  if (/^\+[1-9]\d{0,14}$/.test(digits)) return `${digits}*`;
  return /^0[1-9]\d{0,8}$/.test(digits) ? `+33${digits.slice(1)}*` : undefined;
}

/** What may be dialled unless the trunks say otherwise: French geographic, mobile and 09 numbers. No 08, no short number. */
export const defaultRefusal = (number: PhoneNumber): string | undefined =>
  /^\+33[1-79]\d{8}$/.test(number) ? undefined : 'no allowed prefix covers it (+33[1-79])';
