// Sms: a text to whoever is on call, to a person, or to the caller. Sent beside the call.
import { z } from 'zod';
import type { Draft } from '../../draft.ts';
import { onward } from '../../exits.ts';
import { at, type Finding, type Spot } from '../../finding.ts';
import { nodeKind } from '../../kind.ts';
import { emit } from '../../run.ts';
import { filled } from '../../speak.ts';
import { next, person, planning } from '../common/grammar.ts';
import { oneRecipient } from '../common/recipient.ts';
import { text } from '../common/speech.ts';
import { asked, targetOf } from '../common/telling.ts';

const schema = z.strictObject({
  kind: z.literal('sms'),
  planning,
  person,
  /** To the caller's own number, where it is one that the trunks allow. */
  caller: z.literal(true).optional(),
  text: z.string().min(1).max(1000),
  then: next,
});
type Sms = z.output<typeof schema>;

export const sms = nodeKind({
  schema,
  about: 'Envoie un SMS à l’astreinte, à une personne ou à l’appelant.',
  exits: onward,
  enter(run, node) {
    const to = node.caller ? ('caller' as const) : targetOf(run, node);
    if (to) emit(run, { type: 'deliver', what: { by: 'sms', to, text: filled(run, node.text) } });
    return { go: node.then };
  },
  ahead: 'pass',
  texts: (node) => [...text('text', node.text), ...text('planning', node.planning)],
  asked,
  check: (spot, draft) => [...oneRecipient(draft, spot, 'caller'), ...long(draft, spot)],
});

/** What it will cost, where that is more than one would think. */
function long(draft: Draft, { node, flow, path }: Spot<Sms>): Finding[] {
  const told = draft.known.smsWarning?.(node.text);
  return told ? [at(draft, flow, [...path, 'text'], told.message, told.hint, 'warning')] : [];
}
