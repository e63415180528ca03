// Do both sides of a talk still send sound? Asks Asterisk how many packets each has received; tells once when a side falls silent on the wire.
// A person who says nothing sends packets all the same: none at all is a network that lost one way.
import { z } from 'zod';
import type { Cancel, Clock } from '../../base/clock.ts';
import type { Living } from '../../domain/telephony/event.ts';
import { at, parsed, type Request } from './ari/words.ts';
import type { Channel, Registry } from './registry.ts';

const statistics = z.object({ rxcount: z.number() });

/** Two looks without a packet in between: noticed 5 to 7.5 s after the last one. */
const lookMs = 2500;
const looksInVain = 2;

type Side = { channel: Channel; packets: number | undefined; vain: number; told: boolean };
type Talk = { sides: Side[]; cancel: Cancel };

export class TalkWatch {
  readonly #request: Request;
  readonly #clock: Clock;
  readonly #unheard: (caller: Channel, leg: Channel, silent: Channel) => void;
  readonly #talks = new Map<string, Talk>();

  /** @param unheard told once for each side that no packet has come from for `looksInVain` looks */
  constructor(request: Request, clock: Clock, unheard: (caller: Channel, leg: Channel, silent: Channel) => void) {
    this.#request = request;
    this.#clock = clock;
    this.#unheard = unheard;
  }

  /** The two are joined, as far as is known. */
  joined(caller: Channel, leg: Channel): void {
    this.#talks.get(leg.id)?.cancel();
    const side = (channel: Channel): Side => ({ channel, packets: undefined, vain: 0, told: false });
    const talk: Talk = { sides: [side(caller), side(leg)], cancel: () => {} };
    this.#talks.set(leg.id, talk);
    this.#later(talk, caller, leg);
  }

  /** Talks that went on without us. */
  found({ bridges }: Living, registry: Registry): void {
    for (const { channels } of bridges) {
      const both = channels.map((id) => registry.find(id));
      const caller = both.find((one) => one?.role === 'caller');
      const leg = both.find((one) => one?.role === 'leg');
      if (caller && leg) this.joined(caller, leg);
    }
  }

  stop(): void {
    for (const { cancel } of this.#talks.values()) cancel();
    this.#talks.clear();
  }

  #later(talk: Talk, caller: Channel, leg: Channel): void {
    talk.cancel = this.#clock.after(lookMs, () => void this.#look(talk, caller, leg));
  }

  async #look(talk: Talk, caller: Channel, leg: Channel): Promise<void> {
    const counts = await Promise.all(talk.sides.map(({ channel }) => this.#packets(channel)));
    if (this.#talks.get(leg.id) !== talk) return;
    if (caller.over || leg.over || talk.sides.every(({ told }) => told)) {
      this.#talks.delete(leg.id);
      return;
    }
    for (const [index, side] of talk.sides.entries()) {
      const packets = counts[index];
      if (this.#fellSilent(side, packets)) this.#unheard(caller, leg, side.channel);
    }
    this.#later(talk, caller, leg);
  }

  /** A count that could not be had says nothing. */
  #fellSilent(side: Side, packets: number | undefined): boolean {
    if (packets === undefined || side.told) return false;
    side.vain = packets === side.packets ? side.vain + 1 : 0;
    side.packets = packets;
    side.told = side.vain >= looksInVain;
    return side.told;
  }

  async #packets(channel: Channel): Promise<number | undefined> {
    const answer = await this.#request('GET', at('channels', channel.id, 'rtp_statistics'));
    return parsed(answer, statistics)?.rxcount;
  }
}
