// Goto: the call goes on in another flow, and does not come back.
import { z } from 'zod';
import { noSuch } from '../../finding.ts';
import { nodeKind } from '../../kind.ts';
import { name } from '../../schema-parts.ts';

export const goTo = nodeKind({
  schema: z.strictObject({ kind: z.literal('goto'), flow: name, node: name.optional() }),
  about: 'Continue dans un autre flux, sans retour.',
  exits: ({ flow, node }) => [{ to: { flow, node }, path: ['node'], silent: true, gives: [] }],
  enter: (_run, { flow, node }) => ({ enter: { flow, node } }),
  ahead: 'pass',
  check: ({ node, flow, path }, draft) =>
    noSuch(draft, flow, [...path, 'flow'], 'flow', node.flow, Object.keys(draft.set.flows)),
});
