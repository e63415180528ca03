// What calls need from the rest of the house: where they are saved, what people edit, the networks. app hands these in.
import type { Clock, Instant } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Call } from '../../domain/call/call.ts';
import type { AlertRecord, DeliverRecord, FinishedCall, WarningRecord } from '../../domain/call/record.ts';
import type { FlowSet } from '../../domain/flow/set.ts';
import type { LookUp, Target } from '../../domain/telephony/effect.ts';
import type { OnCall } from '../../domain/telephony/event.ts';
import type { CallId, ChannelId, PersonId, PhoneNumber, Values } from '../../domain/telephony/names.ts';
import type { TrunkPlan } from '../../domain/trunk/schema.ts';
import type { Saving } from '../saving.ts';

/** A live call: `state` is the JSON of whoever saves it, `version` its flow's. */
export type SavedCall = {
  id: CallId;
  carrier: string;
  channel: ChannelId;
  version: string;
  state: string;
  startedAt: Instant;
  seq: number;
};
export type TimerRow = { call: CallId; name: string; dueAt: Instant };

/** The part of the store on the call path: local, synchronous, each method one transaction. */
export interface CallJournal {
  save(call: SavedCall, timers: { set: readonly TimerRow[]; cancel: readonly string[] }): void;
  end(record: FinishedCall): void;
  /** Takes a call and its timers out without a record. */
  forget(id: CallId): void;
  live(): SavedCall[];
  timers(): TimerRow[];
  publication(version: string): string | undefined;
  nextTurn(target: string): number;
  lastTalked(person: PersonId): Instant | undefined;
  setTalked(person: PersonId, at: Instant): void;
  warn(warning: WarningRecord): void;
  alert(alert: AlertRecord): void;
  deliver(order: DeliverRecord): void;
  /** All of `work` in one transaction. */
  together<T>(work: () => T): T;
}

/** What people edit, as it stands now. Replaced whole on a reload; a call keeps the flow set that it began with. */
export interface Configuration {
  flows(): FlowSet;
  trunks(): TrunkPlan;
  planningVersion(): string;
  /** The one resolver: who is on call for this target at this instant, in order, and why. */
  onCall(target: Target, at: Instant): { people: OnCall[]; because: string };
  /** At once where the table is in memory, later where a service must be asked; null: no such row. Rejects when it cannot be asked. */
  lookUp(flows: FlowSet, asked: LookUp): Values | null | Promise<Values | null>;
}

/** The place after which a list goes on: the last call that was shown. */
export type Cursor = { startedAt: Instant; id: CallId };

export type ListOptions = {
  /** Calls that began at or after this instant. */
  since?: Instant;
  /** At most this many; default 100. */
  limit?: number;
  /** Only calls before this one. */
  before?: Cursor;
  /** Also calls of the line to itself. */
  tests?: boolean;
};

export type Found = { found: 'one'; call: FinishedCall } | { found: 'none' } | { found: 'several'; ids: CallId[] };

/** Finished calls on record, for people to read. */
export interface CallRecords {
  /** The latest calls first; `next` is there when there are more. */
  list(options?: ListOptions): Promise<{ calls: FinishedCall[]; next?: Cursor }>;
  /** A call by its id or by an end of it that no other call has. */
  get(idOrEnd: string): Promise<Found>;
  /** The latest call of a caller; undefined: none is on record. */
  lastOf(caller: PhoneNumber): Promise<FinishedCall | undefined>;
}

/** Records that wait for the ledger, those it could not take, and when the oldest that waits was made. */
export type Backlog = { waiting: number; refused: number; oldest?: Instant };

export type Ports = {
  clock: Clock;
  ids: Ids;
  log: Log;
  saving: Saving;
  journal: CallJournal;
  config: Configuration;
  settings: Settings;
  /** False: the disk is nearly full, and no recording is begun. */
  room?: () => boolean;
  /** None of them throws. */
  listeners: Required<CallListener>;
};

/** What the rest of the house hears of the calls. */
export type CallListener = {
  /** Each call that is over, after it is saved: for stories, metrics, tests. */
  onEnd?: (record: FinishedCall) => void;
  /** Each step of a test call, once it is saved and performed. */
  onTest?: (call: Call) => void;
  /** Each alert as it is raised, with its row where it is saved, and without: an urgency does not wait for a disk. */
  onAlert?: (alert: AlertRecord, saved: boolean) => void;
  /** A message or ticket was saved, to be sent. */
  onDeliver?: () => void;
};

export type Settings = {
  /** How long a detector listens to a leg before the question is asked; 0 without one. Milliseconds, as all below. */
  listenMs: number;
  silentMs: number;
};
