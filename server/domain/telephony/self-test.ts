// The port of the line's test of itself: the few things that a telephone network must do for a call that we place to our own number.
import type { Instant } from '../../base/clock.ts';
import type { Arrival } from './event.ts';
import type { Hangup } from './hangup.ts';
import type { CallId, ChannelId, PhoneNumber, TrunkId } from './names.ts';

/** Digits of the code by which our own call is known. */
export const codeDigits = 10;

export type TestDial = { number: PhoneNumber; trunk: TrunkId; shows: PhoneNumber; ringMs: number };

export type TestChannelEvent = { at: Instant; channel: ChannelId } & (
  | { type: 'ringing' | 'answered' | 'heard' }
  /** An answerer is there: a leg of a test call is at its door. */
  | { type: 'called' }
  /** Both sides of the talk are in one room. */
  | { type: 'together' }
  | { type: 'pressed'; digit: string }
  | { type: 'ended'; hangup: Hangup }
);

export type TestListener = {
  event(event: TestChannelEvent): void;
  /** True: it is kept at the door, and `admit`ted or ended later. `again`: it was there before the connection was. */
  arrival(arrival: Arrival, again: boolean): boolean;
  /** The connection is gone; what was held still is there. */
  lost(): void;
  /** It is back, and `arrival` was asked about everybody who lives there. */
  back(): void;
};

/** Requests never fail aloud: what does not happen is not reported, and the test that waited for it says so. */
export interface TestNetwork {
  listen(listener: TestListener): void;
  /** For so long, a caller who shows this number is let ring on the last-resort route before it is served: the server may die in between. */
  expect(shows: PhoneNumber, seconds: number): void;
  dial(channel: ChannelId, dial: TestDial): void;
  /** Answers; `ringing`: whoever it is hears the tone of ringing. */
  answer(channel: ChannelId, ringing: boolean): void;
  press(channel: ChannelId, keys: string): void;
  /** Sends a tone of this pitch (Hz) until `quiet`. */
  sound(channel: ChannelId, hertz: number): void;
  quiet(channel: ChannelId): void;
  /** `heard` is told when a tone of this pitch comes in. */
  hear(channel: ChannelId, hertz: number): void;
  /** `of`: our own caller, by the numbers of its call: it may be a former life's, whose name there nobody knows any more. */
  hangUp(channel: ChannelId, of?: { number: PhoneNumber; shows: PhoneNumber }): void;
  /** Tells `together` once both sides of this call's talk are in one room. Only where no tone can be heard. */
  meet?(channel: ChannelId, call: CallId): void;
  /** Lets a held caller in. */
  admit(arrival: Arrival): void;
}
