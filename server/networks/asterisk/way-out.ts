// What a call carries by the trunk that it leaves by: the number as this carrier writes it, and who calls. The endpoint (render/pjsip.ts) says the rest.
import type { PhoneNumber, TrunkId } from '../../domain/telephony/names.ts';
import { plainNumber } from '../../domain/telephony/numbers.ts';
import type { Trunk } from '../../domain/trunk/schema.ts';
import { spelled } from '../../domain/trunk/spelling.ts';

/** What trunks.yaml says of it now. */
export type TrunkOf = (id: TrunkId) => Trunk | undefined;

export const dialledBy = (trunk: Trunk | undefined, number: PhoneNumber): string => spelled(number, trunk?.numbers);

/** Where our numbers are at home, for this carrier. */
export const domainOf = ({ fromDomain, host }: Trunk): string => fromDomain ?? host;

export const prefersIdentity = ({ identity = [] }: Trunk): boolean => identity.includes('preferred');

/**
 * Variables of the leg's channel. The number shown is the connected party of an outgoing channel (measured: CALLERID alone gives
 * "anonymous"); P-Asserted-Identity is made of it by the endpoint, P-Preferred-Identity (RFC 3325 §9.2) is ours to add.
 */
export function shownTo(trunk: Trunk | undefined, callerId: PhoneNumber): Record<string, string> {
  const number = spelled(plainNumber(callerId), trunk?.shownNumbers);
  if (!number) return {};
  const shown = { 'CONNECTEDLINE(num,i)': number };
  if (!trunk || !prefersIdentity(trunk)) return shown;
  return { ...shown, 'PJSIP_HEADER(add,P-Preferred-Identity)': `<sip:${number}@${domainOf(trunk)}>` };
}
