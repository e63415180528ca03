// Everything a flow names must exist: nodes, flows, tables, lists, plannings, people.
import { didYouMean } from '../../../base/nearest.ts';
import type { Draft } from '../draft.ts';
import { at, type Finding, nodesOf, oneOf, type Rule, type Spot } from '../finding.ts';
import { edgesOf } from '../graph.ts';
import { namesIn } from '../template.ts';

const unknown = (
  draft: Draft,
  spot: Pick<Spot, 'flow'>,
  path: PropertyKey[],
  what: string,
  name: string,
  names: Iterable<string>,
): Finding[] => {
  const there = [...names];
  if (there.includes(name)) return [];
  return [at(draft, spot.flow, path, `there is no ${what} "${name}", ${oneOf(there)}`, didYouMean(name, there))];
};

/** Ways to nodes that do not exist. */
const nodes: Rule = (draft) =>
  edgesOf(draft.set).flatMap((edge) => {
    const [flow = '', id = ''] = edge.from.split('/');
    const [toFlow = '', to = ''] = edge.to.split('/');
    const target = draft.set.flows[toFlow];
    if (!target || edge.call === 'into') return [];
    const where = toFlow === flow ? 'node' : `node of the flow "${toFlow}"`;
    return unknown(draft, { flow }, ['nodes', id, ...edge.path], where, to, Object.keys(target.nodes));
  });

const starts: Rule = (draft) =>
  Object.values(draft.set.flows).flatMap((flow) =>
    unknown(draft, { flow: flow.id }, ['start'], 'node', flow.start, Object.keys(flow.nodes)),
  );

const lines: Rule = (draft) =>
  draft.lines.value.lines.flatMap((line, i): Finding[] => {
    const flows = Object.keys(draft.set.flows);
    return [
      ...ofLine(draft, [i, 'flow'], 'flow', line.flow, flows),
      ...ofLine(draft, [i, 'sms', 'planning'], 'planning', line.sms?.planning, draft.known.plannings),
      ...ofLine(draft, [i, 'sms', 'policy'], 'alert policy', line.sms?.policy, draft.known.policies),
    ];
  });

/** What a line names must exist, where what exists is known. */
function ofLine(
  draft: Draft,
  path: PropertyKey[],
  what: string,
  name: string | undefined,
  names: Iterable<string> | null | undefined,
): Finding[] {
  const there = [...(names ?? [])];
  if (name === undefined || !names || there.includes(name)) return [];
  const hint = didYouMean(name, there);
  const message = `there is no ${what} "${name}", ${oneOf(there)}`;
  return [{ ...draft.lines.locate(['lines', ...path]), message, ...(hint ? { hint } : {}), severity: 'error' }];
}

/** Flows, tables and lists that a node names. */
const named: Rule = (draft) =>
  nodesOf(draft).flatMap((spot) => {
    const { node, path, flow } = spot;
    if (node.kind === 'goto' || node.kind === 'sub-flow')
      return unknown(draft, spot, [...path, 'flow'], 'flow', node.flow, Object.keys(draft.set.flows));
    if (node.kind === 'look-up') {
      const tables = Object.keys(draft.set.flows[flow]?.tables ?? {});
      return unknown(draft, spot, [...path, 'table'], 'table', node.table, tables);
    }
    if (node.kind === 'ticket' && draft.known.tools)
      return unknown(draft, spot, [...path, 'tool'], 'tool', node.tool, draft.known.tools);
    if ((node.kind === 'alert' || node.kind === 'decide') && node.policy !== undefined && draft.known.policies)
      return unknown(draft, spot, [...path, 'policy'], 'alert policy', node.policy, draft.known.policies);
    if (node.kind !== 'switch') return [];
    return node.cases.flatMap((one, i) =>
      one['caller-in'] === undefined
        ? []
        : unknown(
            draft,
            spot,
            [...path, 'cases', i, 'caller-in'],
            'list',
            one['caller-in'],
            Object.keys(draft.set.lists),
          ),
    );
  });

type Asked = { planning?: string | undefined; person?: string | undefined };

/** Who a node asks for, with the path of each. */
function askedBy({ node, path }: Spot): { asked: Asked; path: PropertyKey[] }[] {
  if (
    node.kind === 'alert' ||
    node.kind === 'decide' ||
    node.kind === 'sms' ||
    node.kind === 'mail' ||
    node.kind === 'take-duty'
  )
    return [{ asked: node, path }];
  return node.kind === 'dial' ? node.levels.map((asked, i) => ({ asked, path: [...path, 'levels', i] })) : [];
}

const people: Rule = (draft) =>
  nodesOf(draft).flatMap((spot) =>
    askedBy(spot).flatMap(({ asked, path }) => [
      ...(asked.person === undefined || !draft.known.people
        ? []
        : unknown(draft, spot, [...path, 'person'], 'person', asked.person, draft.known.people)),
      ...(asked.planning === undefined ? [] : planning(draft, spot, [...path, 'planning'], asked.planning)),
    ]),
  );

/** A planning by its name, or by a value all of whose texts are plannings. What a caller keyed never chooses who is rung. */
function planning(draft: Draft, spot: Spot, path: PropertyKey[], text: string): Finding[] {
  const { plannings } = draft.known;
  const [name, ...more] = namesIn(text);
  if (name === undefined) return plannings ? unknown(draft, spot, path, 'planning', text, plannings) : [];
  if (text !== `{${name}}` || more.length > 0)
    return [
      at(draft, spot.flow, path, `"${text}" mixes text and values`, 'name a planning, or one value: "{planning}"'),
    ];
  const info = draft.set.values[name];
  if (!info) return unknown(draft, spot, path, 'value', name, Object.keys(draft.set.values));
  if (info.spelled)
    return [
      at(
        draft,
        spot.flow,
        path,
        `"{${name}}" is keyed by the caller and cannot choose who is rung`,
        'look it up in a table, and use a column of it',
      ),
    ];
  if (!info.texts) {
    const hint = 'a planning that does not exist takes the exit empty-planning';
    return [
      at(
        draft,
        spot.flow,
        path,
        `the texts of "{${name}}" are not known ahead: they cannot be checked`,
        hint,
        'warning',
      ),
    ];
  }
  if (!plannings) return [];
  return info.texts
    .filter((one) => !plannings.has(one))
    .map((one) =>
      at(draft, spot.flow, path, `"{${name}}" can be "${one}", which is no planning`, didYouMean(one, plannings)),
    );
}

export const references: Rule = (draft) => [nodes, starts, lines, named, people].flatMap((rule) => rule(draft));
