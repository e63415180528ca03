// The flows as one graph: where each node leads, what it gives on the way, and whether the caller must do something for it.
import type { Exit } from './exits.ts';
import { kindOf } from './nodes/index.ts';
import type { FlowSet } from './set.ts';

/** A way between two nodes, each as `flow/node`. */
export type Edge = Omit<Exit, 'to'> & { from: string; to: string };

export const nodeKey = (flow: string, node: string): string => `${flow}/${node}`;

const known = new WeakMap<FlowSet, readonly Edge[]>();

/** All ways between nodes. A way to a node or flow that does not exist is among them: references.ts reports it. */
export function edgesOf(set: FlowSet): readonly Edge[] {
  const edges = known.get(set) ?? findEdges(set);
  known.set(set, edges);
  return edges;
}

function findEdges(set: FlowSet): Edge[] {
  return Object.values(set.flows).flatMap((flow) =>
    Object.entries(flow.nodes).flatMap(([id, node]) =>
      kindOf(node)
        .exits(node, flow)
        .map(({ to, ...rest }) => ({
          ...rest,
          from: nodeKey(flow.id, id),
          to: aim(set, flow.id, to),
        })),
    ),
  );
}

function aim(set: FlowSet, flow: string, to: Exit['to']): string {
  if (typeof to === 'string') return nodeKey(flow, to);
  return nodeKey(to.flow, to.node ?? set.flows[to.flow]?.start ?? '');
}

export type Ways = ReadonlyMap<string, readonly string[]>;

/** Edges by where they begin. */
export function waysOf(edges: readonly Pick<Edge, 'from' | 'to'>[]): Ways {
  const ways = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const known = ways.get(from);
    if (known) known.push(to);
    else ways.set(from, [to]);
  }
  return ways;
}

/** All nodes that can be come to from these, themselves among them. */
export function reach(from: Iterable<string>, ways: Ways): Set<string> {
  const seen = new Set(from);
  // A set is walked in the order in which it grows: it is its own queue.
  for (const node of seen) for (const to of ways.get(node) ?? []) seen.add(to);
  return seen;
}

/** Where callers come in. */
export const entriesOf = (set: FlowSet): string[] =>
  [...new Set(Object.values(set.lines).map((line) => line.flow))].flatMap((flow) =>
    set.flows[flow] ? [nodeKey(flow, set.flows[flow].start)] : [],
  );
