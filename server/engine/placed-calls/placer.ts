// Calls without a caller, on the durable runner: a person is rung as in any hunt (their phones, the trunks, the key), hears what it is about,
// and says yes or no. A server that dies takes them up again, and nobody is rung twice.
import type { Cancel, Clock, Instant } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { HuntContext } from '../../domain/hunt/state.ts';
import type {
  PlacedCall,
  PlacedEffect,
  PlacedEnd,
  PlacedEvent,
  Placing,
} from '../../domain/placed-call/placed-call.ts';
import { placingIn } from '../../domain/placed-call/saved.ts';
import type { CallEvent, Living } from '../../domain/telephony/event.ts';
import { type CallId, callOf } from '../../domain/telephony/names.ts';
import type { Prompt } from '../../domain/telephony/prompt.ts';
import type { Row } from '../ports.ts';
import { Runner } from '../runner.ts';
import type { Saving } from '../saving.ts';
import { networkOf, placedCallMachine } from './machine.ts';
import type { PlacedCallStore } from './ports.ts';
import { type PlacedCallNetwork, placedCallPrefix } from './share.ts';

export type { PlacedCall, PlacedEnd, Placing };

/** Whoever had calls placed. */
export type PlacedListener = {
  /** It rings somewhere. */
  ringing(placing: Placing): void;
  /** Told once, or again after a crash. The answer is said before the call is put down. */
  ended(placing: Placing, end: PlacedEnd): Prompt[];
};

export type PlacerOptions = {
  clock: Clock;
  ids: Ids;
  log: Log;
  saving: Saving;
  store: PlacedCallStore;
  context(network: PlacedCallNetwork, at: Instant): HuntContext;
  /** Makes the sound of these prompts; resolves when it is there, or cannot be had. */
  prepare(prompts: readonly Prompt[]): Promise<unknown>;
};

/** A call whose network does not come back after a restart goes on over another one. */
const returnMs = 30_000;

export class Placer {
  readonly #options: PlacerOptions;
  readonly #runner: Runner<PlacedCall, PlacedEvent, PlacedEffect>;
  #networks: readonly PlacedCallNetwork[] = [];
  /** Taken up after a restart; their network has not said yet what lives. */
  readonly #waiting = new Map<CallId, Cancel>();
  /** Saved ones that cannot be read. */
  #aside: Row[] = [];
  #listener: PlacedListener = { ringing: () => {}, ended: () => [] };

  constructor(options: PlacerOptions) {
    this.#options = options;
    const { clock, log, store, context } = options;
    const machine = placedCallMachine({
      clock,
      log,
      store,
      context,
      networks: () => this.#networks,
      ended: (placing, end) => this.#guarded([], () => this.#listener.ended(placing, end)),
    });
    this.#runner = new Runner(machine, options);
  }

  /** Loads the saved calls, and listens. @param networks best first, at least one: what one cannot carry goes over the next */
  start(networks: readonly PlacedCallNetwork[]): void {
    this.#networks = networks;
    this.#aside = this.#runner.load(this.#saved()).map(({ row }) => row);
    for (const { id } of this.#runner.all())
      this.#waiting.set(
        id,
        this.#options.clock.after(returnMs, () => this.#lostNetwork(id)),
      );
    for (const network of networks)
      network.listen({
        event: (call, event) => this.#event(network, call, event),
        back: (living, at) => this.#back(network, living, at),
      });
  }

  listen(listener: PlacedListener): void {
    this.#listener = listener;
  }

  /** Rings the person. */
  place(placing: Placing): void {
    if (this.#of(placing.purpose)) return;
    const { ids, clock, log, prepare } = this.#options;
    const { name: carrier } = this.#networks.find((one) => one.up) ?? networkOf(this.#networks, 'asterisk');
    const id = ids.next(placedCallPrefix);
    const value: PlacedCall = { id, placing, carrier, tried: [], effects: 0, legs: 0 };
    this.#runner.begin(id, clock.now(), () => ({ value, effects: [] }));
    const begin = () => void this.#runner.event(id, { type: 'begin', at: clock.now() });
    void prepare([...placing.announce, ...placing.question, ...placing.taken]).then(begin, (error: unknown) => {
      log.error({ call: id, error }, 'what a placed call says could not be made');
      begin();
    });
  }

  stop(purpose: string): void {
    const call = this.#of(purpose);
    if (call) this.#runner.event(call.id, { type: 'stopped', at: this.#options.clock.now() });
  }

  /**
   * What nobody wants any more is stopped: its order was withdrawn while we were away. Whoever wants one whose row cannot be read is told
   * that nobody will be rung by it.
   */
  keepOnly(wanted: (purpose: string) => boolean): void {
    for (const { placing } of this.live()) if (!wanted(placing.purpose)) this.stop(placing.purpose);
    for (const { state } of this.#aside) {
      const placing = placingIn(state);
      if (placing && wanted(placing.purpose))
        this.#guarded([], () => this.#listener.ended(placing, { end: 'nobody', why: 'its row cannot be read' }));
    }
  }

  /** Stops listening. Calls live on at their network, and are taken up again by the next start. */
  close(): void {
    for (const cancel of this.#waiting.values()) cancel();
    this.#runner.stop();
  }

  /** Those that go on. */
  live = (): readonly PlacedCall[] => this.#runner.all();
  /** Also one that is over, for a while. */
  one = (id: CallId): PlacedCall | undefined => this.#runner.find(id);
  /** Saved ones that cannot be read. */
  get setAside(): number {
    return this.#aside.length;
  }

  #of = (purpose: string): PlacedCall | undefined => this.live().find(({ placing }) => placing.purpose === purpose);

  #saved(): Row[] {
    try {
      return this.#options.store.live();
    } catch (error) {
      this.#options.log.error({ error }, 'saved calls of the line cannot be read; their notices will be told again');
      return [];
    }
  }

  #event(network: PlacedCallNetwork, id: CallId, event: CallEvent): void {
    const call = this.#runner.get(id);
    if (!call?.hunt || call.carrier !== network.name) {
      if (event.type === 'leg-answered') network.drop(event.leg);
      return;
    }
    if (event.type === 'leg-ringing') this.#guarded(undefined, () => this.#listener.ringing(call.placing));
    this.#runner.event(id, event);
  }

  /** Ours that nobody waits for any more are ended; the others go on. */
  #back(network: PlacedCallNetwork, living: Living, at: Instant): void {
    const mine = this.live().filter(({ carrier }) => carrier === network.name);
    for (const { channel } of living.channels)
      if (!mine.some(({ id }) => id === callOf(channel))) network.drop(channel);
    for (const { id, hunt } of mine) {
      network.adopt(id);
      const resumed = this.#isBack(id);
      // One that was placed a moment ago begins when its words are ready.
      if (!resumed && !hunt) continue;
      this.#runner.event(id, { type: 'back', at, living });
      this.#runner.release([id]);
    }
  }

  #lostNetwork(id: CallId): void {
    if (this.#isBack(id)) this.#runner.event(id, { type: 'unreachable', at: this.#options.clock.now() });
  }

  /** Whether it was waited for until now. */
  #isBack(id: CallId): boolean {
    this.#waiting.get(id)?.();
    return this.#waiting.delete(id);
  }

  /** Whoever listens and throws costs no call anything. */
  #guarded<T>(otherwise: T, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#options.log.error({ error }, 'one who had a call placed failed; the call goes on');
      return otherwise;
    }
  }
}
