// A message goes to exactly one.
import type { Draft } from '../../draft.ts';
import { at, type Finding, type Spot } from '../../finding.ts';
import type { FlowNode } from '../../set.ts';

type Message = FlowNode & { planning?: string | undefined; person?: string | undefined };

/** @param other the kind's own way to name somebody, beside planning and person */
export function oneRecipient<N extends Message>(
  draft: Draft,
  { node, flow, path }: Spot<N>,
  other: Extract<keyof N, string>,
): Finding[] {
  const named = [node.planning, node.person, node[other]].filter((one) => one !== undefined).length;
  if (named === 1) return [];
  return [at(draft, flow, path, `this message names ${named} of planning, person, ${other}`, 'name exactly one')];
}
