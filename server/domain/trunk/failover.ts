// What to do for one phone after each try: whose fault was it? Pure; the tries already made are handed in.
import type { Instant } from '../../base/clock.ts';
import type { Hangup } from '../telephony/hangup.ts';
import type { PhoneNumber, TrunkId } from '../telephony/names.ts';
import { type Shown, safestBy, shownBy, type Wanted } from './caller-id.ts';
import { route } from './route.ts';
import { type TrunkView, trunkOf } from './view.ts';

/** One try of this phone that ended, in order of time. */
export type Tried = { trunk: TrunkId; callerId: PhoneNumber; hangup: Hangup };

/** The next try, ready for an `originate`. */
export type Dial = { dial: { trunk: TrunkId } & Shown };
/**
 * No further try of this phone. `callee`: go to the next phone or person. `carrier`: no trunk could carry it.
 * `policy`: it may not be dialled. `condemned`: the number does not exist; tell the admin.
 */
export type GiveUp = { giveUp: 'callee' | 'carrier' | 'policy'; because: string; condemned?: true };
export type NextTry = Dial | GiveUp;

/**
 * The first try (`tried` empty) or the next one of a phone.
 * Carrier's fault: the same phone over the next trunk. Callee's: never the same phone through another carrier.
 * Unknown: the next trunk, once. A refused caller-ID (403): our own number on the same trunk, once, then the next trunk.
 */
export function nextTry(
  view: TrunkView,
  number: PhoneNumber,
  wanted: Wanted,
  tried: readonly Tried[],
  at: Instant,
): NextTry {
  const last = tried.at(-1);
  if (last) {
    const over = ended(last, tried);
    if (over) return over;
    const again = withOwnNumber(view, wanted, last, tried);
    if (again) return again;
  }
  return overNextTrunk(view, number, wanted, tried, at);
}

function ended({ hangup }: Tried, tried: readonly Tried[]): GiveUp | undefined {
  const because = hangup.detail ? `${hangup.cause} (${hangup.detail})` : hangup.cause;
  if (hangup.cause === 'unallocated') return { giveUp: 'callee', because, condemned: true };
  if (hangup.cause === 'refused-by-policy') return { giveUp: 'policy', because };
  if (hangup.whose === 'callee' || hangup.whose === 'ours') return { giveUp: 'callee', because };
  const unknowns = tried.filter((one) => one.hangup.whose === 'unknown').length;
  return hangup.whose === 'unknown' && unknowns > 1 ? { giveUp: 'callee', because } : undefined;
}

function withOwnNumber(view: TrunkView, wanted: Wanted, last: Tried, tried: readonly Tried[]): Dial | undefined {
  const trunk = trunkOf(view.plan, last.trunk);
  if (!trunk || last.hangup.cause !== 'forbidden') return undefined;
  const shown = safestBy(trunk, wanted.line);
  const already = tried.some((one) => one.trunk === trunk.id && one.callerId === shown.callerId);
  return already ? undefined : { dial: { trunk: trunk.id, ...shown } };
}

function overNextTrunk(
  view: TrunkView,
  number: PhoneNumber,
  wanted: Wanted,
  tried: readonly Tried[],
  at: Instant,
): NextTry {
  const routed = route(view, number, at);
  if ('refused' in routed) return { giveUp: 'policy', because: routed.refused };
  const next = routed.trunks.find((id) => !tried.some((one) => one.trunk === id));
  const trunk = next && trunkOf(view.plan, next);
  if (!trunk) return { giveUp: 'carrier', because: 'no trunk is left to try' };
  return { dial: { trunk: trunk.id, ...shownBy(trunk, wanted) } };
}
