// The next test as a plan: whose turn it is, and the keys that lead there; or why there is none.
import type { Instant } from '../base/clock.ts';
import { shownBy } from '../trunk/caller-id.ts';
import type { Trunk } from '../trunk/schema.ts';
import type { Series, TesterPorts, Wanted } from './ports.ts';
import { nextLeaf, nextWay } from './series.ts';
import type { Plan } from './test.ts';
import { waysTo } from './ways.ts';

export async function planned(ports: TesterPorts, id: string, wanted: Wanted, at: Instant): Promise<Plan | string> {
  const flows = ports.flows();
  const trunks = ports.trunks();
  const series = new Map<string, Series>(ports.store.series().map((one) => [one.subject, one]));
  const way = nextWay(flows, trunks, series, wanted);
  const trunk = trunks.trunks.find((one) => one.id === way?.trunk);
  if (!way || !trunk) return 'aucun numéro ni opérateur ne correspond';
  const shows = showsBy(trunk, way.line);
  const ways = await waysTo(flows, { called: way.line, caller: shows, at }, ports.ask(flows));
  const leaf = wanted.leaf ?? nextLeaf(way.line, [...ways.keys()], series);
  const inputs = leaf === undefined ? undefined : ways.get(leaf);
  if (leaf === undefined || !inputs) return `aucune touche ne mène à ${leaf ?? 'une feuille'} en ce moment`;
  const own = [...Object.keys(flows.lines), ...trunks.trunks.flatMap(({ ownNumber }) => ownNumber ?? [])];
  return { id, ...way, leaf, inputs, shows, own, code: ports.code() };
}

/** As to a person: the line's number where the carrier lets us, our number there otherwise. */
export const showsBy = (trunk: Trunk, line: string): string =>
  shownBy(trunk, { show: 'line', line, caller: '' }).callerId;
