// Hangup: the end of the call, told or silent.
import { z } from 'zod';
import { at } from '../../finding.ts';
import { nodeKind } from '../../kind.ts';
import { end, play } from '../../run.ts';
import { speech } from '../../schema-parts.ts';
import { speak } from '../../speak.ts';
import { isPlayed } from '../common/playing.ts';
import { said } from '../common/speech.ts';

export const hangup = nodeKind({
  schema: z.strictObject({
    kind: z.literal('hangup'),
    say: speech.optional(),
    reason: z.enum(['normal', 'busy', 'rejected']).default('normal'),
  }),
  about: 'Termine l’appel, avec ou sans un dernier mot.',
  purpose: 'end',
  exits: () => [],
  enter(run, node) {
    if (run.state.gone) return end(run, 'normal', 'gone');
    return node.say ? play(run, speak(run, node.say)) : end(run, node.reason, 'told');
  },
  on: (run, node, event) => (isPlayed(run, event) ? end(run, node.reason, 'told') : undefined),
  speeches: said,
  /** `busy` and `rejected` are answers to the network, given instead of answering: there is nothing to hear with them. */
  check({ node, flow, path }, draft) {
    if (!node.say || node.reason === 'normal') return [];
    const message = `a caller who is told something is not "${node.reason}"`;
    return [at(draft, flow, [...path, 'reason'], message, 'remove say or reason', 'warning')];
  },
});
