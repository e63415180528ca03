// The next test as a plan: whose turn it is, and the keys that lead there; or why there is none.
import type { Instant } from '../../base/clock.ts';
import type { FlowSet } from '../flow/set.ts';
import { shownBy } from '../trunk/caller-id.ts';
import type { Trunk, TrunkPlan } from '../trunk/schema.ts';
import type { AtTwilio, Series, Wanted } from './record.ts';
import { nextLeaf, nextWay, type Way, waysIn } from './series.ts';
import type { Plan } from './test.ts';
import { type Ask, waysTo } from './ways.ts';

/** What the planning of a test asks; each as things stand now. */
export type PlanningPorts = {
  flows(): FlowSet;
  trunks(): TrunkPlan;
  series(): readonly Series[];
  /** What stands at Twilio; undefined: it cannot be asked, and nobody knows where a number stands. */
  atTwilio(): Promise<AtTwilio | undefined>;
  ask(flows: FlowSet): Ask;
  /** Ten random digits that nobody can guess. */
  code(): string;
};

export async function planned(ports: PlanningPorts, id: string, wanted: Wanted, at: Instant): Promise<Plan | string> {
  const flows = ports.flows();
  const trunks = ports.trunks();
  const series = new Map<string, Series>(ports.series().map((one) => [one.subject, one]));
  const twilio = await ports.atTwilio();
  if (!twilio) return 'Twilio ne dit pas quels numéros arrivent par lui';
  const way = nextWay(waysIn(flows, trunks, twilio.lines), flows, series, wanted);
  if (!way) return 'aucun numéro ni opérateur ne correspond';
  const shows = showsOn(way, trunks, twilio.numbers);
  const ways = await waysTo(flows, { called: way.line, caller: shows, at }, ports.ask(flows));
  const leaf = wanted.leaf ?? nextLeaf(way.line, [...ways.keys()], series);
  const inputs = leaf === undefined ? undefined : ways.get(leaf);
  if (leaf === undefined || !inputs) return `aucune touche ne mène à ${leaf ?? 'une feuille'} en ce moment`;
  const atCarriers = [...trunks.trunks, trunks.twilio].flatMap((trunk) => trunk?.ownNumber ?? []);
  const own = [...Object.keys(flows.lines), ...atCarriers, ...twilio.numbers];
  return { id, ...way, leaf, inputs, shows, own, code: ports.code() };
}

/** At Twilio another number of the account where there is one: a number that calls itself may be refused. */
function showsOn({ line, trunk: id }: Way, { trunks }: TrunkPlan, numbers: readonly string[]): string {
  const trunk = trunks.find((one) => one.id === id);
  return trunk ? showsBy(trunk, line) : (numbers.find((number) => number !== line) ?? line);
}

/** As to a person: the line's number where the carrier lets us, our number there otherwise. */
export const showsBy = (trunk: Trunk, line: string): string =>
  shownBy(trunk, { show: 'line', line, caller: '' }).callerId;
