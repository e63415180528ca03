// Which lines arrive by Twilio, and which numbers the account may show: asked of the account where both networks are led.
import type { PhoneNumber } from '../../../domain/telephony/names.ts';
import type { Rest } from '../rest.ts';
import { heldNumbers } from '../setup.ts';

type AtTwilio = { lines: ReadonlySet<PhoneNumber>; numbers: readonly PhoneNumber[] };

/** @param alone there is no other network: every line arrives here. @returns undefined: Twilio does not say, and nobody else knows */
export async function standing(
  rest: Rest,
  lines: readonly PhoneNumber[],
  alone: boolean,
): Promise<AtTwilio | undefined> {
  const held = await heldNumbers(rest);
  if (!held.ok) return alone ? { lines: new Set(lines), numbers: lines } : undefined;
  const numbers = held.value.map(({ phoneNumber }) => phoneNumber);
  return { lines: new Set(alone ? lines : lines.filter((line) => numbers.includes(line))), numbers };
}
