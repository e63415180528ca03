// Machines of ours in the place of whoever is on call: a leg of a test call goes to a number of ours, comes back to our door, and shows there by a code
// which leg it is. Who comes with the same numbers and no code is a caller: let in once the legs that may be meant have ended.
import type { Clock, Instant } from '../../../base/clock.ts';
import type { Arrival } from '../../../domain/telephony/event.ts';
import type { ChannelId, LegId, PhoneNumber } from '../../../domain/telephony/names.ts';

export type AnswererOptions = {
  clock: Clock;
  code: () => string;
  /** Ends a leg that did not show itself. */
  drop: (leg: LegId) => void;
};

/** A leg that has not come back by then never will. */
const awaitedMs = 60_000;
/** The end of a leg needs so long to reach its other end. */
const settleMs = 2_500;

type Awaited = { leg: LegId; code: string; numbers: Numbers; since: Instant };
type Numbers = { number: PhoneNumber; shows: PhoneNumber };

export class Answerers {
  readonly #options: AnswererOptions;
  readonly #awaited = new Map<LegId, Awaited>();
  /** Who has come and not shown which leg it is: from when on it is a caller, once that is known. */
  readonly #unknown = new Map<ChannelId, Instant | undefined>();

  constructor(options: AnswererOptions) {
    this.#options = options;
  }

  /** A leg is about to be placed, between these numbers. @returns the code that it shows when it is answered */
  expect(leg: LegId, numbers: Numbers): string {
    const code = this.#options.code();
    this.#awaited.set(leg, { leg, code, numbers, since: this.#options.clock.now() });
    return code;
  }

  codeOf = (leg: LegId): string | undefined => this.#awaited.get(leg)?.code;

  /** True: it may be one of them. */
  takes({ channel, called, caller }: Arrival): boolean {
    const now = this.#options.clock.now();
    for (const { leg, since } of this.#awaited.values()) if (since + awaitedMs < now) this.#awaited.delete(leg);
    const fits = ({ numbers }: Awaited) => numbers.number === called && numbers.shows === caller;
    const may = [...this.#awaited.values()].some(fits);
    if (may) this.#unknown.set(channel, undefined);
    return may;
  }

  isUnknown = (channel: ChannelId): boolean => this.#unknown.has(channel);

  /** What it keyed. @returns the leg whose other end it is */
  keyed(channel: ChannelId, code: string): LegId | undefined {
    const found = [...this.#awaited.values()].find((one) => one.code === code);
    if (found) {
      this.#awaited.delete(found.leg);
      this.#unknown.delete(channel);
      return found.leg;
    }
    // It may be ours, on a network that loses keys: nobody is let in before every leg that has not shown itself is gone.
    for (const { leg } of this.#awaited.values()) this.#options.drop(leg);
    this.#awaited.clear();
    this.#unknown.set(channel, this.#unknown.get(channel) ?? this.#options.clock.now() + settleMs);
    return undefined;
  }

  /** Still there when the legs are gone: a caller like any other. */
  isCaller(channel: ChannelId): boolean {
    const from = this.#unknown.get(channel);
    if (from === undefined || this.#options.clock.now() < from) return false;
    return this.#unknown.delete(channel);
  }

  gone(channel: ChannelId): void {
    this.#unknown.delete(channel);
  }
}
