// What is kept of tests: which is wanted, what came of each, and the series of misses that they make. Plain JSON.
import type { Instant } from '../../base/clock.ts';
import type { Arrival } from '../telephony/event.ts';
import type { PhoneNumber, TrunkId } from '../telephony/names.ts';
import type { LeafKey } from './leaves.ts';
import type { Fault } from './test.ts';

/** Lines that arrive by Twilio, and the numbers of the account: those that it may show. */
export type AtTwilio = { lines: ReadonlySet<PhoneNumber>; numbers: readonly PhoneNumber[] };

/** Which test is wanted; what is not said is next in turn. */
export type Wanted = { line?: PhoneNumber; trunk?: TrunkId; leaf?: LeafKey };

/** When the next test is due, and what it must be. */
export type NextTest = { dueAt: Instant; wanted: Wanted };

/** One test on record. `asked`: ordered on the command line, not begun. `skipped`: it could not be made, which says nothing of the line. */
export type TestRow = {
  id: string;
  state: 'asked' | 'running' | 'passed' | 'missed' | 'skipped';
  wanted: Wanted;
  askedAt: Instant;
  line?: PhoneNumber;
  trunk?: TrunkId;
  carrier?: Arrival['carrier'];
  leaf?: LeafKey;
  /** Shown on the network while it runs. */
  shows?: PhoneNumber;
  startedAt?: Instant;
  /** From the dialling to the answer. */
  answerMs?: number;
  endedAt?: Instant;
  call?: string;
  fault?: Fault;
  story: { at: Instant; text: string }[];
};

/** `way`: a number over a trunk. `leaf`: a node of the flow, from a number. */
export type Series = {
  subject: string;
  kind: 'way' | 'leaf';
  lastAt: Instant;
  passed: boolean;
  /** Misses in a row. */
  misses: number;
  fault?: Fault;
  answerMs?: number;
  /** The alert that these misses raised, while it stands. */
  alert?: string;
};
