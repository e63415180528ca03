// Alert: somebody must know, and say so.
import { z } from 'zod';
import { onward } from '../../exits.ts';
import { nodeKind } from '../../kind.ts';
import { name } from '../../schema-parts.ts';
import { filled } from '../../speak.ts';
import { next, person, planning } from '../common/grammar.ts';
import { text } from '../common/speech.ts';
import { asked, knownPolicy, raise } from '../common/telling.ts';

export const alert = nodeKind({
  schema: z.strictObject({
    kind: z.literal('alert'),
    reason: z.string().min(1),
    planning,
    person,
    /** How it is told, and to whom next: a policy of alert-policies.yaml; its default one otherwise. */
    policy: name.optional(),
    then: next,
  }),
  about: 'Lève une alerte, que quelqu’un doit acquitter.',
  exits: onward,
  enter(run, node) {
    raise(run, node, filled(run, node.reason));
    return { go: node.then };
  },
  ahead: 'pass',
  texts: ({ reason, planning }) => [...text('reason', reason), ...text('planning', planning)],
  asked,
  check: knownPolicy,
});
