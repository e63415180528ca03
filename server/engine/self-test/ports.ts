// What the self-test needs from the rest of the house: app builds these and hands them in.
import type { Clock } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Call } from '../../domain/call/call.ts';
import type { FlowSet } from '../../domain/flow/set.ts';
import type { Conclusion, Handed } from '../../domain/self-test/conclusion.ts';
import type { PlanningPorts } from '../../domain/self-test/planned.ts';
import type { NextTest, Series, TestRow } from '../../domain/self-test/record.ts';
import type { Arrival } from '../../domain/telephony/event.ts';
import type { TestNetwork } from '../../domain/telephony/self-test.ts';
import type { Row } from '../ports.ts';
import type { Saving } from '../saving.ts';

/** Local, synchronous; each is one transaction. */
export interface TestStore {
  /** The test, and what follows from it: neither is ever kept without the other. */
  save(row: TestRow, follows?: Pick<Conclusion, 'series' | 'handed'>): void;
  /** @throws Failure when its row cannot be read */
  get(id: string): TestRow | undefined;
  /** Ordered and not begun, oldest first, as their rows say it. */
  asked(): Row[];
  /** Begun and not ended. */
  running(): Row[];
  /** Those that can be read, the newest first. */
  latest(limit: number): TestRow[];
  /** Those that can be read: one that cannot counts as never tested, and its turn is next. */
  series(): Series[];
  /** When the next test of the schedule is due, and what it must be where that is not simply the next in turn. */
  next(): NextTest | undefined;
  setNext(next: NextTest): void;
}

export type TesterPorts = Omit<PlanningPorts, 'series' | 'flows'> & {
  clock: Clock;
  ids: Ids;
  log: Log;
  saving: Saving;
  store: TestStore;
  /** Those that this line has. */
  networks: Partial<Record<Arrival['carrier'], TestNetwork>>;
  flows(): FlowSet;
  /** Live calls of the line. */
  calls(): readonly Call[];
  /** For whoever leads the alerts. @param saved it is a row of the inbox; else it does not wait for a disk */
  handed(handed: Handed, saved: boolean): void;
  forget(recording: string): void;
};
