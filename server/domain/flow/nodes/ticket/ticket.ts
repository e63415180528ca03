// Ticket: opened in a tool of messages.yaml. With `into` the call waits a moment for its reference; the ticket itself waits for nobody.
import { z } from 'zod';
import { exit } from '../../exits.ts';
import { noSuch } from '../../finding.ts';
import { nodeKind } from '../../kind.ts';
import { emit, type Lead, note, type Run } from '../../run.ts';
import { name, seconds, valueName } from '../../schema-parts.ts';
import { next } from '../common/grammar.ts';
import { type Answer, answered, awaitAnswer } from '../common/looking-up.ts';

const schema = z.strictObject({
  kind: z.literal('ticket'),
  tool: name,
  into: valueName.optional(),
  wait: seconds(0.5, 10).default(3),
  then: next,
});
type Ticket = z.output<typeof schema>;

export const ticket = nodeKind({
  schema,
  about: 'Ouvre un ticket dans un outil de messages.yaml, et en reçoit la référence si « into » est donné.',
  exits: ({ then, into }) => exit(then, ['then'], true, into ? [into] : []),
  enter(run, { tool, into, wait, then }) {
    const effect = emit(run, { type: 'deliver', what: { by: 'ticket', tool, ...(into ? { into } : {}) } });
    if (into === undefined) return { go: then };
    run.state.values[into] = '';
    if (run.state.gone) return { go: then };
    run.state.turn++;
    return awaitAnswer(run, effect, wait * 1000);
  },
  on(run, node, event) {
    const answer = answered(run, event);
    return answer && opened(run, node, answer);
  },
  ahead: 'pass',
  values: ({ into }) =>
    into === undefined ? [] : [{ name: into, info: { type: 'text', spelled: false, texts: null }, path: ['into'] }],
  check: ({ node, flow, path }, draft) =>
    draft.known.tools ? noSuch(draft, flow, [...path, 'tool'], 'tool', node.tool, draft.known.tools) : [],
});

/** The reference, or patience at its end: the ticket goes its own way. */
function opened(run: Run, { into, then }: Ticket, { found }: Answer): Lead {
  const reference = Object.values(found ?? {})[0];
  if (into !== undefined && typeof reference === 'string') run.state.values[into] = reference;
  note(run, { note: reference ? `ticket ${reference}` : 'no reference yet' });
  return { go: then };
}
