// Sub-flow: another flow is gone through, and the call comes back.
import { z } from 'zod';
import { noSuch } from '../../finding.ts';
import { nodeKind } from '../../kind.ts';
import { name } from '../../schema-parts.ts';
import { next } from '../common/grammar.ts';

export const subFlow = nodeKind({
  schema: z.strictObject({ kind: z.literal('sub-flow'), flow: name, then: next }),
  about: 'Passe par un autre flux, puis revient ici.',
  exits: ({ flow, then }) => [
    { to: { flow }, path: ['flow'], silent: true, gives: [], call: 'into' },
    { to: then, path: ['then'], silent: false, gives: [], call: 'back' },
  ],
  enter(run, { flow, then }) {
    run.state.stack.push({ flow: run.state.flow, node: then });
    return { enter: { flow } };
  },
  ahead: 'pass',
  check: ({ node, flow, path }, draft) =>
    noSuch(draft, flow, [...path, 'flow'], 'flow', node.flow, Object.keys(draft.set.flows)),
});
