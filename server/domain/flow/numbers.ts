// Which telephone numbers a flow file may name. Knows the numbering plan only; trunks have rules of their own.
import type { PhoneNumber } from '../telephony/names.ts';
import { bareNumber, readNumber } from '../telephony/numbers.ts';

/** A number, or a beginning marked by `*` (`+33 1 99*`), of a list or a switch. */
export function readPattern(text: string): string | undefined {
  const start = bareNumber(text);
  if (!start.endsWith('*')) return readNumber(text);
  const digits = start.slice(0, -1);
  if (/^\+[1-9]\d{0,14}$/.test(digits)) return `${digits}*`;
  return /^0[1-9]\d{0,8}$/.test(digits) ? `+33${digits.slice(1)}*` : undefined;
}

/** What may be dialled unless the trunks say otherwise: French geographic, mobile and 09 numbers. No 08, no short number. */
export const defaultRefusal = (number: PhoneNumber): string | undefined =>
  /^\+33[1-79]\d{8}$/.test(number) ? undefined : 'no allowed prefix covers it (+33[1-79])';
