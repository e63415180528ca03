// What each network gives a test to prove itself with, and the time that it needs there. Values only.
import type { Arrival } from '../telephony/event.ts';

export type Means = {
  /**
   * tones: a tone is sent each way. keys: no sound reaches us; what is heard each way is keys: the code there, some digits back,
   * and of a talk only that both sides are in it.
   */
  proof: 'tones' | 'keys';
  /** From the dialling to the code: longer than carriers take to bring a call. */
  backMs: number;
  /** No caller of ours waits longer than this for a test: it is given up. They hear ringing meanwhile. */
  heldMs: number;
  /** Time in which the end of our own leg reaches its other end. */
  settleMs: number;
  /** For what is sent one way to be heard. */
  heardMs: number;
  /** Longer than what counts as no message (`min` of a message node, at most this in practice). */
  saidMs: number;
};

/** At Twilio everything is asked for by a request, second by second; its document for our caller follows the answer, and keys are slow. */
export const meansOf: Record<Arrival['carrier'], Means> = {
  asterisk: { proof: 'tones', backMs: 10_000, heldMs: 4_000, settleMs: 1_500, heardMs: 4_000, saidMs: 4_000 },
  twilio: { proof: 'keys', backMs: 20_000, heldMs: 8_000, settleMs: 2_500, heardMs: 8_000, saidMs: 6_000 },
};
