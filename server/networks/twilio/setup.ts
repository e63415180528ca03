// What our numbers at Twilio must say, against what they say now: the difference, and its doing.
import type { PhoneNumber } from '../../domain/telephony/names.ts';
import type { TwilioAccess } from './access.ts';
import { fallbackName } from './fallback.ts';
import { linksFor } from './links.ts';
import { namesFor } from './names.ts';
import type { Rest } from './rest.ts';

/** The settings of a number that are ours to say. */
export type Wanted = {
  voiceUrl: string;
  voiceMethod: string;
  voiceFallbackUrl: string;
  voiceFallbackMethod: string;
  statusCallback: string;
  statusCallbackMethod: string;
  smsUrl: string;
  smsMethod: string;
};
export type Change = { number: PhoneNumber; what: keyof Wanted; from: string; to: string };
/** A number as Twilio has it. */
export type Held = { sid: string; phoneNumber: string } & { [K in keyof Wanted]?: string | null };
/** `missing`: lines whose number the account does not have. */
export type Plan = { changes: Change[]; missing: PhoneNumber[] };

export function wantedFor(access: TwilioAccess, number: PhoneNumber): Wanted {
  const links = linksFor(access.publicUrl);
  return {
    voiceUrl: links.arrival(),
    voiceMethod: 'POST',
    statusCallback: links.gone(),
    statusCallbackMethod: 'POST',
    // Hosts of static files refuse POST.
    voiceFallbackUrl: `${access.fallbackUrl}/${fallbackName(number, namesFor(access.tokens))}`,
    voiceFallbackMethod: 'GET',
    smsUrl: links.message(),
    smsMethod: 'POST',
  };
}

/** What would have to change. */
export function planSetup(access: TwilioAccess, lines: readonly PhoneNumber[], held: readonly Held[]): Plan {
  const plan: Plan = { changes: [], missing: [] };
  for (const number of lines) {
    const now = held.find((one) => one.phoneNumber === number);
    if (!now) plan.missing.push(number);
    else plan.changes.push(...changesOf(number, wantedFor(access, number), now));
  }
  return plan;
}

const changesOf = (number: PhoneNumber, wanted: Wanted, now: Held): Change[] =>
  (Object.keys(wanted) as (keyof Wanted)[])
    .map((what) => ({ number, what, from: now[what] ?? '', to: wanted[what] }))
    .filter(({ from, to }) => from !== to);

/** The numbers of the account. */
export const heldNumbers = (rest: Rest) =>
  rest.ask((client) => client.incomingPhoneNumbers.list({ pageSize: 100 }) as Promise<Held[]>);

/** Does what the plan says, number by number. @returns what Twilio refused, by number */
export async function doSetup(
  rest: Rest,
  access: TwilioAccess,
  { changes }: Plan,
  held: readonly Held[],
): Promise<{ number: PhoneNumber; why: string }[]> {
  const failed: { number: PhoneNumber; why: string }[] = [];
  for (const number of new Set(changes.map((change) => change.number))) {
    const sid = held.find((one) => one.phoneNumber === number)?.sid ?? '';
    const answer = await rest.ask((client) => client.incomingPhoneNumbers(sid).update(wantedFor(access, number)));
    if (!answer.ok) failed.push({ number, why: answer.why });
  }
  return failed;
}
