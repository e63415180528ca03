// Where test calls happen: takes the next one up, steps it, performs what it asks for, writes down what came of it, and raises the alarm.
import type { Cancel, Instant } from '../../base/clock.ts';
import type { Call } from '../../domain/call/call.ts';
import type { FinishedCall } from '../../domain/call/record.ts';
import { viewOf } from '../../domain/self-test/ending.ts';
import { planned } from '../../domain/self-test/planned.ts';
import type { Series, TestRow } from '../../domain/self-test/record.ts';
import { over, rowOf, wantedOf } from '../../domain/self-test/rows.ts';
import { dueAfter, judged, missesToAlert } from '../../domain/self-test/series.ts';
import { ringMs, startTest, stepTest, type TestStep } from '../../domain/self-test/step.ts';
import {
  newTest,
  type Plan,
  type Test,
  type TestEffect,
  type TestEvent,
  type TimerName,
} from '../../domain/self-test/test.ts';
import { explain } from '../../domain/self-test/words.ts';
import type { Arrival } from '../../domain/telephony/event.ts';
import type { ChannelId } from '../../domain/telephony/names.ts';
import type { TestNetwork } from '../../domain/telephony/self-test.ts';
import type { TesterPorts } from './ports.ts';

const beatMs = 1000;
/** A test of a former life may still be at the door for so long. */
const afterlifeMs = 60_000;
/** How soon after it was switched on the first test is made. */
const firstMs = 60_000;

/** `came`: the network by which somebody came to the door. */
type Running = {
  row: TestRow;
  test: Test;
  timers: Map<TimerName, Cancel>;
  came: Map<ChannelId, Arrival['carrier']>;
};

/** One test at a time: two could not be told apart at the door so simply. */
export class Tester {
  readonly #ports: TesterPorts;
  #running: Running | undefined;
  #planning = false;
  #stopped = false;
  #cancelBeat: Cancel = () => {};

  constructor(ports: TesterPorts) {
    this.#ports = ports;
    for (const [name, network] of Object.entries(ports.networks))
      network.listen({
        event: (event) => this.#event(event),
        arrival: (arrival) => this.#arrival(arrival),
        lost: () => this.#ofNetwork(name, { type: 'lost', at: ports.clock.now(), why: `${name} est perdu` }),
        back: () => this.#ofNetwork(name, { type: 'back', at: ports.clock.now() }),
      });
  }

