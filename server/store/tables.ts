// The ledger's tables as Kysely sees them, and the way from a record to its rows and back. Times are ms since 1970 UTC.
import type { Selectable } from 'kysely';
import type { AlertRecord, FinishedCall, LegRecord, WarningRecord } from './record.ts';

export type LedgerTables = {
  calls: {
    id: string;
    carrier: string;
    called: string;
    caller: string;
    started_at: number;
    answered_at: number | null;
    ended_at: number;
    outcome: string;
    who: string | null;
    talk_seconds: number | null;
    flow_version: string;
    planning_version: string | null;
    values: string;
    recording: string | null;
    notes: string;
    test: string | null;
    channel: string | null;
  };
  legs: {
    leg: string;
    call: string;
    n: number;
    person: string;
    name: string;
    number: string;
    trunk: string;
    started_at: number;
    rang_ms: number;
    answered_at: number | null;
    taken_at: number | null;
    ended_at: number;
    cause: string;
    whose: string;
    detail: string | null;
    verdict: string | null;
  };
  visits: {
    call: string;
    n: number;
    at: number;
    flow: string;
    node: string;
    kind: string;
    keyed: string | null;
    note: string | null;
  };
  warnings: { id: string; at: number; call: string | null; subject: string; message: string };
  alerts_raised: { id: string; at: number; call: string | null; reason: string; target: string | null };
};

type VisitRecord = FinishedCall['path'][number];
type Rows<T extends keyof LedgerTables> = Selectable<LedgerTables[T]>;

/** A whole number of ms: a computed instant may carry a fraction, the columns do not. */
const ms = (instant: number | undefined): number | null => (instant === undefined ? null : Math.round(instant));

export const callRow = (call: FinishedCall): Rows<'calls'> => ({
  id: call.id,
  carrier: call.carrier,
  called: call.called,
  caller: call.caller,
  started_at: Math.round(call.startedAt),
  answered_at: ms(call.answeredAt),
  ended_at: Math.round(call.endedAt),
  outcome: call.outcome,
  who: call.who ?? null,
  talk_seconds: call.talkSeconds ?? null,
  flow_version: call.flowVersion,
  planning_version: call.planningVersion ?? null,
  values: JSON.stringify(call.values),
  recording: call.recording ?? null,
  notes: JSON.stringify(call.notes),
  test: call.test ?? null,
  channel: call.channel ?? null,
});

export const legRows = (call: FinishedCall): Rows<'legs'>[] =>
  call.legs.map((leg, n) => ({
    leg: leg.leg,
    call: call.id,
    n,
    person: leg.person,
    name: leg.name,
    number: leg.number,
    trunk: leg.trunk,
    started_at: Math.round(leg.startedAt),
    rang_ms: Math.round(leg.rangMs),
    answered_at: ms(leg.answeredAt),
    taken_at: ms(leg.takenAt),
    ended_at: Math.round(leg.endedAt),
    cause: leg.cause,
    whose: leg.whose,
    detail: leg.detail ?? null,
    verdict: leg.verdict ?? null,
  }));

export const visitRows = (call: FinishedCall): Rows<'visits'>[] =>
  call.path.map((visit, n) => ({
    call: call.id,
    n,
    at: Math.round(visit.at),
    flow: visit.flow,
    node: visit.node,
    kind: visit.kind,
    keyed: visit.keyed ?? null,
    note: visit.note ?? null,
  }));

export const warningRow = ({ id, at, call, subject, message }: WarningRecord): Rows<'warnings'> => ({
  id,
  at: Math.round(at),
  call: call ?? null,
  subject,
  message,
});

export const alertRow = ({ id, at, call, reason, target }: AlertRecord): Rows<'alerts_raised'> => ({
  id,
  at: Math.round(at),
  call: call ?? null,
  reason,
  target: target ? JSON.stringify(target) : null,
});

/** Drops what is null: an absent column is an absent key. */
type Present<T> = { [K in keyof T]?: Exclude<T[K], null> };
const present = <T extends object>(row: T): Present<T> =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Present<T>;

/** The record as it was before it became rows. PostgreSQL's driver gives big integers as text, hence `Number`. */
export function callOfRows(row: Rows<'calls'>, legs: Rows<'legs'>[], visits: Rows<'visits'>[]): FinishedCall {
  return {
    id: row.id,
    carrier: row.carrier,
    called: row.called,
    caller: row.caller,
    startedAt: Number(row.started_at),
    endedAt: Number(row.ended_at),
    outcome: row.outcome as FinishedCall['outcome'],
    flowVersion: row.flow_version,
    ...present({
      answeredAt: row.answered_at === null ? null : Number(row.answered_at),
      who: row.who,
      talkSeconds: row.talk_seconds,
      planningVersion: row.planning_version,
      recording: row.recording,
      test: row.test,
      channel: row.channel,
    }),
    path: visits.map(visitOfRow),
    legs: legs.map(legOfRow),
    values: JSON.parse(row.values),
    notes: JSON.parse(row.notes),
  };
}

const visitOfRow = ({ at, flow, node, kind, keyed, note }: Rows<'visits'>): VisitRecord =>
  ({ at: Number(at), flow, node, kind, ...present({ keyed, note }) }) as VisitRecord;

const legOfRow = (row: Rows<'legs'>): LegRecord => ({
  leg: row.leg,
  person: row.person,
  name: row.name,
  number: row.number,
  trunk: row.trunk,
  startedAt: Number(row.started_at),
  rangMs: Number(row.rang_ms),
  endedAt: Number(row.ended_at),
  cause: row.cause as LegRecord['cause'],
  whose: row.whose as LegRecord['whose'],
  ...present({
    answeredAt: row.answered_at === null ? null : Number(row.answered_at),
    takenAt: row.taken_at === null ? null : Number(row.taken_at),
    detail: row.detail,
    verdict: row.verdict as NonNullable<LegRecord['verdict']> | null,
  }),
});

export const warningOfRow = ({ id, at, call, subject, message }: Rows<'warnings'>): WarningRecord => ({
  id,
  at: Number(at),
  ...present({ call }),
  subject,
  message,
});

export const alertOfRow = ({ id, at, call, reason, target }: Rows<'alerts_raised'>): AlertRecord => ({
  id,
  at: Number(at),
  ...present({ call }),
  reason,
  ...(target === null ? {} : { target: JSON.parse(target) }),
});
