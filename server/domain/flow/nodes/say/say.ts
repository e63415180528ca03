// Say: something to hear. Passed over by a caller who has typed already what comes after it.
import { z } from 'zod';
import { onward } from '../../exits.ts';
import { nodeKind } from '../../kind.ts';
import { play } from '../../run.ts';
import { speech } from '../../schema-parts.ts';
import { speak } from '../../speak.ts';
import { next } from '../common/grammar.ts';
import { isPlayed } from '../common/playing.ts';
import { said } from '../common/speech.ts';

export const say = nodeKind({
  schema: z.strictObject({
    kind: z.literal('say'),
    say: speech,
    /** A key cuts it short where a question follows, and answers that question. */
    'barge-in': z.boolean().default(true),
    then: next,
  }),
  about: 'Fait entendre quelque chose, puis continue.',
  exits: onward,
  enter: (run, node) => (run.state.gone ? { go: node.then } : play(run, speak(run, node.say))),
  on: (run, node, event) => (isPlayed(run, event) ? { go: node.then } : undefined),
  ahead: 'pass',
  passedOver: (node) => node.then,
  speeches: said,
});
