// A number of the account that the account itself calls: it comes to the line as any caller's call does, in a channel of its own,
// and the two are joined as by the network. That Twilio lets a number call itself is not known; the loopback does.
import type { Channel } from './channel.ts';

/** What the network needs to tell the other end that one has gone, ms of its time. */
const travelsMs = 200;

export class OwnNumber {
  readonly name = 'a number of ours';
  readonly #comes: () => Channel;

  constructor(comes: () => Channel) {
    this.#comes = comes;
  }

  /** Resolves with what resolves when the line picks up. */
  async called(outer: Channel, ringing: () => void): Promise<{ pickedUp: Promise<void> }> {
    const pickedUp = new Promise<void>((go) => {
      ringing();
      const inner = this.#comes();
      inner.onAnswer.push(go);
      [outer.far, inner.far] = [inner, outer];
      const later = (end: () => void) => setTimeout(end, travelsMs / outer.world.speed);
      outer.onEnd.push(() => later(() => inner.end(inner.answeredAt === undefined ? 'no-answer' : 'completed')));
      inner.onEnd.push(() => later(() => outer.end(outer.answeredAt === undefined ? refusal(inner) : 'completed')));
    });
    return { pickedUp };
  }
}

const refusal = ({ status }: Channel) => (status === 'busy' ? 'busy' : 'no-answer');
