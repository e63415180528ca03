// The calls that live, as they were last saved, and what runs for them: their timers, and the legs and minutes that all of them come to.
import type { Clock } from '../../base/clock.ts';
import type { Call } from '../../domain/call/call.ts';
import type { CallId, ChannelId } from '../../domain/telephony/names.ts';
import type { TimerRow } from './ports.ts';
import { Timers } from './timers.ts';
import { Traffic } from './traffic.ts';

export class Live {
  readonly #calls = new Map<CallId, Call>();
  /** Callers' channels: the same one at the door again is no second call. */
  readonly #channels = new Set<ChannelId>();
  readonly #timers: Timers;
  /** Timer rows of a carrier's calls run only once it has said what still lives. */
  #waiting: TimerRow[] = [];
  readonly traffic = new Traffic();

  constructor(clock: Clock, due: (call: CallId, name: string) => void) {
    this.#timers = new Timers(clock, due);
  }

  get(id: CallId): Call | undefined {
    return this.#calls.get(id);
  }

  all(): readonly Call[] {
    return [...this.#calls.values()];
  }

  isCaller(channel: ChannelId): boolean {
    return this.#channels.has(channel);
  }

  get timersRunning(): number {
    return this.#timers.size;
  }

  /** A saved call, as this process begins. */
  load(call: Call): void {
    this.#calls.set(call.id, call);
    this.#channels.add(call.channel);
    if (!call.test) this.traffic.update(call);
  }

  /** These run once their calls can be led. */
  wait(rows: readonly TimerRow[]): void {
    this.#waiting.push(...rows);
  }

  /** Their carrier leads them now: what waits for these calls runs. */
  release(calls: readonly Call[]): void {
    const ids = new Set(calls.map(({ id }) => id));
    const rows = this.#waiting.filter((row) => ids.has(row.call));
    this.#waiting = this.#waiting.filter((row) => !ids.has(row.call));
    for (const row of rows) this.#timers.start(row);
  }

  /** Takes in the call as it was just saved, its timers with it. */
  remember(call: Call, cancel: readonly string[], rows: readonly TimerRow[]): void {
    // Legs of a test call ring nobody and leave by no trunk.
    if (!call.test) this.traffic.update(call);
    // The channel of a call back is its technician's only once they have pressed the key.
    const before = this.#calls.get(call.id);
    if (before) this.#channels.delete(before.channel);
    if (call.phase === 'over') return void this.#forget(call);
    this.#calls.set(call.id, call);
    this.#channels.add(call.channel);
    const changed = new Set([...cancel, ...rows.map(({ name }) => name)]);
    if (this.#waiting.length > 0)
      this.#waiting = this.#waiting.filter((row) => row.call !== call.id || !changed.has(row.name));
    for (const name of cancel) this.#timers.stop(call.id, name);
    for (const row of rows) this.#timers.start(row);
  }

  #forget(call: Call): void {
    this.#calls.delete(call.id);
    this.#channels.delete(call.channel);
    this.#timers.stopCall(call.id);
  }

  stop(): void {
    this.#timers.stopAll();
  }
}
