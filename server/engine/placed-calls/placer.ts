// Calls without a caller: a person is rung as in any hunt (their phones, the trunks, the key), hears what it is about, and says yes or no.
// Saved before performed, like callers' calls: a server that dies takes them up again, and nobody is rung twice.
import type { Clock, Instant } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { HuntContext } from '../../domain/hunt/state.ts';
import type { CallEvent, Living } from '../../domain/telephony/event.ts';
import { type CallId, callOf } from '../../domain/telephony/names.ts';
import type { Prompt } from '../../domain/telephony/prompt.ts';
import { Timers } from '../calls/timers.ts';
import {
  answerOwn,
  beginPlacedCall,
  isOver,
  onto,
  overAt,
  type PlacedCall,
  type PlacedEnd,
  type PlacedStep,
  type Placing,
  resumePlacedCall,
  stepPlacedCall,
  stopPlacedCall,
} from './placed-call.ts';
import type { PlacedCallStore } from './ports.ts';
import { type PlacedCallNetwork, placedCallPrefix } from './share.ts';

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
  store: PlacedCallStore;
  context(network: PlacedCallNetwork, at: Instant): HuntContext;
  /** Makes the sound of these prompts; resolves when it is there, or cannot be had. */
  prepare(prompts: readonly Prompt[]): Promise<unknown>;
};

/** A call whose network does not come back after a restart goes on over another one. */
const returnMs = 30_000;
/** Late and repeated webhooks of a call that is over are answered for so long. */
const keptMs = 10 * 60_000;

export class Placer {
  readonly #options: PlacerOptions;
  #networks: readonly PlacedCallNetwork[] = [];
  readonly #calls = new Map<CallId, PlacedCall>();
  readonly #timers: Timers;
  /** Taken up after a restart; their network has not said yet what lives. */
  readonly #waiting = new Set<CallId>();
  #listener: PlacedListener = { ringing: () => {}, ended: () => [] };

  constructor(options: PlacerOptions) {
    this.#options = options;
    this.#timers = new Timers(options.clock, (call, name) => this.#due(call, name));
  }

