// The calls that live at Twilio, or did a moment ago: Twilio's names of their channels, and what their callers were last given to hear.
import type { Instant } from '../../base/clock.ts';
import type { CallRef } from '../../domain/telephony/carrier.ts';
import { type CallId, type ChannelId, callOf, type LegId } from '../../domain/telephony/names.ts';

/** Twilio's name of a channel. A call that the line began has none of a caller until its technician pressed the key. */
export const isCallSid = (channel: ChannelId): boolean => channel.startsWith('CA');

/** `sequence`: the newest status told of each leg. `served`: which view the caller has. */
export type Known = CallRef & {
  sids: Map<LegId, string>;
  /** Legs to be ended as soon as we learn their names. */
  unwanted: Set<LegId>;
  sequence: Map<LegId, number>;
  served?: string;
  /** The caller has come into the call's room: Twilio asked for its waiting sound. */
  inRoom?: true;
  overAt?: Instant;
  /** Handed to the fallback document: nothing of ours is heard there any more. */
  rescued?: true;
  /** A call of the line to itself: what was recorded is not kept. */
  test?: true;
  reason: 'normal' | 'busy' | 'rejected';
};

/** Late webhooks of a call that is over are answered for so long. */
const keptMs = 10 * 60_000;
/** CallSids of calls that were: a request of theirs that comes again begins no new call. */
export const mostPast = 200_000;

export class Registry {
  readonly #calls = new Map<CallId, Known>();
  readonly #byChannel = new Map<ChannelId, CallId>();
  readonly #past = new Set<ChannelId>();
  readonly #ended = new Set<Known>();

  /** The caller's channel of a call back comes once its technician pressed the key. */
  adopt({ call, channel }: CallRef): Known {
    const known = this.#calls.get(call);
    if (known) return known.channel === channel ? known : this.#renamed(known, channel);
    const fresh: Known = {
      call,
      channel,
      sids: new Map(),
      unwanted: new Set(),
      sequence: new Map(),
      reason: 'normal',
    };
    this.#calls.set(call, fresh);
    this.#byChannel.set(channel, call);
    return fresh;
  }

  #renamed(known: Known, channel: ChannelId): Known {
    this.#byChannel.delete(known.channel);
    known.channel = channel;
    this.#byChannel.set(channel, known.call);
    return known;
  }

  get = (call: CallId): Known | undefined => this.#calls.get(call);
  ofLeg = (leg: LegId): Known | undefined => this.#calls.get(callOf(leg));
  callOfChannel = (channel: ChannelId): CallId | undefined => this.#byChannel.get(channel);
  isPast = (channel: ChannelId): boolean => this.#past.has(channel);

  /** These were, oldest first. */
  past(channels: Iterable<ChannelId>): void {
    for (const channel of channels) this.#past.add(channel);
    for (const oldest of this.#past) {
      if (this.#past.size <= mostPast) break;
      this.#past.delete(oldest);
    }
  }

  /** The call is over. It is remembered for a while, its CallSid for long. */
  end(call: CallId, at: Instant): void {
    const known = this.#calls.get(call);
    if (!known) return;
    known.overAt = at;
    this.#ended.add(known);
    this.past([known.channel]);
    this.#sweep(at);
  }

  /** Those that ended first stand first. */
  #sweep(at: Instant): void {
    for (const known of this.#ended) {
      if ((known.overAt ?? at) + keptMs > at) break;
      this.#ended.delete(known);
      this.#calls.delete(known.call);
      this.#byChannel.delete(known.channel);
    }
  }
}
