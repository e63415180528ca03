// Calls without a caller: a person is rung as in any hunt (their phones, the trunks, the key), hears what it is about, and says yes or no.
// In memory only: a server that dies ends them, and the saved notice places a new one.
import type { Cancel, Clock } from '../base/clock.ts';
import type { Ids } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { resumeHunt } from '../hunt/resume.ts';
import { type HuntHouse, type HuntState, isLive, type Pen, type Turn } from '../hunt/state.ts';
import { startHunt, stepHunt } from '../hunt/step.ts';
import type { DialSpec } from '../telephony/dial.ts';
import type { Effect, EffectBody } from '../telephony/effect.ts';
import type { CallEvent, Living, OnCall } from '../telephony/event.ts';
import { type CallId, callOf, type PhoneNumber } from '../telephony/names.ts';
import type { Prompt } from '../telephony/prompt.ts';
import { type OwnCalls, ownCallPrefix } from './share.ts';

/** How it ended: a key, or none. `why`: the last thing the network said. */
export type PlacedEnd = { end: 'yes' | 'no' } | { end: 'nobody'; why: string };
export type Placing = {
  /** Who asks: a second call for the same purpose is not placed. */
  purpose: string;
  to: { person: string; name: string; phones: PhoneNumber[]; language: string };
  announce: Prompt[];
  question: Prompt[];
  /** Said when the call is stopped while the person listens. */
  taken: Prompt[];
  /** Our number, shown to them. */
  line: PhoneNumber;
  ringMs: number;
  /** It rings somewhere. */
  onRinging(): void;
  /** Told once. The answer is said before the call is put down. */
  onEnd(end: PlacedEnd): Prompt[];
};

export type PlacerOptions = {
  clock: Clock;
  ids: Ids;
  log: Log;
  network: OwnCalls;
  house(at: number): HuntHouse;
  /** Makes the sound of these prompts; resolves when it is there, or cannot be had. */
  prepare(prompts: readonly Prompt[]): Promise<unknown>;
};

type Placed = {
  id: CallId;
  placing: Placing;
  hunt?: HuntState;
  timers: Map<string, Cancel>;
  effects: number;
  legs: number;
};

const ofLegs: ReadonlySet<Effect['type']> = new Set(['originate', 'ask-to-confirm', 'tell-and-hangup', 'hangup-leg']);
const answerWithinMs = 15_000;
const longestMs = 200_000;

export class Placer {
  readonly #options: PlacerOptions;
  readonly #calls = new Map<CallId, Placed>();

  constructor(options: PlacerOptions) {
    this.#options = options;
    options.network.listen({
      event: (call, event) => this.#event(call, event),
      back: (living, at) => this.#back(living, at),
    });
  }