  /** Loads the saved calls, and listens. @param networks best first, at least one: what one cannot carry goes over the next */
  start(networks: readonly PlacedCallNetwork[]): void {
    this.#networks = networks;
    for (const call of this.#saved()) {
      this.#calls.set(call.id, call);
      if (isOver(call)) continue;
      this.#waiting.add(call.id);
      this.#timers.start({ call: call.id, name: returnTimer, dueAt: this.#options.clock.now() + returnMs });
    }
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
    const { ids, clock } = this.#options;
    const network = this.#networks.find((one) => one.up) ?? this.#best;
    const call: PlacedCall = {
      id: ids.next(placedCallPrefix),
      placing,
      carrier: network.name,
      tried: [],
      effects: 0,
      legs: 0,
      timers: {},
    };
    this.#keep(call, clock.now());
    const prompts = [...placing.announce, ...placing.question, ...placing.taken];
    void this.#options.prepare(prompts).then(
      () => this.#begin(call.id),
      (error: unknown) => {
        this.#options.log.error({ call: call.id, error }, 'what an own call says could not be made');
        this.#begin(call.id);
      },
    );
  }

  stop(purpose: string): void {
    const call = this.#of(purpose);
    if (call) this.#step(call, (context, at) => stopPlacedCall(call, context, at));
  }

  /** What nobody wants any more is stopped: its order was withdrawn while we were away. */
  keepOnly(wanted: (purpose: string) => boolean): void {
    for (const { placing } of this.live()) if (!wanted(placing.purpose)) this.stop(placing.purpose);
  }

  /** Stops listening. Calls live on at their network, and are taken up again by the next start. */
  close(): void {
    this.#timers.stopAll();
  }

  /** Those that go on. */
  live = (): PlacedCall[] => [...this.#calls.values()].filter((call) => !isOver(call));
  /** Also one that is over, for a while. */
  one = (id: CallId): PlacedCall | undefined => this.#calls.get(id);

  #of = (purpose: string): PlacedCall | undefined => this.live().find(({ placing }) => placing.purpose === purpose);
  #networkOf({ carrier }: PlacedCall): PlacedCallNetwork {
    return this.#networks.find(({ name }) => name === carrier) ?? this.#best;
  }

  /** @throws before `start`: a call cannot be placed over nothing */
  get #best(): PlacedCallNetwork {
    const [best] = this.#networks;
    if (!best) throw new Error('no network was given to place calls on');
    return best;
  }

  #saved(): PlacedCall[] {
    try {
      return this.#options.store.all();
    } catch (error) {
      this.#options.log.error({ error }, 'saved own calls cannot be read; their notices will be told again');
      return [];
    }
  }

  #begin(id: CallId): void {
    const call = this.#calls.get(id);
    if (call && !call.hunt && !isOver(call)) this.#step(call, (context, at) => beginPlacedCall(call, context, at));
  }

  #event(network: PlacedCallNetwork, id: CallId, event: CallEvent): void {
    const call = this.#calls.get(id);
    if (!call?.hunt || isOver(call) || call.carrier !== network.name) {
      if (event.type === 'leg-answered') network.drop(event.leg);
      return;
    }
    if (event.type === 'leg-ringing') this.#listener.ringing(call.placing);
    this.#step(call, (context) => stepPlacedCall(call, event, context));
  }

  #due(id: CallId, name: string): void {
    const call = this.#calls.get(id);
    if (!call) return;
    const at = this.#options.clock.now();
    if (name === returnTimer) this.#lostNetwork(call, at);
    else if (call.hunt) this.#step(call, (context) => stepPlacedCall(call, { type: 'timer', name, at }, context));
  }

  /** Ours that nobody waits for any more are ended; the others go on. */
  #back(network: PlacedCallNetwork, living: Living, at: Instant): void {
    const mine = this.live().filter(({ carrier }) => carrier === network.name);
    for (const { channel } of living.channels)
      if (!mine.some(({ id }) => id === callOf(channel))) network.drop(channel);
    for (const call of mine) {
      network.adopt(call.id);
      const resumed = this.#waiting.delete(call.id);
      this.#timers.stop(call.id, returnTimer);
      // One that was placed a moment ago begins when its words are ready.
      if (!resumed && !call.hunt) continue;
      for (const [name, dueAt] of Object.entries(call.timers)) this.#timers.start({ call: call.id, name, dueAt });
      this.#step(call, (context) => resumePlacedCall(call, living, context, at));
    }
  }

  #lostNetwork(call: PlacedCall, at: Instant): void {
    if (!this.#waiting.delete(call.id)) return;
    this.#settle({ call, effects: [], warnings: [], ended: { end: 'nobody', why: 'unreachable', carrier: true } }, at);
  }

  /** What goes wrong in one call is our bug: it stands in the log, and whoever waits for the call is told. */
  #step(call: PlacedCall, work: (context: HuntContext, at: Instant) => PlacedStep): void {
    const at = this.#options.clock.now();
    try {
      const step = work(this.#options.context(this.#networkOf(call), at), at);
      if (step.call.hunt !== call.hunt || step.effects.length > 0 || step.call.overAt !== call.overAt)
        this.#settle(step, at);
    } catch (error) {
      this.#options.log.error({ call: call.id, error }, 'a step of an own call failed');
      if (isOver(call)) return;
      this.#keep({ ...call, timers: {}, overAt: at }, at);
      this.#listener.ended(call.placing, { end: 'nobody', why: 'a fault of ours; the log says more' });
    }
  }

  /** Whoever waits is told first (theirs is saved there), then this is saved, then performed. */
  #settle(step: PlacedStep, at: Instant): void {
    const { call, effects, warnings } = isOver(step.call) ? step : this.#ended(step, at);
    this.#keep(call, at);
    for (const { subject, message } of warnings) this.#options.log.warn({ call: call.id, subject }, message);
    const network = this.#networkOf(call);
    if (effects.length > 0) network.perform(call.id, effects);
    if (isOver(call)) network.forget(call.id);
  }

  #ended(step: PlacedStep, at: Instant): PlacedStep {
    const { call, ended } = step;
    if (!ended) return step;
    const next = ended.end === 'nobody' && ended.carrier ? this.#nextNetwork(call) : undefined;
    if (next) return this.#over(step, next, at);
    const prompts = this.#listener.ended(call.placing, ended);
    return ended.end === 'yes' ? answerOwn(step, prompts, at) : overAt(step, at);
  }

  #nextNetwork({ carrier, tried }: PlacedCall): PlacedCallNetwork | undefined {
    return this.#networks.find(({ name }) => name !== carrier && !tried.includes(name));
  }

  /** The same call from its beginning over another network. */
  #over(step: PlacedStep, network: PlacedCallNetwork, at: Instant): PlacedStep {
    const { call } = step;
    this.#options.log.warn(
      { call: call.id, from: call.carrier, to: network.name },
      'an own call goes over another network',
    );
    const before = this.#networkOf(call);
    if (step.effects.length > 0) before.perform(call.id, step.effects);
    before.forget(call.id);
    this.#timers.stopCall(call.id);
    const begun = beginPlacedCall(onto(call, network.name), this.#options.context(network, at), at);
    return this.#ended({ ...begun, warnings: [...step.warnings, ...begun.warnings] }, at);
  }

  /** A disk that fails does not keep an urgency from being told. */
  #keep(call: PlacedCall, at: Instant): void {
    const before = this.#calls.get(call.id);
    this.#calls.set(call.id, call);
    this.#run(before?.timers ?? {}, call);
    for (const old of this.#calls.values())
      if (old.overAt !== undefined && old.overAt + keptMs < at) this.#calls.delete(old.id);
    try {
      this.#options.store.save(call, at - keptMs);
    } catch (error) {
      this.#options.log.error({ call: call.id, error }, 'an own call could not be saved; it goes on unsaved');
    }
  }

  #run(before: Readonly<Record<string, Instant>>, { id, timers }: PlacedCall): void {
    for (const name of Object.keys(before)) if (!(name in timers)) this.#timers.stop(id, name);
    for (const [name, dueAt] of Object.entries(timers))
      if (before[name] !== dueAt) this.#timers.start({ call: id, name, dueAt });
  }
}

const returnTimer = 'own.return';

export type { PlacedCall, PlacedEnd, Placing };
