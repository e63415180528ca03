// What the adapter remembers of each live channel: whose it is and what it hears. No I/O, no decisions about calls.

import type { CallRef } from '../../domain/telephony/carrier.ts';
import type { Living } from '../../domain/telephony/event.ts';
import { type CallId, type ChannelId, callOf, type EffectId, type LegId } from '../../domain/telephony/names.ts';

export type Channel = {
  readonly id: ChannelId;
  readonly call: CallId;
  readonly role: 'caller' | 'leg';
  /** Answered. */
  up: boolean;
  /** A leg: the network said that it rings, or sent sound. */
  rang: boolean;
  /** The end has been reported. */
  over: boolean;
  /** Asked for already: an effect performed twice makes one leg. */
  originated?: true;
  /** A leg that was joined with its caller. */
  joined?: true;
  /** Media that the playback under way consists of, for the detector. */
  media?: readonly string[];
  /** We asked for its end. */
  endedByUs: boolean;
  /** Its end was asked for, by the network or by us. */
  refused: boolean;
  /** Playbacks asked for and not finished, oldest first. */
  readonly playing: Set<EffectId>;
  /** A recording asked for and not finished. */
  recording?: EffectId;
  /** The playback whose start has been reported (a list of media starts once for each). */
  started?: EffectId;
  /** A farewell: the channel is hung up when it ends. */
  farewell?: EffectId;
  /** What the caller hears between playbacks. */
  waiting?: 'music' | 'ringing';
};

/** Our legs are named `<call>.l<n>`; every other channel is a caller's, or not ours. */
export const isLeg = (id: ChannelId): id is LegId => /^[^.]+\.l\d+$/.test(id);

export class Registry {
  readonly #channels = new Map<ChannelId, Channel>();
  readonly #answered = new Set<ChannelId>();
  readonly #ofCall = new Map<CallId, Set<ChannelId>>();

  /** The caller's channel of a call; made when first named. */
  caller(ref: CallRef): Channel {
    return this.#channels.get(ref.channel) ?? this.#add(ref.channel, ref.call, 'caller');
  }

  /** A channel nobody has adopted yet is answered already. */
  answeredBefore(id: ChannelId): void {
    this.#answered.add(id);
  }

  /** Takes over what a snapshot says: its `resumed` event tells the calls, so no event repeats it later. */
  settle(living: Living): void {
    this.#answered.clear();
    const states = new Map(living.channels.map(({ channel, state }) => [channel, state]));
    for (const [id, state] of states) if (state === 'up') this.#answered.add(id);
    for (const channel of this.#channels.values()) {
      const state = states.get(channel.id);
      // Whatever was told before: one that lives is still to be ended by us.
      channel.over = state === undefined;
      // An answer that was on its way when the connection broke may never have arrived.
      channel.up = state === 'up';
      if (state === 'ringing') channel.rang = true;
    }
  }

  /** A leg's channel; made when first named, because its id says everything. */
  leg(id: LegId): Channel {
    return this.#channels.get(id) ?? this.#add(id, callOf(id), 'leg');
  }

  /** A channel that is known already. */
  known(id: ChannelId): Channel | undefined {
    return this.#channels.get(id);
  }

  /** A channel that is known, or that its name shows to be a leg. */
  find(id: ChannelId): Channel | undefined {
    return this.#channels.get(id) ?? (isLeg(id) ? this.leg(id) : undefined);
  }

  all(): Iterable<Channel> {
    return this.#channels.values();
  }

  /** Forgets a call's channels; one that still hears its farewell is remembered until its end. */
  forget(call: CallId): void {
    for (const id of this.#ofCall.get(call) ?? []) {
      const channel = this.#channels.get(id);
      if (channel?.farewell === undefined || channel.over) this.#channels.delete(id);
    }
    this.#ofCall.delete(call);
  }

  /** A leg is over: its name could only come back in a late event, which is dropped as long as the call is remembered. */
  remove(channel: Channel): void {
    channel.over = true;
    if (this.#ofCall.has(channel.call)) return;
    this.#channels.delete(channel.id);
  }

  #add(id: ChannelId, call: CallId, role: Channel['role']): Channel {
    const made: Channel = {
      id,
      call,
      role,
      up: this.#answered.delete(id),
      rang: false,
      over: false,
      endedByUs: false,
      refused: false,
      playing: new Set(),
    };
    this.#channels.set(id, made);
    // A leg that nobody's call is adopted for (it outlived us) is not a call: it must vanish by itself at its end.
    if (role === 'caller' && !this.#ofCall.has(call)) this.#ofCall.set(call, new Set());
    this.#ofCall.get(call)?.add(id);
    return made;
  }
}
