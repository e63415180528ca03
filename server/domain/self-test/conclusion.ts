// What follows from a test that is over: its two series, when the next is due, and who is told. Pure.
import type { Instant } from '../../base/clock.ts';
import type { FlowSet } from '../flow/set.ts';
import type { NextTest, Series, TestRow } from './record.ts';
import { wantedOf } from './rows.ts';
import { dueAfter, judged, missesToAlert } from './series.ts';
import { explain } from './words.ts';

/** For whoever leads the alerts: an alert, or what is said of one. Rows of the inbox. */
export type Handed = { kind: 'raise'; body: TestAlert } | { kind: 'said'; body: { alert: string; said: object } };
export type TestAlert = {
  id: string;
  at: Instant;
  reason: string;
  policy?: string;
  target?: { planning: string } | { person: string };
};

export type Conclusion = {
  series: Series[];
  handed: Handed[];
  /** Where the schedule changes: a miss is looked at again soon, and what was interrupted is made again. */
  next?: NextTest;
};

/** @param before the series so far, by subject @param row of a test that is over */
export function concluded(
  row: TestRow,
  before: ReadonlyMap<string, Series>,
  flows: Pick<FlowSet, 'selfTest' | 'lines'>,
  at: Instant,
): Conclusion {
  const told = judged(row, before).map((series) => toldOf(series, row, flows, at));
  const series = told.map((one) => one.series);
  const handed = told.flatMap((one) => one.handed ?? []);
  const soon = series.some(({ misses }) => misses === 1) || row.fault?.what === 'interrupted';
  if (!flows.selfTest || !soon) return { series, handed };
  return { series, handed, next: { dueAt: dueAfter(flows.selfTest, at, true), wanted: wantedOf(row) } };
}

/** The second miss in a row raises an alert; the next success closes it. */
function toldOf(
  series: Series,
  row: TestRow,
  flows: Pick<FlowSet, 'selfTest' | 'lines'>,
  at: Instant,
): { series: Series; handed?: Handed } {
  const { alert, ...rest } = series;
  if (alert !== undefined && series.passed) {
    const note = 'L’essai suivant est concluant.';
    const said = { type: 'closed', who: { name: 'Vigie' }, by: 'command', note };
    return { series: rest, handed: { kind: 'said', body: { alert, said } } };
  }
  if (alert !== undefined || series.misses < missesToAlert) return { series };
  const { policy, target } = flows.selfTest ?? {};
  const id = `${row.id}.alert`;
  const body: TestAlert = { id, at, reason: reasonOf(series, row, flows) };
  if (policy) body.policy = policy;
  if (target) body.target = target;
  return { series: { ...series, alert: id }, handed: { kind: 'raise', body } };
}

function reasonOf(
  { kind, misses }: Series,
  { line = '', trunk, leaf, fault }: TestRow,
  { lines }: Pick<FlowSet, 'lines'>,
): string {
  const name = lines[line]?.name ?? line;
  const where = kind === 'way' ? `par ${trunk}` : `vers ${leaf} (par ${trunk})`;
  const why = fault ? explain(fault) : undefined;
  return `Essai de la ligne ${name} (${line}) ${where} : ${misses} essais manqués. ${why?.says.fr ?? ''}. À faire : ${why?.mend.fr ?? ''}.`;
}
