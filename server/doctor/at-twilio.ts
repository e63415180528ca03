// Which lines arrive by Twilio, for the commands. Only with both networks is it asked of the account; the SDK is loaded only then.

import type { Settings } from '../app/settings.ts';
import { systemClock } from '../base/clock.ts';
import type { PhoneNumber } from '../domain/telephony/names.ts';

/** Undefined: the account does not say. */
export async function linesAtTwilio(
  { carrier, twilio }: Settings,
  lines: readonly PhoneNumber[],
): Promise<ReadonlySet<PhoneNumber> | undefined> {
  if (!twilio || carrier === 'asterisk') return new Set();
  if (carrier === 'twilio') return new Set(lines);
  const [{ Rest }, { standing }] = await Promise.all([
    import('../networks/twilio/rest.ts'),
    import('../networks/twilio/self-test/numbers.ts'),
  ]);
  return (await standing(new Rest(twilio, systemClock), lines, false))?.lines;
}
