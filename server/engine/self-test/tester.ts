// Tests of the line, on the durable runner: takes the next one up, tells it what the networks and its call do, and keeps the schedule.
import type { Cancel } from '../../base/clock.ts';
import { problemText } from '../../base/result.ts';
import type { Call } from '../../domain/call/call.ts';
import type { FinishedCall } from '../../domain/call/record.ts';
import type { Conclusion } from '../../domain/self-test/conclusion.ts';
import { viewOf } from '../../domain/self-test/ending.ts';
import { planned } from '../../domain/self-test/planned.ts';
import type { TestRow } from '../../domain/self-test/record.ts';
import { afterlifeMs, beginRun, type RunEvent, skipped, stepRun, type TestRun } from '../../domain/self-test/run.ts';
import { testFormat } from '../../domain/self-test/saved.ts';
import { dueAfter } from '../../domain/self-test/series.ts';
import type { Fault, TestEffect, TestEvent } from '../../domain/self-test/test.ts';
import type { Arrival } from '../../domain/telephony/event.ts';
import type { Row } from '../ports.ts';
import { Runner } from '../runner.ts';
import { numbersOf, testMachine } from './machine.ts';
import type { TesterPorts } from './ports.ts';
import { Standing } from './standing.ts';

const beatMs = 1000;
/** How soon after it was switched on the first test is made. */
const firstMs = 60_000;

/** One test at a time: two could not be told apart at the door so simply. */
export class Tester {
  readonly #ports: TesterPorts;
  readonly #standing: Standing;
  readonly #runner: Runner<TestRun, RunEvent, TestEffect, Conclusion>;
  /** Rows that cannot be read: they stay for whoever can. */
  readonly #aside = new Set<string>();
  #planning = false;
  #stopped = false;
  #cancelBeat: Cancel = () => {};

  constructor(ports: TesterPorts) {
    this.#ports = ports;
    this.#standing = new Standing(ports);
    this.#runner = new Runner(testMachine(ports, this.#standing), ports);
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
    for (const { row } of this.#runner.load(this.#left())) this.#aside.add(row.id);
    const at = this.#ports.clock.now();
    for (const { row } of this.#runner.all()) {
      const { id, startedAt = 0, carrier = 'asterisk' } = row;
      if (at - startedAt > afterlifeMs || !this.#ports.networks[carrier]) this.#runner.event(id, { type: 'gone', at });
    }
    this.#runner.release();
  }

  start(): void {
    this.#beat();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelBeat();
    this.#runner.stop();
    const { test } = this.#running ?? {};
    if (test) this.#ports.networks[test.carrier]?.hangUp(test.caller, numbersOf(test));
  }

  /** Saved tests that cannot be read. */
  get setAside(): number {
    return this.#aside.size;
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
    if (record.test === this.#running?.row.id) this.#event({ type: 'call-over', at: this.#ports.clock.now(), record });
  }

  get #running(): TestRun | undefined {
    return this.#runner.all()[0];
  }

  #left(): Row[] {
    try {
      return this.#ports.store.running();
    } catch (error) {
      this.#ports.log.error({ error }, 'tests of the line that were under way cannot be read');
      return [];
    }
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
    const asked = this.#ordered() ?? this.#scheduled();
    if (!asked) return;
    this.#planning = true;
    void this.#begin(asked)
      .catch((error: unknown) => this.#unplanned(asked, String(error)))
      .finally(() => {
        this.#planning = false;
      });
  }

  /** The oldest that was ordered. One that was made, and waits to be written down, is not made again. */
  #ordered(): TestRow | undefined {
    const made = new Set(this.#runner.unsaved().map(({ row }) => row.id));
    for (const { id, state } of this.#ports.store.asked()) {
      const read = testFormat.read(id, state);
      if (read.ok && !made.has(id)) return read.value;
      if (!read.ok && !this.#aside.has(id)) {
        const why = read.problems.map(problemText).join('; ');
        this.#ports.log.error({ test: id, why }, 'a test of the line that was ordered is set aside');
        this.#aside.add(id);
      }
    }
    return undefined;
  }

  /** The schedule's test, when it is due. What fell due while we were away is one test, not many. */
  #scheduled(): TestRow | undefined {
    const { flows, clock, ids } = this.#ports;
    const { selfTest } = flows();
    if (!selfTest) return undefined;
    const now = clock.now();
    const next = this.#standing.next();
    // Also after the interval was shortened, or the clock set back.
    if (!next || next.dueAt > dueAfter(selfTest, now, false) + firstMs) {
      const dueAt = dueAfter({ ...selfTest, everyMs: Math.min(firstMs, selfTest.everyMs) }, now, false);
      this.#standing.setNext({ dueAt, wanted: {} });
      return undefined;
    }
    if (next.dueAt > now) return undefined;
    this.#standing.setNext({ dueAt: dueAfter(selfTest, now, false), wanted: {} });
    return { id: ids.next('t'), state: 'asked', wanted: next.wanted, askedAt: now, story: [] };
  }

  async #begin(row: TestRow): Promise<void> {
    const ports = { ...this.#ports, series: () => [...this.#standing.series().values()] };
    const plan = await planned(ports, row.id, row.wanted, this.#ports.clock.now());
    if (this.#stopped) return;
    if (typeof plan === 'string') return this.#unplanned(row, plan);
    const at = this.#ports.clock.now();
    this.#runner.begin(
      row.id,
      at,
      () => beginRun(row, plan, at),
      (error) => {
        this.#ports.log.error({ test: row.id, error }, 'a test of the line could not begin');
        const fault: Fault = { at: 'ours', what: 'interrupted', detail: 'une erreur de notre côté' };
        return { value: skipped(row, fault, at), outside: [], timers: new Map(), notices: [] };
      },
    );
  }

  #unplanned(row: TestRow, detail: string): void {
    const { clock, log } = this.#ports;
    log.warn({ test: row.id, detail }, 'a test of the line cannot be made');
    const at = clock.now();
    const value = skipped(row, { at: 'ours', what: 'not-planned', detail }, at);
    this.#runner.begin(row.id, at, () => ({ value, effects: [] }));
  }

  /** @returns true when the caller is kept at the door */
  #arrival(arrival: Arrival): boolean {
    const running = this.#running;
    if (!running || running.test?.line !== arrival.called) return false;
    if (this.#ports.calls().some(({ channel }) => channel === arrival.channel)) return false;
    const event: TestEvent = { type: 'arrival', at: this.#ports.clock.now(), arrival };
    if (this.#passes(running, event, arrival)) return false;
    return this.#runner.event(running.row.id, event) === 'done';
  }

  /** Whoever cannot be our own caller is none of the test's business. */
  #passes(running: TestRun, event: TestEvent, arrival: Arrival): boolean {
    try {
      const { effects } = stepRun(running, event);
      return effects.some((effect) => effect.type === 'admit' && effect.arrival === arrival);
    } catch {
      // The step itself says what is wrong, and nobody is kept for it.
      return false;
    }
  }

  #ofNetwork(name: string, event: TestEvent): void {
    if (this.#running?.test?.carrier === name) this.#event(event);
  }

  #event(event: TestEvent): void {
    const running = this.#running;
    if (running) this.#runner.event(running.row.id, event);
  }
}
