// What Asterisk is asked to dial: digits and a trunk's name, or nothing.
import type { TrunkId } from '../../domain/telephony/names.ts';

/** `PJSIP/<number>@trunk-<id>`, the number as that carrier writes it; undefined when either part holds anything but what belongs there. */
export function dialString(number: string, trunk: TrunkId): string | undefined {
  const digits = /^\+?[0-9]{2,17}$/.exec(number)?.[0];
  const name = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.exec(trunk)?.[0];
  return digits && name ? `PJSIP/${digits}@trunk-${name}` : undefined;
}
