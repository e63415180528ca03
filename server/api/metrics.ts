// What Prometheus is told, and the only place that knows prom-client. Nothing here names a caller or a number.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../base/clock.ts';
import type { FinishedCall } from '../domain/call/record.ts';
import { type Breaker, breakerOf } from '../domain/trunk/breaker.ts';
import type { TrunkPlan } from '../domain/trunk/schema.ts';
import type { Backlog } from '../engine/calls/ports.ts';
import type { Switchboard } from '../engine/calls/switchboard.ts';
import { type TestedRooms, testGauges } from './metrics-tests.ts';

export type Metrics = {
  /** Counts a call that is over. */
  ended(record: FinishedCall): void;
  /** From now on the gauges look here each time they are asked. */
  watch(rooms: WatchedRooms): void;
  /** The page that Prometheus reads, and its content type. */
  page(): Promise<{ type: string; text: string }>;
};

export type WatchedRooms = {
  switchboard: Pick<Switchboard, 'calls' | 'failingSince' | 'unsaved' | 'connected' | 'timersRunning' | 'trunkHealth'>;
  journal: { backlog(): Backlog };
  trunks: () => TrunkPlan;
  /** Problems of the last reload that was refused. */
  refused: () => readonly unknown[];
  /** Free bytes on the disk, when known. */
  free: () => number | undefined;
  clock: Clock;
  tests: TestedRooms;
};

const breakers: Breaker[] = ['closed', 'half-open', 'probing', 'open'];
/** Somebody within half a minute is what a caller hopes for; five minutes is what an escalation takes. */
const secondsToHuman = [5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600];

export function openMetrics(): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const ended = counters(register);
  return {
    ended,
    watch: (rooms) => gauges(register, rooms),
    page: async () => ({ type: register.contentType, text: await register.metrics() }),
  };
}

function counters(register: Registry): (record: FinishedCall) => void {
  const registers = [register];
  const calls = new Counter({
    name: 'vigie_calls_total',
    help: 'Calls that are over, by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const toHuman = new Histogram({
    name: 'vigie_seconds_to_human',
    help: 'From the arrival of a call until somebody takes it',
    buckets: secondsToHuman,
    registers,
  });
  const legs = new Counter({
    name: 'vigie_legs_total',
    help: 'Attempts to reach a phone, by trunk and hangup cause',
    labelNames: ['trunk', 'cause'],
    registers,
  });
  const faults = new Counter({
    name: 'vigie_trunk_failures_total',
    help: "Attempts that failed by the carrier's fault",
    labelNames: ['trunk', 'cause'],
    registers,
  });
  const verdicts = new Counter({
    name: 'vigie_voicemail_verdicts_total',
    help: 'What the detector heard on legs that answered',
    labelNames: ['verdict'],
    registers,
  });
  // A series that begins at 1 hides its first increase from rate().
  for (const outcome of ['talked', 'message', 'told', 'hung-up', 'lost']) calls.inc({ outcome }, 0);
  return (record) => {
    calls.inc({ outcome: record.outcome });
    for (const { trunk, cause, whose, takenAt, verdict } of record.legs) {
      if (trunk) legs.inc({ trunk, cause });
      if (trunk && whose === 'carrier') faults.inc({ trunk, cause });
      if (verdict) verdicts.inc({ verdict });
      if (takenAt !== undefined) toHuman.observe((takenAt - record.startedAt) / 1000);
    }
  };
}

function gauges(register: Registry, { switchboard, journal, trunks, refused, free, clock, tests }: WatchedRooms): void {
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({ name: `vigie_${name}`, help, registers: [register], collect: seen(value) });
  const seconds = (since: number | undefined) => (since === undefined ? 0 : (clock.now() - since) / 1000);
  const talking = () => switchboard.calls().filter(({ hunt }) => hunt?.phase === 'talking').length;
  gauge('calls_live', 'Calls that go on now', () => switchboard.calls().length);
  gauge('calls_talking', 'Callers who talk to somebody now', talking);
  gauge(
    'callers_waiting',
    'Callers who are on the line and talk to nobody yet',
    () => switchboard.calls().length - talking(),
  );
  gauge('timers_running', 'Timers of live calls', () => switchboard.timersRunning);
  gauge('saving_fails_seconds', 'For how long calls could not be saved; 0: they are', () =>
    seconds(switchboard.failingSince),
  );
  gauge('calls_unsaved', 'Calls whose last step is not on disk', () => switchboard.unsaved);
  gauge('journal_waiting_records', 'Records that are not in the ledger yet', () => journal.backlog().waiting);
  gauge('journal_refused_records', 'Records that the ledger cannot take', () => journal.backlog().refused);
  gauge('journal_lag_seconds', 'Age of the oldest record that is not in the ledger yet', () =>
    seconds(journal.backlog().oldest),
  );
  gauge('reload_refused_problems', 'Problems of the last edit, when it was refused', () => refused().length);
  gauge('disk_free_bytes', 'Free bytes where calls are recorded; -1: unknown', () => free() ?? -1);
  perTrunk(register, switchboard, trunks, clock);
  testGauges(register, tests, clock);
  new Gauge({
    name: 'vigie_carrier_connected',
    help: '1: the carrier can be led',
    labelNames: ['carrier'],
    registers: [register],
    collect() {
      for (const [carrier, up] of Object.entries(switchboard.connected)) this.set({ carrier }, up ? 1 : 0);
    },
  });
}

/** A database that cannot be asked must not take the whole page with it: its own gauges say -1. */
const seen = (value: () => number) =>
  function (this: Gauge) {
    try {
      this.set(value());
    } catch {
      this.set(-1);
    }
  };

function perTrunk(register: Registry, board: WatchedRooms['switchboard'], trunks: () => TrunkPlan, clock: Clock): void {
  new Gauge({
    name: 'vigie_trunk_breaker',
    help: '1 for the state that the trunk is in',
    labelNames: ['trunk', 'state'],
    registers: [register],
    collect() {
      this.reset();
      for (const { id } of trunks().trunks) {
        const now = breakerOf(board.trunkHealth(), id, clock.now());
        for (const state of breakers) this.set({ trunk: id, state }, state === now ? 1 : 0);
      }
    },
  });
}
