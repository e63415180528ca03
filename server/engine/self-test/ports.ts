// What the self-test needs from the rest of the house: app builds these and hands them in.
import type { Clock, Instant } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Call } from '../../domain/call/call.ts';
import type { FlowSet } from '../../domain/flow/set.ts';
import type { AtTwilio, Series, TestRow, Wanted } from '../../domain/self-test/record.ts';
import type { Ask } from '../../domain/self-test/ways.ts';
import type { Arrival } from '../../domain/telephony/event.ts';
import type { TestNetwork } from '../../domain/telephony/self-test.ts';
import type { TrunkPlan } from '../../domain/trunk/schema.ts';

/** Local, synchronous. */
export interface TestStore {
  save(row: TestRow): void;
  get(id: string): TestRow | undefined;
  /** Ordered or begun and not ended, oldest first. */
  open(): TestRow[];
  /** The newest first. */
  latest(limit: number): TestRow[];
  series(): Series[];
  saveSeries(series: Series): void;
  /** When the next test of the schedule is due, and what it must be where that is not simply the next in turn. */
  next(): { dueAt: Instant; wanted: Wanted } | undefined;
  setNext(next: { dueAt: Instant; wanted: Wanted }): void;
  together<T>(work: () => T): T;
}

export type TestAlert = {
  id: string;
  at: Instant;
  reason: string;
  policy?: string;
  target?: { planning: string } | { person: string };
};

export type TesterPorts = {
  clock: Clock;
  ids: Ids;
  log: Log;
  store: TestStore;
  /** Those that this line has. */
  networks: Partial<Record<Arrival['carrier'], TestNetwork>>;
  /** What stands at Twilio; undefined: it cannot be asked, and nobody knows where a number stands. */
  atTwilio(): Promise<AtTwilio | undefined>;
  /** Ten random digits that nobody can guess. */
  code(): string;
  flows(): FlowSet;
  trunks(): TrunkPlan;
  ask(flows: FlowSet): Ask;
  /** Live calls of the line. */
  calls(): readonly Call[];
  raise(alert: TestAlert): void;
  close(alert: string, note: string): void;
  forget(recording: string): void;
};
