// Whom a node tells something: a planning's people, or one person.
import type { Target } from '../../../telephony/effect.ts';
import type { Draft } from '../../draft.ts';
import { type Finding, noSuch, type Spot } from '../../finding.ts';
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

/** The alert policy exists, where it is known which ones there are. */
export const knownPolicy = ({ node, flow, path }: Spot<Raised & { kind: string }>, draft: Draft): Finding[] =>
  node.policy === undefined || !draft.known.policies
    ? []
    : noSuch(draft, flow, [...path, 'policy'], 'alert policy', node.policy, draft.known.policies);
