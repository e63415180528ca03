// Telephone numbers: read once, here, whoever wrote them (a planner, a flow file, a carrier). Knows the numbering plan, and no trunk's rules.
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { type PhoneNumber, unknownNumber } from './names.ts';

/** Emergency and social-emergency services (ARCEP numbering plan), and those of neighbours: a trunk takes them to the wrong centre. */
export const emergencyNumbers: ReadonlySet<string> = new Set(
  '15 17 18 110 112 114 115 116000 116117 119 191 196 197 911 999'.split(' '),
);

/** Blocks ARCEP keeps for fiction (décision 2018-0881, annex): libphonenumber calls some of them invalid. */
const fiction = /^\+33(19900|26191|35301|46571|53649|63998)\d{4}$/;

/** Without what people put between digits; `00` is a plus. */
export const bareNumber = (text: string): string => text.replace(/[\s.()-]/g, '').replace(/^00/, '+');

/** True for `15`, `112` and the like, also when written `+33112`, `0033 15` or `1 1 2`. */
export const isEmergency = (text: string): boolean =>
  emergencyNumbers.has(
    bareNumber(text)
      .replace(/[^\d+]/g, '')
      .replace(/^\+(33)?/, ''),
  );

/** French mobiles begin with 6 and 7 (ARCEP numbering plan): what can be written to by SMS. */
export const isFrenchMobile = (number: PhoneNumber): boolean => /^\+33[67]/.test(number);

/** True where a number has a length that its country knows. */
export const isPossible = (number: PhoneNumber): boolean => parsePhoneNumberFromString(number)?.isPossible() === true;

const parsed = (text: string) =>
  /^\+?\d+$/.test(bareNumber(text)) ? parsePhoneNumberFromString(bareNumber(text), 'FR') : undefined;

/** `01 99 00 10 00`, `+33 1 99 00 10 00` → E.164; undefined when it is no telephone number. Numbers kept for fiction count. */
export function readNumber(text: string): PhoneNumber | undefined {
  const number = parsed(text);
  return number?.isPossible() && bareNumber(text).length > 6 ? number.number : undefined;
}

/** A phone that is to be rung, as a person writes it → E.164, or the sentence that says why it is refused. */
export function readPhone(text: string): { e164: PhoneNumber } | { refused: string } {
  if (isEmergency(text))
    return {
      refused: `"${text}" is an emergency number: it cannot be called through a trunk; give a person's own number`,
    };
  if (/^\d{1,6}$/.test(bareNumber(text)))
    return { refused: `"${text}" is a short number: it cannot be called through a trunk; give all ten digits` };
  const number = parsed(text);
  if (number && (number.isValid() || fiction.test(number.number))) return { e164: number.number };
  return { refused: `"${text}" is not a telephone number: write "06 12 34 56 78" or "+33 6 12 34 56 78"` };
}

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
  const number = ofNetwork(raw, country);
  known.set(raw + country, number);
  return number;
}

function ofNetwork(raw: string, country: CountryCode): PhoneNumber {
  const national = parsePhoneNumberFromString(raw, country);
  if (national?.isPossible()) return national.number;
  const bare = raw.startsWith('+') || raw.startsWith('0') ? undefined : parsePhoneNumberFromString(`+${raw}`);
  return bare?.isValid() ? bare.number : unknownNumber;
}

/** A number fit for a header value, or '' (nothing but digits and a leading plus). */
export const plainNumber = (number: string): string => (/^\+?[0-9]{2,15}$/.test(number) ? number : '');
