// A finding of the checks: a problem, and whether it keeps the set from being published.
import { didYouMean } from '../../base/nearest.ts';
import type { Problem } from '../../base/result.ts';
import type { Draft } from './draft.ts';
import type { FlowNode } from './set.ts';

export type Finding = Problem & { severity: 'error' | 'warning' };
export type Rule = (draft: Draft) => Finding[];

/** A finding at a path of a flow's file. */
export function at(
  draft: Draft,
  flow: string,
  path: readonly PropertyKey[],
  message: string,
  hint?: string,
  severity: Finding['severity'] = 'error',
): Finding {
  const document = draft.documents[flow];
  const place = document ? document.locate(path) : { file: flow };
  return { ...place, message, ...(hint ? { hint } : {}), severity };
}

/** A node, and where its file says it. */
export type Spot<N extends FlowNode = FlowNode> = { flow: string; id: string; node: N; path: string[] };

/** Every node of every flow. */
export const nodesOf = (draft: Draft): Spot[] =>
  Object.values(draft.set.flows).flatMap((flow) =>
    Object.entries(flow.nodes).map(([id, node]) => ({ flow: flow.id, id, node, path: ['nodes', id] })),
  );

/** The first is wanted; these are there. */
export const oneOf = (names: Iterable<string>): string => {
  const all = [...names];
  const shown = all.slice(0, 12).join(', ');
  return all.length === 0 ? 'there is none' : `expected one of ${shown}${all.length > 12 ? ', …' : ''}`;
};

/** Something is named that does not exist. */
export function noSuch(
  draft: Draft,
  flow: string,
  path: readonly PropertyKey[],
  what: string,
  name: string,
  names: Iterable<string>,
): Finding[] {
  const there = [...names];
  if (there.includes(name)) return [];
  return [at(draft, flow, path, `there is no ${what} "${name}", ${oneOf(there)}`, didYouMean(name, there))];
}
