// Which lines arrive by Twilio, for the commands. Only with both networks is it asked of the account; the SDK is loaded only then.
import { systemClock } from '../base/clock.ts';
import type { Settings } from '../settings.ts';
import type { PhoneNumber } from '../telephony/names.ts';

/** Undefined: the account does not say. */
export async function linesAtTwilio(
  { carrier, twilio }: Settings,
  lines: readonly PhoneNumber[],
): Promise<ReadonlySet<PhoneNumber> | undefined> {
  if (!twilio || carrier === 'asterisk') return new Set();
  if (carrier === 'twilio') return new Set(lines);
  const [{ Rest }, { standing }] = await Promise.all([
    import('../twilio/rest.ts'),
    import('../twilio/self-test/numbers.ts'),
  ]);
  return (await standing(new Rest(twilio, systemClock), lines, false))?.lines;
}
