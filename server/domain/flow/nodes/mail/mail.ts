// Mail: words, and the recorded message when there is one by then. Sent beside the call.
import { z } from 'zod';
import { onward } from '../../exits.ts';
import { nodeKind } from '../../kind.ts';
import { emit } from '../../run.ts';
import { filled } from '../../speak.ts';
import { next, person, planning } from '../common/grammar.ts';
import { oneRecipient } from '../common/recipient.ts';
import { text } from '../common/speech.ts';
import { asked, targetOf } from '../common/telling.ts';

export const mail = nodeKind({
  schema: z.strictObject({
    kind: z.literal('mail'),
    planning,
    person,
    address: z.email('is not an e-mail address').optional(),
    subject: z.string().min(1).max(200),
    /** The recorded message goes along, when there is one by then. */
    text: z.string().min(1).max(5000),
    then: next,
  }),
  about: 'Envoie un courriel, avec le message enregistré s’il y en a un.',
  exits: onward,
  enter(run, node) {
    const to = node.address === undefined ? targetOf(run, node) : { address: node.address };
    const words = { subject: filled(run, node.subject), text: filled(run, node.text) };
    if (to) emit(run, { type: 'deliver', what: { by: 'mail', to, ...words } });
    return { go: node.then };
  },
  ahead: 'pass',
  texts: (node) => [...text('subject', node.subject), ...text('text', node.text), ...text('planning', node.planning)],
  asked,
  check: (spot, draft) => oneRecipient(draft, spot, 'address'),
});
