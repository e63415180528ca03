// The ways through the flows: nodes nobody comes to, ways that never end, rounds that no caller can leave, values not yet set.

import type { Draft } from '../draft.ts';
import { at, type Finding, nodesOf, type Rule, type Spot } from '../finding.ts';
import { type Edge, edgesOf, entriesOf, nodeKey, reach, type Ways, waysOf } from '../graph.ts';
import type { NodeKind } from '../kind.ts';
import { kindOf } from '../nodes/index.ts';
import { wordsOf } from '../speech-words.ts';
import { builtIn, namesIn } from '../template.ts';

const keyOf = (spot: Spot): string => nodeKey(spot.flow, spot.id);

const unreached: Rule = (draft) => {
  const reached = reach(entriesOf(draft.set), waysOf(edgesOf(draft.set)));
  const flows = new Set([...reached].map((key) => key.split('/')[0]));
  const idle = Object.keys(draft.set.flows)
    .filter((flow) => !flows.has(flow))
    .map((flow) =>
      at(
        draft,
        flow,
        [],
        `nothing leads to the flow "${flow}"`,
        'name it in lines.yaml, or in a goto or sub-flow',
        'warning',
      ),
    );
  const lost = nodesOf(draft)
    .filter((spot) => flows.has(spot.flow) && !reached.has(keyOf(spot)))
    .map((spot) =>
      at(draft, spot.flow, spot.path, `nothing leads to the node "${spot.id}"`, 'remove it, or lead to it', 'warning'),
    );
  return [...idle, ...lost];
};

/** A call ends at a hangup, at a return, and when somebody took it. */
const endsHere = ({ node }: Spot): boolean => ends.has(kindOf(node).purpose);
const ends: ReadonlySet<NodeKind['purpose']> = new Set(['end', 'return', 'hunt']);
const returns = ({ node }: Spot): boolean => kindOf(node).purpose === 'return';

const endless: Rule = (draft) => {
  const back = waysOf(edgesOf(draft.set).map((edge) => ({ from: edge.to, to: edge.from })));
  const spots = nodesOf(draft);
  const ending = reach(spots.filter(endsHere).map(keyOf), back);
  const [first] = spots.filter((spot) => !ending.has(keyOf(spot)));
  if (!first) return [];
  return [
    at(
      draft,
      first.flow,
      first.path,
      `no way leads from "${first.id}" to an end of the call`,
      'lead to a hangup, a dial or a return',
    ),
  ];
};

/** Ways back from a called flow are silent when that flow can be passed without the caller doing anything. */
function silentEdges(draft: Draft): Edge[] {
  const edges = edgesOf(draft.set);
  const back = returningOf(draft);
  const startOf = (from: string) => edges.find((edge) => edge.from === from && edge.call === 'into')?.to ?? '';
  let silent = edges.filter((edge) => edge.silent);
  for (;;) {
    const inside = waysOf(silent.filter((edge) => edge.call !== 'into'));
    const passed = edges.filter(
      (edge) =>
        edge.call === 'back' &&
        !silent.includes(edge) &&
        [...reach([startOf(edge.from)], inside)].some((key) => back.has(key)),
    );
    if (passed.length === 0) return silent;
    silent = [...silent, ...passed];
  }
}

/** What comes after a node, itself only when a way leads back to it. */
const after = (key: string, ways: Ways): Set<string> => reach(ways.get(key) ?? [], ways);

const rounds: Rule = (draft) => {
  const ways = waysOf(silentEdges(draft));
  const told = new Set<string>();
  return nodesOf(draft).flatMap((spot): Finding[] => {
    const key = keyOf(spot);
    if (told.has(key)) return [];
    const onward = after(key, ways);
    if (!onward.has(key)) return [];
    const others = [...onward].filter((other) => other !== key && after(other, ways).has(key));
    for (const other of others) told.add(other);
    const names = [key, ...others].map((other) => other.replace(`${spot.flow}/`, '')).join(', ');
    const hint = 'a caller who does nothing would go round for ever; lead to an end';
    return [at(draft, spot.flow, spot.path, `a round without input: ${names}`, hint)];
  });
};

/** Every node from which a called flow goes back. */
const returningOf = (draft: Draft): Set<string> => new Set(nodesOf(draft).filter(returns).map(keyOf));

const noReturn: Rule = (draft) => {
  const edges = edgesOf(draft.set);
  const inside = waysOf(edges.filter((edge) => edge.call !== 'into'));
  const back = returningOf(draft);
  return edges
    .filter((edge) => edge.call === 'into' && ![...reach([edge.to], inside)].some((key) => back.has(key)))
    .map((edge) => {
      const [flow = '', id = ''] = edge.from.split('/');
      const message = `the flow "${edge.to.split('/')[0]}" never comes back`;
      const hint = 'give it a return node, or use goto';
      return at(draft, flow, ['nodes', id, ...edge.path], message, hint, 'warning');
    });
};

/** Edges by where they begin. A called flow is trusted to set what its nodes can set. */
function givingEdges(draft: Draft): Map<string, Edge[]> {
  const all = edgesOf(draft.set);
  const given = (flow: string) => draft.sources.filter((one) => one.flow === flow).map((one) => one.name);
  const calls = new Map(all.flatMap(({ from, to, call }) => (call === 'into' ? [[from, to.split('/')[0] ?? '']] : [])));
  const edges = new Map<string, Edge[]>();
  for (const edge of all) {
    const full = edge.call === 'back' ? { ...edge, gives: given(calls.get(edge.from) ?? '') } : edge;
    edges.set(edge.from, [...(edges.get(edge.from) ?? []), full]);
  }
  return edges;
}

/** Values that are set on every way from an entry to each node that can be come to. */
function setBefore(draft: Draft): Map<string, Set<string>> {
  const edges = givingEdges(draft);
  const before = new Map<string, Set<string>>(entriesOf(draft.set).map((key) => [key, new Set()]));
  const open = [...before.keys()];
  for (let key = open.shift(); key !== undefined; key = open.shift()) {
    const here = before.get(key) ?? new Set();
    for (const edge of edges.get(key) ?? []) {
      const known = before.get(edge.to);
      const arriving = new Set([...here, ...edge.gives]);
      const both = known ? new Set([...known].filter((name) => arriving.has(name))) : arriving;
      if (known && both.size === known.size) continue;
      before.set(edge.to, both);
      open.push(edge.to);
    }
  }
  return before;
}

/** Texts of a node, as they are needed on entering it. A read-back and a `set` of the same value come later, so they are left out. */
const textsOf = ({ node }: Spot) => {
  const { speeches, texts } = kindOf(node);
  const said = (speeches?.(node) ?? []).filter(({ path }) => path[0] !== 'confirm');
  return [
    ...said.flatMap(({ path, pieces }) => pieces.map((one) => ({ path, text: wordsOf(one) }))),
    ...(texts?.(node) ?? []),
  ];
};

const unset: Rule = (draft) => {
  const before = setBefore(draft);
  return nodesOf(draft).flatMap((spot) => {
    const known = before.get(keyOf(spot));
    if (!known) return [];
    return textsOf(spot).flatMap(({ path, text }) =>
      namesIn(text)
        .filter((name) => draft.set.values[name] && !builtIn.has(name) && !known.has(name))
        .map((name) =>
          at(
            draft,
            spot.flow,
            [...spot.path, ...path],
            `"{${name}}" may not be set when the call comes here`,
            'give the table a default, or set it before',
            'warning',
          ),
        ),
    );
  });
};

export const ways: Rule = (draft) => [unreached, endless, rounds, noReturn, unset].flatMap((rule) => rule(draft));
