// Which telephone numbers a person may have. Reads French national and international writing; knows no trunk and no price.
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** Emergency and social-emergency services in France (ARCEP numbering plan): a trunk takes them to the wrong centre. */
const emergency = new Set(['15', '17', '18', '112', '114', '115', '119', '191', '196', '197']);

/** Blocks ARCEP keeps for fiction (décision 2018-0881, annex): libphonenumber calls some of them invalid. */
const fiction = /^\+33(19900|26191|35301|46571|53649|63998)\d{4}$/;

/** A number as written → E.164, or the sentence that says why it is refused. */
export function readPhone(text: string): { e164: string } | { refused: string } {
  const digits = text.replace(/[\s.\-()]/g, '');
  if (emergency.has(digits) || emergency.has(digits.replace(/^(\+|00)33/, '')))
    return {
      refused: `"${text}" is an emergency number: it cannot be called through a trunk; give a person's own number`,
    };
  if (/^\d{1,6}$/.test(digits))
    return { refused: `"${text}" is a short number: it cannot be called through a trunk; give all ten digits` };
  const number = /^\+?[\d\s.\-()]+$/.test(text) ? parsePhoneNumberFromString(text, 'FR') : undefined;
  if (number && (number.isValid() || fiction.test(number.number))) return { e164: number.number };
  return { refused: `"${text}" is not a telephone number: write "06 12 34 56 78" or "+33 6 12 34 56 78"` };
}