  /** Before the network is: what a former life left under way is ended first, and then told as such. */
  prepare(): void {
    for (const row of this.#ports.store.open().filter(({ state }) => state === 'running')) this.#afterlife(row);
  }

  start(): void {
    this.#beat();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelBeat();
    const running = this.#running;
    if (!running) return;
    this.#network(running.test.carrier)?.hangUp(running.test.caller, numbersOf(running.test));
    for (const cancel of running.timers.values()) cancel();
  }

  /** A test call made a step. */
  stepped(call: Call): void {
    const { test } = this.#running ?? {};
    if (!test || call.test?.id !== test.id) return;
    const view = viewOf(call, this.#ports.flows(), test.leaf);
    this.#event({ type: 'step', at: this.#ports.clock.now(), call, view });
  }

  ended(record: FinishedCall): void {
    if (record.recording) this.#ports.forget(record.recording);
    if (record.test === this.#running?.test.id) this.#event({ type: 'call-over', at: this.#ports.clock.now(), record });
  }

  #afterlife(row: TestRow): void {
    const { line = '', trunk = '', carrier = 'asterisk', leaf = '', shows = '', startedAt = 0 } = row;
    const now = this.#ports.clock.now();
    const fault = { at: 'ours', what: 'interrupted', detail: 'le serveur s’est arrêté' } as const;
    if (now - startedAt > afterlifeMs || !this.#network(carrier)) {
      this.#ports.store.save({ ...row, state: 'skipped', endedAt: now, fault });
      return;
    }
    const plan: Plan = { id: row.id, line, trunk, carrier, leaf, shows, inputs: [], own: [], code: '' };
    this.#running = {
      row,
      test: { ...newTest(plan, startedAt), stage: 'settling', fault, story: row.story },
      timers: new Map(),
      came: new Map(),
    };
  }

  #beat(): void {
    if (this.#stopped) return;
    try {
      this.#takeUp();
    } catch (error) {
      this.#ports.log.error({ error }, 'the next test of the line could not be taken up');
    }
    this.#cancelBeat = this.#ports.clock.after(beatMs, () => this.#beat());
  }

  #takeUp(): void {
    if (this.#running || this.#planning) return;
    const asked = this.#ports.store.open().find(({ state }) => state === 'asked') ?? this.#scheduled();
    if (!asked) return;
    this.#planning = true;
    void this.#begin(asked)
      .catch((error: unknown) => this.#unplanned(asked, String(error)))
      .finally(() => {
        this.#planning = false;
      });
  }

  /** The schedule's test, when it is due. What fell due while we were away is one test, not many. */
  #scheduled(): TestRow | undefined {
    const { store, flows, clock, ids } = this.#ports;
    const { selfTest } = flows();
    if (!selfTest) return undefined;
    const now = clock.now();
    const next = store.next();
    // Also after the interval was shortened, or the clock set back.
    if (!next || next.dueAt > dueAfter(selfTest, now, false) + firstMs) {
      const dueAt = dueAfter({ ...selfTest, everyMs: Math.min(firstMs, selfTest.everyMs) }, now, false);
      store.setNext({ dueAt, wanted: {} });
      return undefined;
    }
    if (next.dueAt > now) return undefined;
    store.setNext({ dueAt: dueAfter(selfTest, now, false), wanted: {} });
    return { id: ids.next('t'), state: 'asked', wanted: next.wanted, askedAt: now, story: [] };
  }

  async #begin(row: TestRow): Promise<void> {
    const plan = await planned(this.#ports, row.id, row.wanted, this.#ports.clock.now());
    if (this.#stopped) return;
    if (typeof plan === 'string') {
      this.#unplanned(row, plan);
      return;
    }
    const at = this.#ports.clock.now();
    const { line, trunk, carrier, leaf, shows } = plan;
    const began: TestRow = { ...row, state: 'running', line, trunk, carrier, leaf, shows, startedAt: at };
    const step = startTest(plan, at);
    this.#running = { row: began, test: step.test, timers: new Map(), came: new Map() };
    this.#take(this.#running, step);
  }

  #unplanned(row: TestRow, detail: string): void {
    const { store, clock, log } = this.#ports;
    log.warn({ test: row.id, detail }, 'a test of the line cannot be made');
    const now = clock.now();
    store.save({ ...row, state: 'skipped', endedAt: now, fault: { at: 'ours', what: 'not-planned', detail } });
  }

  #arrival(arrival: Arrival): boolean {
    const running = this.#running;
    if (!running || running.test.line !== arrival.called) return false;
    if (this.#ports.calls().some(({ channel }) => channel === arrival.channel)) return false;
    running.came.set(arrival.channel, arrival.carrier);
    const step = stepTest(running.test, { type: 'arrival', at: this.#ports.clock.now(), arrival });
    const passes = step.effects.some((effect) => effect.type === 'admit' && effect.arrival === arrival);
    if (!passes) this.#take(running, step);
    return !passes;
  }

  #network = (name: Arrival['carrier']): TestNetwork | undefined => this.#ports.networks[name];

  #ofNetwork(name: string, event: TestEvent): void {
    if (this.#running?.test.carrier === name) this.#event(event);
  }

  #event(event: TestEvent): void {
    const running = this.#running;
    if (running) this.#take(running, stepTest(running.test, event));
  }

  /** Saved before performed; a disk that fails costs the record of a test, never a caller. */
  #take(running: Running, step: TestStep): void {
    const news = step.test.story.length !== running.row.story.length;
    running.test = step.test;
    if (news) {
      running.row = rowOf(running.row, step.test);
      this.#safely(() => this.#ports.store.save(running.row));
    }
    for (const effect of step.effects) this.#perform(running, effect);
  }

  #perform(running: Running, effect: TestEffect): void {
    const { test } = running;
    const channel = 'arrival' in effect ? effect.arrival.channel : 'channel' in effect ? effect.channel : undefined;
    const network = this.#network((channel && running.came.get(channel)) || test.carrier);
    if (!network && effect.type !== 'start-timer' && effect.type !== 'done') return;
    const doing: { [T in TestEffect['type']]: (effect: Extract<TestEffect, { type: T }>) => void } = {
      expect: ({ seconds }) => network?.expect(test.shows, seconds),
      dial: () => network?.dial(test.caller, { number: test.line, trunk: test.trunk, shows: test.shows, ringMs }),
      answer: ({ channel, ringing }) => network?.answer(channel, ringing),
      quiet: ({ channel }) => network?.quiet(channel),
      'hang-up': ({ channel }) => network?.hangUp(channel, channel === test.caller ? numbersOf(test) : undefined),
      press: ({ channel, keys }) => network?.press(channel, keys),
      sound: ({ channel, hertz }) => network?.sound(channel, hertz),
      hear: ({ channel, hertz }) => network?.hear(channel, hertz),
      admit: ({ arrival }) => network?.admit(arrival),
      meet: ({ channel, call }) => network?.meet?.(channel, call),
      'start-timer': ({ name, ms }) => this.#start(running, name, ms),
      done: () => this.#done(running),
    };
    (doing[effect.type] as (effect: TestEffect) => void)(effect);
  }

