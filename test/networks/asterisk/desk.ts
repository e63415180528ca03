// What a test sees of the adapter: every event in order, and waiting for one by what it says. The waiting has a deadline that only a failure reaches.

import { silentLog } from '../../../server/base/log.ts';
import type { CallRef } from '../../../server/domain/telephony/carrier.ts';
import type { Effect, EffectBody } from '../../../server/domain/telephony/effect.ts';
import type { Arrival, CallEvent, CarrierEvent, Living } from '../../../server/domain/telephony/event.ts';
import { AsteriskCarrier } from '../../../server/networks/asterisk/carrier.ts';
import type { AsteriskOptions } from '../../../server/networks/asterisk/options.ts';
import { patienceMs } from '../../waiting.ts';
import type { Rig } from './rig.ts';

type OfCall<T extends CallEvent['type']> = Extract<CallEvent, { type: T }>;

export class Desk {
  readonly carrier: AsteriskCarrier;
  readonly events: CarrierEvent[] = [];
  #watchers = new Set<() => void>();
  #effects = 0;

  constructor(rig: Pick<Rig, 'ari' | 'recordings'>, more: Partial<AsteriskOptions> = {}) {
    this.carrier = new AsteriskCarrier({
      access: rig.ari,
      recordings: rig.recordings,
      log: silentLog,
      trunk: () => undefined,
      prompts: {
        uris: (prompts) => prompts.map((prompt) => (prompt.kind === 'file' ? prompt.path : 'sound:silence/1')),
      },
      ...more,
    });
  }

  start(): Promise<void> {
    return this.carrier.start((event) => {
      this.events.push(event);
      for (const look of this.#watchers) look();
    });
  }

  /** The first event from index `from` on that fits. */
  async sees<T>(what: string, pick: (event: CarrierEvent) => T | undefined | false, from = 0): Promise<T> {
    const { promise, resolve, reject } = withResolvers<T>();
    const look = () => {
      for (const event of this.events.slice(from)) {
        const picked = pick(event);
        if (picked !== undefined && picked !== false) return resolve(picked);
      }
    };
    const late = setTimeout(
      () => reject(new Error(`not seen: ${what}; seen: ${JSON.stringify(this.events.slice(from))}`)),
      patienceMs,
    );
    this.#watchers.add(look);
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      this.#watchers.delete(look);
    }
  }

  arrival(from = 0): Promise<Arrival> {
    return this.sees('an arrival', (event) => event.type === 'arrival' && event.arrival, from);
  }

  call<T extends CallEvent['type']>(
    type: T,
    fits: (event: OfCall<T>, call: string) => boolean = () => true,
    from = 0,
  ): Promise<OfCall<T>> {
    return this.sees(
      `call event ${type}`,
      (event) =>
        event.type === 'call' &&
        event.event.type === type &&
        fits(event.event as OfCall<T>, event.call) &&
        (event.event as OfCall<T>),
      from,
    );
  }

  back(from = 0): Promise<Living> {
    return this.sees('back', (event) => event.type === 'back' && event.living, from);
  }

  /** Performs effects with ids `<call>.e<n>`, and gives the ids. */
  does(ref: CallRef, ...bodies: EffectBody[]): string[] {
    const effects = bodies.map((body): Effect => ({ id: `${ref.call}.e${++this.#effects}`, ...body }));
    this.carrier.perform(ref, effects);
    return effects.map(({ id }) => id);
  }

  /** Every event of this call, by type, in order. */
  story(call: string): string[] {
    return this.events.flatMap((event) => (event.type === 'call' && event.call === call ? [event.event.type] : []));
  }
}

function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
