// Callers at the door while a test is on its way: what each hears, and whether it is let in. Values in memory: who is not known asks as one who has just come.
import type { Arrival } from '../../../domain/telephony/event.ts';
import type { ChannelId } from '../../../domain/telephony/names.ts';
import type { Script } from './script.ts';

export type Held = {
  arrival: Arrival;
  script: Script;
  /** Where it asked last, and what it has finished. */
  place: number;
  finished: Set<number>;
  /** Let in, as this arrival: a test's, or a caller's. */
  free?: Arrival;
  /** Digits that wait until the other end listens. */
  toSend?: string;
  /** All that it hears from now on. */
  document?: string;
};

/** Far more than ever come in the seconds of a test; the oldest ask again. */
const most = 500;

export class Doors {
  readonly #held = new Map<ChannelId, Held>();

  open(arrival: Arrival): Held {
    const held: Held = { arrival, script: { deeds: [], idle: 'holds' }, place: 0, finished: new Set() };
    this.#held.set(arrival.channel, held);
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= most) break;
      this.#held.delete(oldest);
    }
    return held;
  }

  get = (channel: ChannelId): Held | undefined => this.#held.get(channel);
  close = (channel: ChannelId): boolean => this.#held.delete(channel);

  /** True the first time only: a request that comes twice says nothing new. */
  finished(held: Held, place: number): boolean {
    const deed = held.script.deeds[place];
    if (!deed || !('digits' in deed) || held.finished.has(place)) return false;
    held.finished.add(place);
    return true;
  }

  toSend(channel: ChannelId, keys: string): void {
    const held = this.#held.get(channel);
    if (!held) return;
    held.toSend = keys;
    held.script.idle = 'holds';
  }

  /** It gathers at this moment, and asks again only after that. */
  gathers({ script, place, finished }: Held): boolean {
    const deed = script.deeds[place];
    return deed !== undefined && 'digits' in deed && !finished.has(place);
  }

  /** The other end listens now. */
  sends(): void {
    for (const held of this.#held.values()) {
      if (held.toSend === undefined) continue;
      held.script.deeds.push({ keys: held.toSend });
      delete held.toSend;
    }
  }
}
