// Which number the person rung sees, and the Diversion that goes with it. The trunk's agreement decides, never the caller.
import type { PhoneNumber } from '../telephony/names.ts';
import { unknownNumber } from '../telephony/names.ts';
import type { Trunk } from './schema.ts';

/** What the flow wants shown, and the two numbers it may be. `caller` is the empty string when hidden. */
export type Wanted = { show: 'line' | 'caller'; line: PhoneNumber; caller: PhoneNumber };

export type Shown = { callerId: PhoneNumber; diversion?: PhoneNumber };

/** Our number is shown unless the flow wants the caller's, it is known, and this carrier allows it. */
export function shownBy(trunk: Trunk, wanted: Wanted): Shown {
  const passes = wanted.show === 'caller' && wanted.caller !== unknownNumber && trunk.mayShow.includes('caller');
  if (!passes) return { callerId: ownBy(trunk, wanted.line) };
  return { callerId: wanted.caller, ...(trunk.diversion ? { diversion: wanted.line } : {}) };
}

/** The number this carrier can have nothing against: after a 403, the last thing to try on it. */
export const safestBy = (trunk: Trunk, line: PhoneNumber): Shown => ({ callerId: trunk.ownNumber ?? line });

const ownBy = (trunk: Trunk, line: PhoneNumber): PhoneNumber =>
  trunk.mayShow.includes('line') ? line : (trunk.ownNumber ?? line);
