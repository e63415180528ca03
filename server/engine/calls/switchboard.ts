// The only place where something happens: load the call, step it, save it, and only then perform what it asks for.
import type { Instant } from '../../base/clock.ts';
import { problemText } from '../../base/result.ts';
import { beginCall, beginCallBack } from '../../domain/call/begin.ts';
import type { Call, CallContext, Step } from '../../domain/call/call.ts';
import { bareCall, type Fate, fateOf } from '../../domain/call/failed.ts';
import { recordOf } from '../../domain/call/record.ts';
import { readCall } from '../../domain/call/saved.ts';
import { stepCall } from '../../domain/call/step.ts';
import type { FlowSet } from '../../domain/flow/set.ts';
import type { Carrier } from '../../domain/telephony/carrier.ts';
import type { Arrival, CallEvent, CarrierEvent } from '../../domain/telephony/event.ts';
import type { CallId } from '../../domain/telephony/names.ts';
import { planFor } from '../../domain/trunk/by-carrier.ts';
import { type Answers, openAnswers } from './answers.ts';
import { type NotNow, networkFor, type Order } from './call-back.ts';
import { said, turnOfFailure } from './failing.ts';
import { Live } from './live.ts';
import { openPinned } from './pinned.ts';
import type { Ports, SavedCall } from './ports.ts';
import { resumeEvents } from './resume.ts';
import { Saver } from './saver.ts';
import { startAll } from './start-all.ts';
import { TrunkWatch } from './trunk-watch.ts';
import { type Settled, settle } from './turn.ts';
import { Unread } from './unread.ts';

type Turn = { before: Call | undefined; outcome: Settled; at: Instant };

