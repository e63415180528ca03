// What technicians and planners need from the rest of the house: duties laid over the files, what is on record, what is edited.
import type { Instant } from '../../base/clock.ts';
import type { FlowSet } from '../../domain/flow/set.ts';
import type { Change, Overlay } from '../../domain/planning/changes.ts';
import type { PlanningSet } from '../../domain/planning/schema.ts';
import type { TrunkPlan } from '../../domain/trunk/schema.ts';
import type { Configuration } from '../calls/ports.ts';

/** `until` of the change is its end in truth: one that was ended or undone has the instant at which it was. */
export type SavedChange = { id: number; change: Change; author: string; madeAt: Instant; endedBy?: string };

/** Synchronous and committed on return. @throws StoreFailure when the disk or the file fails. */
export interface PlanningChanges {
  /** @returns its id */
  add(change: Change, author: string, at: Instant): number;
  /** From now on it holds no more; one that has not begun never does. False: there is none of this id that still holds or will. */
  end(id: number, at: Instant, by: string): boolean;
  get(id: number): SavedChange | undefined;
  /** Those that end after an instant, in the order in which they were made. One that cannot be read is left out. */
  since(at: Instant): SavedChange[];
  /** Rows that cannot be read, with the reason: for `vigie doctor`. */
  unreadable(): { id: number; why: string }[];
  /** Changes with every write. */
  revision(): number;
}

export type AuditEntry = { at: Instant; who: string; what: string; detail: string };

export interface Audit {
  add(entry: AuditEntry): void;
  /** How often since an instant. */
  count(who: string, what: string, since: Instant): number;
  /** How often after the latest entry that is one of `marks`, in the order in which they were written: clocks do not count. */
  countAfter(who: string, what: string, marks: readonly string[]): number;
  /** When for the last time. */
  last(who: string, what: string): Instant | undefined;
}

/** The configuration in use. */
export interface TechnicianConfiguration extends Configuration {
  flows(): FlowSet;
  trunks(): TrunkPlan;
  reading(): { plannings: PlanningSet; flows: FlowSet; overlay: Overlay };
  /** Looks whether a duty has changed. */
  refresh(): void;
}
