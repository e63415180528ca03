// Whom a node tells something: a planning's people, or one person.
import type { Target } from '../../../telephony/effect.ts';
import type { Draft } from '../../draft.ts';
import { at, type Finding, noSuch, type Spot } from '../../finding.ts';
import type { Asked } from '../../kind.ts';
import { emit, type Run } from '../../run.ts';
import { filled } from '../../speak.ts';

type Named = { planning?: string | undefined; person?: string | undefined };

export const asked = ({ planning, person }: Named): Asked[] => [{ planning, person, path: [] }];

export function targetOf(run: Run, { planning, person }: Named): Target | undefined {
  if (planning !== undefined) return { planning: filled(run, planning) };
  return person === undefined ? undefined : { person };
}

type Raised = Named & { policy?: string | undefined };

/** An alert. @param notBefore nobody is told before this instant (ms) */
export function raise(run: Run, node: Raised, reason: string, notBefore?: number): void {
  const target = targetOf(run, node);
  emit(run, {
    type: 'raise-alert',
    reason,
    ...(target ? { target } : {}),
    ...(node.policy ? { policy: node.policy } : {}),
    ...(notBefore === undefined ? {} : { notBefore }),
  });
}

type RaisedSpot = Spot<Raised & { kind: string; decision?: string }>;

/** The alert policy exists, where it is known which ones there are; and somebody is named, by the node or by its policy. */
export function knownPolicy(spot: RaisedSpot, draft: Draft): Finding[] {
  const { node, flow, path } = spot;
  const { policies } = draft.known;
  const unknown =
    node.policy === undefined || !policies
      ? []
      : noSuch(draft, flow, [...path, 'policy'], 'alert policy', node.policy, policies);
  return unknown.length > 0 || node.decision === 'log' ? unknown : toldToNobody(spot, draft);
}

function toldToNobody({ node, flow, path }: RaisedSpot, draft: Draft): Finding[] {
  if (node.planning !== undefined || node.person !== undefined || draft.known.reaches?.(node.policy) !== false)
    return [];
  const policy = node.policy === undefined ? 'the default policy' : `the policy "${node.policy}"`;
  const message = `this alert names nobody, and neither does ${policy}: it would be told to nobody`;
  return [at(draft, flow, path, message, 'add a planning or a person here, or a level that names one to the policy')];
}
