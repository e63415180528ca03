// Everything a flow names must exist: nodes, flows, plannings, people. What only one kind of node names, that kind checks.
import { didYouMean } from '../../../base/nearest.ts';
import type { Draft } from '../draft.ts';
import { at, type Finding, nodesOf, noSuch, oneOf, type Rule } from '../finding.ts';
import { edgesOf } from '../graph.ts';
import { kindOf } from '../nodes/index.ts';
import { namesIn } from '../template.ts';

/** Ways to nodes that do not exist. */
const nodes: Rule = (draft) =>
  edgesOf(draft.set).flatMap((edge) => {
    const [flow = '', id = ''] = edge.from.split('/');
    const [toFlow = '', to = ''] = edge.to.split('/');
    const target = draft.set.flows[toFlow];
    if (!target || edge.call === 'into') return [];
    const where = toFlow === flow ? 'node' : `node of the flow "${toFlow}"`;
    return noSuch(draft, flow, ['nodes', id, ...edge.path], where, to, Object.keys(target.nodes));
  });

const starts: Rule = (draft) =>
  Object.values(draft.set.flows).flatMap(({ id, start, nodes }) =>
    noSuch(draft, id, ['start'], 'node', start, Object.keys(nodes)),
  );

const lines: Rule = (draft) =>
  draft.lines.value.lines.flatMap(({ flow, sms }, i): Finding[] => [
    ...ofLine(draft, [i, 'flow'], 'flow', flow, Object.keys(draft.set.flows)),
    ...ofLine(draft, [i, 'sms', 'planning'], 'planning', sms?.planning, draft.known.plannings),
    ...ofLine(draft, [i, 'sms', 'policy'], 'alert policy', sms?.policy, draft.known.policies),
  ]);

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

const people: Rule = (draft) =>
  nodesOf(draft).flatMap(({ node, flow, path }) =>
    (kindOf(node).asked?.(node) ?? []).flatMap(({ person, planning: named, path: inside }) => [
      ...(person === undefined || !draft.known.people
        ? []
        : noSuch(draft, flow, [...path, ...inside, 'person'], 'person', person, draft.known.people)),
      ...(named === undefined ? [] : planning(draft, flow, [...path, ...inside, 'planning'], named)),
    ]),
  );

/** A planning by its name, or by a value all of whose texts are plannings. */
function planning(draft: Draft, flow: string, path: PropertyKey[], text: string): Finding[] {
  const { plannings } = draft.known;
  const [name, ...more] = namesIn(text);
  if (name === undefined) return plannings ? noSuch(draft, flow, path, 'planning', text, plannings) : [];
  if (text === `{${name}}` && more.length === 0) return planningValue(draft, flow, path, name);
  return [at(draft, flow, path, `"${text}" mixes text and values`, 'name a planning, or one value: "{planning}"')];
}

/** What a caller keyed never chooses who is rung. */
function planningValue(draft: Draft, flow: string, path: PropertyKey[], name: string): Finding[] {
  const { plannings } = draft.known;
  const info = draft.set.values[name];
  if (!info) return noSuch(draft, flow, path, 'value', name, Object.keys(draft.set.values));
  if (info.spelled) {
    const message = `"{${name}}" is keyed by the caller and cannot choose who is rung`;
    return [at(draft, flow, path, message, 'look it up in a table, and use a column of it')];
  }
  if (!info.texts) {
    const message = `the texts of "{${name}}" are not known ahead: they cannot be checked`;
    const hint = 'a planning that does not exist takes the exit empty-planning';
    return [at(draft, flow, path, message, hint, 'warning')];
  }
  if (!plannings) return [];
  return info.texts
    .filter((one) => !plannings.has(one))
    .map((one) =>
      at(draft, flow, path, `"{${name}}" can be "${one}", which is no planning`, didYouMean(one, plannings)),
    );
}

export const references: Rule = (draft) => [nodes, starts, lines, people].flatMap((rule) => rule(draft));