  #start(running: Running, name: TimerName, ms: number): void {
    const { clock } = this.#ports;
    running.timers.get(name)?.();
    running.timers.set(
      name,
      clock.after(ms, () => {
        if (this.#running === running) this.#event({ type: 'timer', at: clock.now(), name });
      }),
    );
  }

  #done(running: Running): void {
    for (const cancel of running.timers.values()) cancel();
    this.#running = undefined;
    const { log, clock } = this.#ports;
    const at = clock.now();
    const row = over(rowOf(running.row, running.test), at);
    const { id: test, line, trunk, leaf, fault } = row;
    log[row.state === 'missed' ? 'warn' : 'info'](
      { test, line: line ?? '', trunk: trunk ?? '', leaf: leaf ?? '', why: fault ? explain(fault).says.en : null },
      `test of the line: ${row.state}`,
    );
    this.#safely(() => this.#conclude(row, at));
  }

  #conclude(row: TestRow, at: Instant): void {
    const { store, flows } = this.#ports;
    const before = new Map<string, Series>(store.series().map((one) => [one.subject, one]));
    const now = judged(row, before).map((one) => this.#alarm(one, row, at));
    const { selfTest } = flows();
    store.together(() => {
      store.save(row);
      for (const one of now) store.saveSeries(one);
      const first = now.some(({ misses }) => misses === 1) || row.fault?.what === 'interrupted';
      if (selfTest && first) store.setNext({ dueAt: dueAfter(selfTest, at, true), wanted: wantedOf(row) });
    });
  }

  /** The second miss in a row raises an alert; the next success closes it. */
  #alarm(series: Series, row: TestRow, at: Instant): Series {
    const { alert, ...rest } = series;
    if (alert !== undefined && series.passed) {
      this.#ports.close(alert, 'L’essai suivant est concluant.');
      return rest;
    }
    if (alert !== undefined || series.misses < missesToAlert) return series;
    const { policy, target } = this.#ports.flows().selfTest ?? {};
    const id = `${row.id}.alert`;
    this.#ports.raise({
      id,
      at,
      reason: this.#reason(series, row),
      ...(policy ? { policy } : {}),
      ...(target ? { target } : {}),
    });
    return { ...series, alert: id };
  }

  #reason({ kind, misses }: Series, { line = '', trunk, leaf, fault }: TestRow): string {
    const name = this.#ports.flows().lines[line]?.name ?? line;
    const where = kind === 'way' ? `par ${trunk}` : `vers ${leaf} (par ${trunk})`;
    const why = fault ? explain(fault) : undefined;
    return `Essai de la ligne ${name} (${line}) ${where} : ${misses} essais manqués. ${why?.says.fr ?? ''}. À faire : ${why?.mend.fr ?? ''}.`;
  }

  #safely(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#ports.log.error({ error }, 'what came of a test of the line could not be written');
    }
  }
}

const numbersOf = ({ line, shows }: Test) => ({ number: line, shows });
