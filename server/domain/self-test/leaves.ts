// The leaves of a line: nodes where a caller's way comes to what it was for. Found over the same graph that the checks walk. Pure.
import { edgesOf, nodeKey, reach, waysOf } from '../flow/graph.ts';
import { kindOf } from '../flow/nodes/index.ts';
import type { FlowNode, FlowSet } from '../flow/set.ts';
import type { PhoneNumber } from '../telephony/names.ts';

/** `flow/node`. */
export type LeafKey = string;

export function nodeAt(set: FlowSet, key: LeafKey): FlowNode | undefined {
  const slash = key.indexOf('/');
  const flow = set.flows[key.slice(0, slash)];
  const id = key.slice(slash + 1);
  return flow && Object.hasOwn(flow.nodes, id) ? flow.nodes[id] : undefined;
}

export function isLeaf(node: FlowNode | undefined): boolean {
  const purpose = node && kindOf(node).purpose;
  return purpose !== undefined && purpose !== 'return';
}

/** Every leaf that some caller of this line can come to, in the order of the files. */
export function leavesOf(set: FlowSet, line: PhoneNumber): LeafKey[] {
  const flow = set.flows[Object.hasOwn(set.lines, line) ? (set.lines[line]?.flow ?? '') : ''];
  if (!flow) return [];
  const reached = reach([nodeKey(flow.id, flow.start)], waysOf(edgesOf(set)));
  return [...reached].filter((key) => isLeaf(nodeAt(set, key)));
}
