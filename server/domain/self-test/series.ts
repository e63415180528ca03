// What the tests so far say of each way in and of each leaf: results in a row, and whose turn it is next. Pure.
import type { Instant } from '../../base/clock.ts';
import { nextWithin } from '../flow/hours.ts';
import type { FlowSet, SelfTest } from '../flow/set.ts';
import type { Arrival } from '../telephony/event.ts';
import type { PhoneNumber, TrunkId } from '../telephony/names.ts';
import type { TrunkPlan } from '../trunk/schema.ts';
import { type LeafKey, leavesOf } from './leaves.ts';
import type { Series, TestRow, Wanted } from './record.ts';

export const wayOf = (line: PhoneNumber, trunk: string): string => `way ${line} ${trunk}`;
export const leafOf = (line: PhoneNumber, leaf: LeafKey): string => `leaf ${line} ${leaf}`;

export const missesToAlert = 2;
/** A miss is looked at again soon: two in a row are to be known today, not in a week's round. */
export const againMs = 2 * 60_000;

/** The Twilio account as a trunk. */
export const accountTrunk = 'twilio';

/** Every way in, in the order of the files. A line that arrives by Twilio is called over Twilio, any other over the trunks. */
export const waysIn = (flows: FlowSet, { trunks }: TrunkPlan, atTwilio: ReadonlySet<PhoneNumber>): Way[] =>
  Object.keys(flows.lines).flatMap((line): Way[] =>
    atTwilio.has(line)
      ? [{ line, trunk: accountTrunk, carrier: 'twilio' }]
      : trunks.map(({ id: trunk }) => ({ line, trunk, carrier: 'asterisk' })),
  );
export type Way = { line: PhoneNumber; trunk: TrunkId; carrier: Arrival['carrier'] };

type All = ReadonlyMap<string, Series>;
const oldest = <T>(list: readonly T[], at: (one: T) => Instant): T | undefined =>
  list.reduce<T | undefined>((best, one) => (best === undefined || at(one) < at(best) ? one : best), undefined);

/** The way that was not tested for longest; undefined when nothing fits what is wanted. */
export function nextWay(ways: readonly Way[], flows: FlowSet, series: All, wanted: Wanted): Way | undefined {
  const usual = (trunk: TrunkId) => flows.selfTest?.trunks?.includes(trunk) ?? true;
  const fit = ways.filter(
    ({ line, trunk }) =>
      (wanted.line ?? line) === line &&
      (wanted.trunk === undefined ? usual(trunk) : wanted.trunk === trunk) &&
      (wanted.leaf === undefined || leavesOf(flows, line).includes(wanted.leaf)),
  );
  return oldest(fit, ({ line, trunk }) => series.get(wayOf(line, trunk))?.lastAt ?? 0);
}

/** Of the leaves that keys lead to, the one that was not tested for longest. */
export const nextLeaf = (line: PhoneNumber, reached: readonly LeafKey[], series: All): LeafKey | undefined =>
  oldest(reached, (leaf) => series.get(leafOf(line, leaf))?.lastAt ?? 0);

/** What a test that is over adds to its two series: its way is judged always, its leaf only where the way was good. */
export function judged(row: TestRow, before: All): Series[] {
  const { line, trunk, leaf, fault, endedAt: lastAt = 0, answerMs } = row;
  if (line === undefined || trunk === undefined || leaf === undefined || fault?.at === 'ours') return [];
  const one = (kind: Series['kind'], subject: string): Series => {
    const passed = fault?.at !== kind;
    const was = before.get(subject);
    return {
      subject,
      kind,
      lastAt,
      passed,
      misses: passed ? 0 : (was?.misses ?? 0) + 1,
      ...(passed || !fault ? {} : { fault }),
      ...(kind === 'way' && answerMs !== undefined ? { answerMs } : {}),
      ...(was?.alert ? { alert: was.alert } : {}),
    };
  };
  const way = one('way', wayOf(line, trunk));
  return way.passed ? [way, one('leaf', leafOf(line, leaf))] : [way];
}

/** When the schedule has its next test, after one that ended (or was missed while we were away) at `at`. */
export function dueAfter({ everyMs, hours, zone }: SelfTest, at: Instant, missed: boolean): Instant {
  const soon = at + (missed ? Math.min(againMs, everyMs) : everyMs);
  return hours ? (nextWithin(hours, soon, zone) ?? soon) : soon;
}
