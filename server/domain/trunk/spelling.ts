// How a carrier wants numbers written. Inside the house every number is E.164; this is the last thing that happens to it on its way out.
import type { PhoneNumber } from '../telephony/names.ts';

/** `e164`: +33199001000. `national`: 0199001000, and 00… for other countries. `00`: 0033199001000. `digits`: 33199001000. */
export type Spelling = (typeof spellings)[number];
export const spellings = ['e164', 'national', '00', 'digits'] as const;

/** @param number in E.164; anything else is returned as it is */
export function spelled(number: PhoneNumber, spelling: Spelling = 'e164'): string {
  if (!number.startsWith('+') || spelling === 'e164') return number;
  const digits = number.slice(1);
  if (spelling === 'digits') return digits;
  return spelling === 'national' && digits.startsWith('33') ? `0${digits.slice(2)}` : `00${digits}`;
}
