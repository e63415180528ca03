// The port: what a telephone network must be able to do for us. Asterisk and Twilio stand behind it.
import type { Effect } from './effect.ts';
import type { CarrierEvent } from './event.ts';
import type { CallId, ChannelId, PhoneNumber } from './names.ts';

/** A call as a carrier knows it. */
export type CallRef = { call: CallId; channel: ChannelId };

export interface Carrier {
  readonly name: 'asterisk' | 'twilio';
  /** Tells who answered a leg (`leg-heard`) before it is asked anything: worth waiting for. Absent: it does not. */
  readonly listens?: boolean;
  /**
   * Begins to listen, and reports `back` with what lives there once connected. Resolves when the first connection stands;
   * later losses are reported and mended without end.
   * @throws Problem when the network can never be used as it is (too old, wrong password).
   */
  start(listener: (event: CarrierEvent) => void): Promise<void>;
  /** Tells the carrier that this channel belongs to this call: events of the channel then come as `call` events. */
  adopt(ref: CallRef): void;
  /** The call is over: forget its channels (ending any that still live is the caller's business, by effects). */
  forget(call: CallId): void;
  /**
   * Performs effects of one call in order, without blocking the caller of this method. Never throws and never loses
   * a failure: each one comes back as an `effect-failed` event. Internal effects (timers, look-ups, alerts) never reach it.
   */
  perform(ref: CallRef, effects: readonly Effect[]): void;
  /** Ends a channel that belongs to no call. */
  drop(channel: ChannelId): void;
  /** Hands the caller to the route that needs no step of ours (last-resort dialplan, fallback document). The call is to be forgotten then. */
  rescue(ref: CallRef, called: PhoneNumber): void;
  stop(): Promise<void>;
}
