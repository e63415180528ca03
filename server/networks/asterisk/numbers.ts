// Telephone numbers at the edge to Asterisk: what comes in becomes E.164 or unknown, what goes out is digits or nothing.
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PhoneNumber, TrunkId } from '../../domain/telephony/names.ts';
import { unknownNumber } from '../../domain/telephony/names.ts';

const known = new Map<string, PhoneNumber>();
const mostKnown = 5000;

/**
 * A number from the network in E.164, or '' when it is none (anonymous, hostile, too long). Carriers also send national
 * (`0612345678`), `00`-prefixed and bare international forms (`33612345678`).
 */
export function toE164(raw: string | undefined, country: CountryCode = 'FR'): PhoneNumber {
  if (!raw || !/^\+?[0-9]{2,18}$/.test(raw)) return unknownNumber;
  const seen = known.get(raw + country);
  if (seen !== undefined) return seen;
  if (known.size >= mostKnown) known.clear();
  const number = parse(raw, country);
  known.set(raw + country, number);
  return number;
}

function parse(raw: string, country: CountryCode): PhoneNumber {
  const national = parsePhoneNumberFromString(raw, country);
  if (national?.isPossible()) return national.number;
  const bare = raw.startsWith('+') || raw.startsWith('0') ? undefined : parsePhoneNumberFromString(`+${raw}`);
  return bare?.isValid() ? bare.number : unknownNumber;
}

/** `PJSIP/<number>@trunk-<id>`, or undefined when either part holds anything but what belongs there. */
export function dialString(number: PhoneNumber, trunk: TrunkId): string | undefined {
  const digits = /^\+?[0-9]{2,15}$/.exec(number)?.[0];
  const name = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.exec(trunk)?.[0];
  return digits && name ? `PJSIP/${digits}@trunk-${name}` : undefined;
}

/** A number fit for a header value, or '' (nothing but digits and a leading plus). */
export const plainNumber = (number: string): string => (/^\+?[0-9]{2,15}$/.test(number) ? number : '');
