// What the line's tests of itself last said of each number over each trunk, and of each leaf of its flows.
import { existsSync } from 'node:fs';
import type { Instant } from '../base/clock.ts';
import type { FlowSet } from '../domain/flow/set.ts';
import { leavesOf } from '../domain/self-test/leaves.ts';
import type { Series } from '../domain/self-test/record.ts';
import { leafOf, wayOf, waysIn } from '../domain/self-test/series.ts';
import { explain } from '../domain/self-test/words.ts';
import type { PhoneNumber } from '../domain/telephony/names.ts';
import type { TrunkPlan } from '../domain/trunk/schema.ts';
import { openStore } from '../store/store.ts';
import { ails, type Finding, said, warns, well } from './finding.ts';

const check = 'self-test';
const orders = said('vigie self-test', 'vigie self-test');

/** `atTwilio`: the lines that arrive by Twilio; undefined: it does not say. */
export type Tested = { flows: FlowSet; trunks: TrunkPlan; atTwilio: ReadonlySet<PhoneNumber> | undefined };

export function selfTestFindings(database: string, tested: Tested, now: Instant): Finding[] {
  const { flows, atTwilio } = tested;
  if (!atTwilio) return [unknown];
  const series = seriesIn(database);
  const ways = waysIn(flows, tested.trunks, atTwilio).flatMap(({ line, trunk }) => {
    const usual = flows.selfTest && (flows.selfTest.trunks?.includes(trunk) ?? true);
    return wayFinding(line, trunk, series.get(wayOf(line, trunk)), usual === true, now);
  });
  const leaves = Object.keys(flows.lines).flatMap((line) =>
    leavesOf(flows, line).flatMap((leaf) => leafFinding(line, leaf, series.get(leafOf(line, leaf)), now)),
  );
  return [...(flows.selfTest ? [] : [off]), ...ways, ...leaves];
}

const unknown = warns(
  check,
  said('Twilio ne dit pas quels numéros arrivent par lui', 'Twilio does not say which numbers arrive by it'),
  said('voir ce que dit twilio ci-dessous', 'see what twilio says below'),
);

const off = well(
  check,
  said(
    'la ligne ne s’essaie pas d’elle-même (self test: dans lines.yaml)',
    'the line does not test itself (self test: in lines.yaml)',
  ),
);

/** The results of a database that is only visited; none where it cannot be read, which is a finding of its own. */
function seriesIn(database: string): Map<string, Series> {
  const store = existsSync(database) ? openStore(database, { as: 'visit' }) : undefined;
  if (!store?.ok) return new Map();
  try {
    return new Map(store.value.selfTests.series().map((one) => [one.subject, one]));
  } finally {
    store.value.close();
  }
}

function wayFinding(line: string, trunk: string, last: Series | undefined, usual: boolean, now: Instant): Finding[] {
  const name = `${line} par ${trunk}`;
  if (!last)
    return usual
      ? [warns(check, said(`${name} : pas encore essayé`, `${line} over ${trunk}: not tested yet`), orders)]
      : [];
  const answer = last.answerMs === undefined ? '' : `, décroché en ${(last.answerMs / 1000).toFixed(1)} s`;
  if (last.passed)
    return [well(check, said(`${name} : essai réussi ${ago(last, now)}${answer}`, `${line} over ${trunk}: passed`))];
  return failed(name, `${line} over ${trunk}`, last, now);
}

/** Good leaves are many, and say nothing new. */
const leafFinding = (line: string, leaf: string, last: Series | undefined, now: Instant): Finding[] =>
  last && !last.passed ? failed(`${line}, ${leaf}`, `${line}, ${leaf}`, last, now) : [];

function failed(fr: string, en: string, last: Series, now: Instant): Finding[] {
  const { says, mend } = explain(last.fault ?? { at: 'ours', what: 'interrupted', detail: '' });
  const words = said(`${fr} : essai manqué ${ago(last, now)}, ${says.fr}`, `${en}: missed, ${says.en}`);
  return [last.misses > 1 ? ails(check, words, mend) : warns(check, words, mend)];
}

const ago = ({ lastAt }: Series, now: Instant): string => {
  const minutes = Math.max(0, Math.round((now - lastAt) / 60_000));
  return minutes < 120 ? `il y a ${minutes} min` : `il y a ${Math.round(minutes / 60)} h`;
};
