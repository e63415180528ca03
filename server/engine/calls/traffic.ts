// What goes on at this moment over all calls: legs by person and by trunk, minutes spent. Counted, never guessed.
import type { Instant } from '../../base/clock.ts';
import type { Call } from '../../domain/call/call.ts';
import { liveLegs } from '../../domain/hunt/state.ts';
import { callOf, type LegId, type PersonId } from '../../domain/telephony/names.ts';
import type { Usage } from '../../domain/trunk/caps.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The technician of a call back is its caller, and all the same a leg that we pay for. */
const technicianOf = ({ callBack, pastLegs }: Call) => pastLegs.filter((leg) => leg.id === callBack?.leg);

/** Live legs of all calls and the minutes of those that ended within a day. Rebuilt from the calls at start. */
export class Traffic {
  #legs = new Map<LegId, { person: PersonId; trunk: string }>();
  #byCall = new Map<string, LegId[]>();
  /** Minutes of talk that ended within one minute, `at` the last of them, oldest first: a busy day is no longer than a quiet one. */
  #spent: { from: Instant; at: Instant; minutes: number }[] = [];

  /** Takes in the call as it now is. */
  update(call: Call): void {
    for (const id of this.#byCall.get(call.id) ?? []) this.#legs.delete(id);
    const legs = call.phase === 'over' ? [] : [...technicianOf(call), ...(call.hunt ? liveLegs(call.hunt) : [])];
    for (const leg of legs) this.#legs.set(leg.id, { person: leg.person, trunk: leg.trunk });
    if (legs.length > 0)
      this.#byCall.set(
        call.id,
        legs.map((leg) => leg.id),
      );
    else this.#byCall.delete(call.id);
  }

  /** A leg that talked has ended; begun minutes count whole. */
  spend(at: Instant, ms: number): void {
    const last = this.#spent.at(-1);
    const minutes = Math.ceil(ms / minute);
    // They are forgotten together, with the last: what may be spent is never counted too low.
    if (last && at >= last.at && at - last.from < minute) Object.assign(last, { at, minutes: last.minutes + minutes });
    else this.#spent.push({ from: at, at, minutes });
  }

  /** Legs this person has now without `except`: of other calls as last seen, of `call` as it stands in the middle of its step. */
  legsOf(person: PersonId, call: Call, except: LegId): number {
    let count = 0;
    for (const [id, leg] of this.#legs) if (leg.person === person && callOf(id) !== call.id) count++;
    const own = call.hunt ? liveLegs(call.hunt) : [];
    return count + own.filter((leg) => leg.person === person && leg.id !== except).length;
  }

  /** Legs this person has now. */
  of(person: PersonId): number {
    return [...this.#legs.values()].filter((leg) => leg.person === person).length;
  }

  usage(at: Instant): Usage {
    if (this.#spent.length > 0) this.#spent = this.#spent.filter((one) => one.at > at - day);
    const since = (from: Instant) => this.#spent.reduce((sum, one) => (one.at > from ? sum + one.minutes : sum), 0);
    const legsByTrunk: Record<string, number> = {};
    for (const { trunk } of this.#legs.values()) legsByTrunk[trunk] = (legsByTrunk[trunk] ?? 0) + 1;
    return { legs: this.#legs.size, legsByTrunk, minutesLastHour: since(at - hour), minutesLastDay: since(at - day) };
  }
}