  /** Rings the person. */
  place(placing: Placing): void {
    if (this.#of(placing.purpose)) return;
    const call: Placed = { id: this.#options.ids.next(ownCallPrefix), placing, timers: new Map(), effects: 0, legs: 0 };
    this.#calls.set(call.id, call);
    const prompts = [...placing.announce, ...placing.question, ...placing.taken];
    void this.#options.prepare(prompts).then(
      () => this.#begin(call),
      (error: unknown) => {
        this.#options.log.error({ call: call.id, error }, 'what an own call says could not be made');
        this.#begin(call);
      },
    );
  }

  /** No longer needed: a person who listens is told why, a telephone that rings stops. */
  stop(purpose: string): void {
    const call = this.#of(purpose);
    if (!call) return;
    const pen = this.#pen(call);
    const effects = (call.hunt?.legs ?? []).filter(isLive).map(
      (leg): Effect => ({
        id: pen.effect(),
        ...(leg.answeredAt === undefined
          ? { type: 'hangup-leg', leg: leg.id }
          : { type: 'tell-and-hangup', leg: leg.id, prompts: call.placing.taken }),
      }),
    );
    this.#options.network.perform(call.id, effects);
    this.#forget(call);
  }

  stopAll(): void {
    for (const call of [...this.#calls.values()]) this.stop(call.placing.purpose);
  }

  get size(): number {
    return this.#calls.size;
  }

  #of(purpose: string): Placed | undefined {
    return [...this.#calls.values()].find((call) => call.placing.purpose === purpose);
  }

  #begin(call: Placed): void {
    if (!this.#calls.has(call.id)) return;
    this.#guard(call, () => this.#take(call, startHunt(specOf(call.placing), this.#pen(call))));
  }

  #event(id: CallId, event: CallEvent): void {
    const call = this.#calls.get(id);
    if (!call?.hunt) {
      if (event.type === 'leg-answered') this.#options.network.drop(event.leg);
      return;
    }
    const { hunt } = call;
    if (event.type === 'leg-ringing') call.placing.onRinging();
    this.#guard(call, () => this.#take(call, stepHunt(hunt, event, this.#pen(call))));
  }

  /** Ours that nobody waits for any more are ended; the others go on. */
  #back(living: Living, at: number): void {
    for (const { channel } of living.channels)
      if (!this.#calls.has(callOf(channel))) this.#options.network.drop(channel);
    for (const call of [...this.#calls.values()]) {
      const mine = living.channels.filter(({ channel }) => callOf(channel) === call.id);
      const legs = Object.fromEntries(
        mine.map(({ channel, state }) => [channel, state === 'up' ? ('up' as const) : ('ringing' as const)]),
      );
      const { hunt } = call;
      if (hunt)
        this.#guard(call, () =>
          this.#take(call, resumeHunt(hunt, { caller: true, legs, bridged: [] }, this.#pen(call, at))),
        );
    }
  }

  #take(call: Placed, turn: Turn): void {
    call.hunt = turn.state;
    for (const effect of turn.effects) this.#perform(call, effect);
    if (turn.exit && this.#calls.has(call.id)) this.#over(call);
  }

  /** What a waiting caller would hear is left out: there is none. */
  #perform(call: Placed, effect: Effect): void {
    if (!this.#calls.has(call.id)) return;
    if (effect.type === 'start-timer') this.#start(call, effect.name, effect.ms);
    else if (effect.type === 'cancel-timer') call.timers.get(effect.name)?.();
    else if (effect.type === 'resolve-on-call') this.#answer(call, effect.id);
    else if (effect.type === 'bridge') this.#taken(call, effect.leg);
    else if (effect.type === 'warn') this.#options.log.warn({ call: call.id, subject: effect.subject }, effect.message);
    else if (ofLegs.has(effect.type)) this.#options.network.perform(call.id, [effect]);
  }

  #start(call: Placed, name: string, ms: number): void {
    call.timers.get(name)?.();
    const { clock } = this.#options;
    call.timers.set(
      name,
      clock.after(ms, () => this.#event(call.id, { type: 'timer', name, at: clock.now() })),
    );
  }

  /** The hunt asks who is to be rung: the one person this call is for. */
  #answer(call: Placed, request: string): void {
    const { person, name, phones, language } = call.placing.to;
    const one: OnCall = { person, name, phones, language, maxCalls: 1000, priority: 1, because: call.placing.purpose };
    const at = this.#options.clock.now();
    queueMicrotask(() =>
      this.#event(call.id, { type: 'on-call-resolved', at, request, people: [one], because: one.because, turn: 0 }),
    );
  }

  /** The key was pressed: there is nobody to be joined with, the person hears the answer. */
  #taken(call: Placed, leg: string): void {
    const prompts = call.placing.onEnd({ end: 'yes' });
    const body: EffectBody = { type: 'tell-and-hangup', leg, prompts };
    this.#options.network.perform(call.id, [{ id: this.#pen(call).effect(), ...body }]);
    this.#forget(call);
  }

  #over(call: Placed): void {
    const legs = call.hunt?.legs ?? [];
    const no = legs.some((leg) => leg.answeredAt !== undefined && leg.hangup?.cause === 'declined');
    const last = legs.at(-1)?.hangup;
    const why = last ? (last.detail ? `${last.cause} (${last.detail})` : last.cause) : 'no telephone';
    this.#forget(call);
    call.placing.onEnd(no ? { end: 'no' } : { end: 'nobody', why });
  }

  #forget(call: Placed): void {
    for (const cancel of call.timers.values()) cancel();
    this.#calls.delete(call.id);
    this.#options.network.forget(call.id);
  }

  #pen(call: Placed, at = this.#options.clock.now()): Pen {
    return {
      at,
      house: this.#options.house(at),
      effect: () => `${call.id}.e${++call.effects}`,
      leg: () => `${call.id}.l${++call.legs}`,
    };
  }

  #guard(call: Placed, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.log.error({ call: call.id, error }, 'a step of an own call failed');
      this.#forget(call);
      call.placing.onEnd({ end: 'nobody', why: 'a fault of ours; the log says more' });
    }
  }
}

const specOf = ({ to, announce, question, taken, line, ringMs }: Placing): DialSpec => ({
  levels: [{ target: { person: to.person }, strategy: 'sequential', rounds: 1, ringMs }],
  maxWaitMs: longestMs,
  wait: 'ringing',
  words: { prompts: [], everyMs: 60_000 },
  announce,
  confirm: { by: 'key', question, taken, waitMs: answerWithinMs },
  show: 'line',
  line,
  caller: '',
});