export class Switchboard {
  readonly #ports: Ports;
  readonly #live: Live;
  readonly #flowsOf: (call: Call) => FlowSet;
  readonly #trunks: TrunkWatch;
  readonly #answers: Answers;
  readonly #saver: Saver;
  readonly #unread: Unread;
  /** Calls of which a step has thrown. */
  readonly #failed = new Set<CallId>();
  readonly #connected = new Set<string>();
  #carriers: readonly Carrier[] = [];
  #stopped = false;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#saver = new Saver(ports);
    this.#unread = new Unread(ports);
    this.#live = new Live(ports.clock, (call, name) => this.#due(call, name));
    this.#flowsOf = openPinned(ports);
    this.#trunks = new TrunkWatch(() => ports.config.trunks());
    this.#answers = openAnswers(ports, this.#live.traffic, this.#flowsOf, (call, event) => this.#event(call, event));
  }

  /**
   * Loads the saved calls, then listens to the carriers: each first tells what still lives, and its calls go on from there.
   * Resolves once one of them can be led. @param carriers best first @throws Problem when none can
   */
  async start(carriers: readonly Carrier[]): Promise<void> {
    this.#carriers = carriers;
    for (const saved of this.#ports.journal.live()) this.#load(saved);
    this.#live.wait(this.#ports.journal.timers());
    await startAll(
      carriers.map((carrier) => ({
        name: carrier.name,
        start: () => carrier.start((event) => this.#heard(carrier, event)),
      })),
      { ...this.#ports, stopped: () => this.#stopped },
    );
  }

  /** Stops listening. Calls live on at the carrier, and are taken up again by the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#live.stop();
    await Promise.all(this.#carriers.map((carrier) => carrier.stop()));
  }

  /** Tells a call what another room found out for it. A call that is over hears nothing. */
  tell(id: CallId, event: CallEvent): void {
    this.#event(id, event);
  }

  /** Calls that are live now. */
  calls(): readonly Call[] {
    return this.#live.all();
  }

  call(id: CallId): Call | undefined {
    return this.#live.get(id);
  }

  /** When saving began to fail, if it does now; calls go on all the same. */
  get failingSince(): Instant | undefined {
    return this.#ports.saving.failingSince;
  }

  /** Calls, live or over, whose last step is not on disk. */
  get unsaved(): number {
    return this.#ports.saving.waiting('call');
  }

  /** Each carrier by name: can it be led now? */
  get connected(): Record<string, boolean> {
    return Object.fromEntries(this.#carriers.map(({ name }) => [name, this.#connected.has(name)]));
  }

  get timersRunning(): number {
    return this.#live.timersRunning;
  }

  trunkHealth() {
    return this.#trunks.health;
  }

  #load(saved: SavedCall): void {
    const read = readCall(saved.id, saved.state);
    if (!read.ok) {
      const problem = read.problems.map(problemText).join('; ');
      this.#ports.log.error({ call: saved.id, problem }, 'a saved call cannot be read: its caller is taken as new');
      this.#unread.keep(saved);
      return;
    }
    this.#live.load(read.value);
  }

  #heard(carrier: Carrier, event: CarrierEvent): void {
    if (event.type === 'arrival') this.#arrived(carrier, event.arrival);
    else if (event.type === 'call') this.#ofCall(carrier, event.call, event.event);
    else if (event.type === 'trunk') this.#trunkChanged(event.trunk, event.reachable, event.at);
    else if (event.type === 'back') this.#back(carrier, event);
    else {
      this.#connected.delete(carrier.name);
      this.#ports.log.warn({ carrier: carrier.name }, 'the control connection is lost; calls go on by themselves');
    }
  }

  /** Without a connection nothing was really tried: the call stands still, and once the carrier is back all of it is asked for again. */
  #ofCall({ name }: Carrier, id: CallId, event: CallEvent): void {
    if (event.type !== 'effect-failed' || this.#connected.has(name)) this.#event(id, event);
  }

  #arrived(carrier: Carrier, arrival: Arrival): void {
    if (this.#live.isCaller(arrival.channel)) return;
    const id = this.#ports.ids.next('c');
    carrier.adopt({ call: id, channel: arrival.channel });
    const flows = this.#ports.config.flows();
    const failed = (error: unknown) =>
      this.#fails(bareCall(id, arrival, flows.version), 'rescued', error, arrival.at, undefined);
    this.#guard(failed, () => {
      const context = this.#context(carrier.name, flows, arrival.at);
      return this.#settle(context, undefined, beginCall(context, id, arrival), arrival.at);
    });
  }

  /** The line calls back by itself: saved when this returns, and rung from then on. @returns the call's id, or why not now */
  callBack(order: Order): { call: CallId } | NotNow {
    const { clock, ids, config, log } = this.#ports;
    const at = clock.now();
    const isLed = ({ name }: Carrier) => this.#connected.has(name);
    const saving = this.failingSince === undefined;
    const carrier = networkFor(order, { carriers: this.#carriers, isLed, live: this.#live, config, saving, at });
    if ('refused' in carrier) return carrier;
    const id = ids.next('c');
    // Nobody is there yet: a call back that cannot begin is refused, and leaves nothing behind.
    const failed = (error: unknown) => log.error({ call: id, error }, 'a call back could not begin');
    this.#guard(failed, () => {
      const context = this.#context(carrier.name, config.flows(), at);
      const begun = beginCallBack(context, id, { ...order, carrier: carrier.name, at });
      carrier.adopt({ call: id, channel: begun.call.channel });
      return this.#settle(context, undefined, begun, at);
    });
    return this.#live.get(id)
      ? { call: id }
      : { refused: 'down', why: 'this call back could not begin; the log says why' };
  }

  /** An event of a call that is over or was never ours: only an answered leg needs an answer, it is hung up. */
  #event(id: CallId, event: CallEvent): void {
    const call = this.#live.get(id);
    if (!call) {
      if (this.#unread.heard(id, event)) return;
      if (event.type === 'leg-answered') for (const carrier of this.#carriers) carrier.drop(event.leg);
      return;
    }
    const failed = (error: unknown) =>
      this.#fails(call, fateOf(call, event, this.#failed.has(id)), error, event.at, call);
    this.#guard(failed, () => {
      if (!call.test) this.#trunks.observe(call, event);
      const context = this.#context(call.carrier, this.#flowsOf(call), event.at);
      return this.#settle(context, call, stepCall(context, call, event), event.at);
    });
  }

  /** A call that cannot be led stands still, as during a restart: what its time brings happens once its carrier is back. */
  #due(id: CallId, name: string): void {
    const at = this.#ports.clock.now();
    const call = this.#live.get(id);
    if (call && !this.#connected.has(call.carrier)) this.#live.wait([{ call: id, name, dueAt: at }]);
    else this.#event(id, { type: 'timer', name, at });
  }

  /** What goes wrong in one call's step is our bug, and no other call feels it. What was stepped is then saved and performed. */
  #guard(failed: (error: unknown) => void, step: () => Turn | undefined): void {
    let turn: Turn | undefined;
    try {
      turn = step();
    } catch (error) {
      failed(error);
      return;
    }
    if (turn) this.#goOn(turn);
  }

  #goOn({ before, outcome, at }: Turn): void {
    this.#save(before, outcome, at);
    this.#perform(outcome);
    if (outcome.call.test && outcome.call.phase !== 'over') this.#ports.listeners.onTest(outcome.call);
  }

  /** A caller is not left to a step of ours that does not work: see call/failed.ts. */
  #fails(call: Call, fate: Fate, error: unknown, at: Instant, before: Call | undefined): void {
    this.#ports.log.error({ call: call.id, error }, said[fate]);
    this.#failed.add(call.id);
    if (fate === 'stays') return;
    const carrier = this.#carriers.find(({ name }) => name === call.carrier);
    if (fate === 'rescued') carrier?.rescue({ call: call.id, channel: call.channel }, call.called);
    this.#goOn({ before, outcome: turnOfFailure(call, fate, at), at });
  }

  #settle(context: CallContext, before: Call | undefined, step: Step, at: Instant): Turn | undefined {
    if (before && step.call === before && step.effects.length === 0) return undefined;
    return { before, outcome: settle(context, step, at, this.#answers), at };
  }

  /** Saved before performed. */
  #save(before: Call | undefined, outcome: Settled, at: Instant): void {
    const { call, timers } = outcome;
    const now = this.#ports.clock.now();
    const rows = [...timers].flatMap(([name, ms]) => (ms === null ? [] : [{ call: call.id, name, dueAt: now + ms }]));
    const cancel = [...timers].flatMap(([name, ms]) => (ms === null ? [name] : []));
    this.#saver.save({ before, outcome, at, rows });
    this.#live.remember(call, cancel, rows);
  }

  #perform({ call, outside }: Settled): void {
    const carrier = this.#carriers.find((one) => one.name === call.carrier);
    for (const effect of outside)
      if (effect.type === 'originate' && !effect.test) this.#trunks.originated(effect.trunk, this.#ports.clock.now());
    if (outside.length > 0) carrier?.perform({ call: call.id, channel: call.channel }, outside);
    if (call.phase !== 'over') return;
    this.#failed.delete(call.id);
    carrier?.forget(call.id);
    const record = recordOf(call, call.endedAt ?? this.#ports.clock.now());
    for (const leg of call.test ? [] : record.legs)
      if (leg.answeredAt !== undefined) this.#live.traffic.spend(leg.endedAt, leg.endedAt - leg.answeredAt);
    this.#ports.listeners.onEnd(record);
  }

  #context(carrier: string, flows: FlowSet, at: Instant): CallContext {
    const { config, settings } = this.#ports;
    const plan = planFor(carrier, config.trunks());
    const listens = this.#carriers.some((one) => one.name === carrier && one.listens);
    const trunks = { plan, health: this.#trunks.health, usage: this.#live.traffic.usage(at) };
    return {
      flows,
      hunt: { trunks, listenMs: listens ? settings.listenMs : 0, silentMs: settings.silentMs },
      planningVersion: config.planningVersion(),
      longestTalkMs: plan.caps.longestCallMinutes * 60_000,
    };
  }

  #trunkChanged(trunk: string, reachable: boolean, at: Instant): void {
    this.#trunks.reach(trunk, reachable, at);
    this.#ports.log[reachable ? 'info' : 'warn']({ trunk }, reachable ? 'trunk answers' : 'trunk does not answer');
    if (reachable) return;
    // A leg that has heard nothing from a trunk that is gone need not wait for its time-out.
    for (const call of this.calls()) {
      const waiting = call.hunt?.legs.filter((leg) => leg.phase === 'calling' && leg.trunk === trunk) ?? [];
      for (const leg of waiting) this.#event(call.id, { type: 'timer', name: `silent.${leg.id}`, at });
    }
  }

  #back(carrier: Carrier, event: Extract<CarrierEvent, { type: 'back' }>): void {
    const mine = this.calls().filter((call) => call.carrier === carrier.name);
    this.#connected.add(carrier.name);
    const living = this.#unread.settle(carrier, event.living, event.at);
    const plan = resumeEvents(mine, living, event.at);
    for (const call of mine) carrier.adopt({ call: call.id, channel: call.channel });
    // First the timers, then what happened meanwhile: it may cancel some of them, and none fires before this is done.
    this.#live.release(mine);
    for (const { call, resumed } of plan.resumed) this.#event(call, resumed);
    for (const channel of plan.strays) carrier.drop(channel);
    for (const arrival of plan.arrivals) this.#arrived(carrier, arrival);
    this.#ports.log.info(
      { carrier: carrier.name, calls: mine.length, strays: plan.strays.length, arrivals: plan.arrivals.length },
      'connected; saved calls compared with what lives',
    );
  }
}
