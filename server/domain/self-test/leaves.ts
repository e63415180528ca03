// The leaves of a line: nodes where a caller's way comes to what it was for. Found over the same graph that the checks walk. Pure.
import { edgesOf, nodeKey, reach, waysOf } from '../flow/graph.ts';
import type { Node } from '../flow/schema.ts';
import type { FlowSet } from '../flow/set.ts';
import type { PhoneNumber } from '../telephony/names.ts';

/** `flow/node`. */
export type LeafKey = string;

const kinds: ReadonlySet<Node['kind']> = new Set(['dial', 'transfer', 'call-back', 'message', 'hangup']);

export function nodeAt(set: FlowSet, key: LeafKey): Node | undefined {
  const slash = key.indexOf('/');
  const flow = set.flows[key.slice(0, slash)];
  const id = key.slice(slash + 1);
  return flow && Object.hasOwn(flow.nodes, id) ? flow.nodes[id] : undefined;
}

export const isLeaf = (node: Node | undefined): boolean => node !== undefined && kinds.has(node.kind);

/** Every leaf that some caller of this line can come to, in the order of the files. */
export function leavesOf(set: FlowSet, line: PhoneNumber): LeafKey[] {
  const flow = set.flows[Object.hasOwn(set.lines, line) ? (set.lines[line]?.flow ?? '') : ''];
  if (!flow) return [];
  const reached = reach([nodeKey(flow.id, flow.start)], waysOf(edgesOf(set)));
  return [...reached].filter((key) => isLeaf(nodeAt(set, key)));
}
