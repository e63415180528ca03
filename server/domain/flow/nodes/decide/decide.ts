// Decide: an urgency judged before anybody is woken: told now, told from the next opening hour on, or only written down.
import { z } from 'zod';
import type { Draft } from '../../draft.ts';
import { onward } from '../../exits.ts';
import { at, type Finding, type Spot } from '../../finding.ts';
import { hourFindings } from '../../hour-findings.ts';
import { nextWithin } from '../../hours.ts';
import { nodeKind } from '../../kind.ts';
import { lineOf, note, type Run } from '../../run.ts';
import { name } from '../../schema-parts.ts';
import { filled } from '../../speak.ts';
import { hours, next, person, planning } from '../common/grammar.ts';
import { text } from '../common/speech.ts';
import { asked, knownPolicy, raise } from '../common/telling.ts';

const schema = z.strictObject({
  kind: z.literal('decide'),
  decision: z.enum(['trigger', 'defer', 'log']),
  reason: z.string().min(1),
  planning,
  person,
  policy: name.optional(),
  /** For `defer`: the hours of the week at whose next beginning it is told. */
  hours,
  then: next,
});
type Decide = z.output<typeof schema>;

export const decide = nodeKind({
  schema,
  about: 'Juge une urgence : prévenir tout de suite, à l’ouverture, ou seulement l’inscrire.',
  exits: onward,
  /** The decision and its reason stand on record, whichever it is. */
  enter(run, node) {
    const reason = filled(run, node.reason);
    note(run, { note: `${node.decision}: ${reason}` });
    if (node.decision !== 'log') raise(run, node, reason, opening(run, node));
    return { go: node.then };
  },
  ahead: 'pass',
  texts: ({ reason, planning }) => [...text('reason', reason), ...text('planning', planning)],
  asked,
  check: (spot, draft) => [...knownPolicy(spot, draft), ...readable(spot, draft)],
  story: [
    [/^trigger: (.*)$/s, (node, why) => `${node} : à prévenir tout de suite. Motif : ${why}`],
    [/^defer: (.*)$/s, (node, why) => `${node} : à prévenir à l’ouverture. Motif : ${why}`],
    [/^log: (.*)$/s, (node, why) => `${node} : inscrit, personne n’est prévenu. Motif : ${why}`],
  ],
});

const opening = (run: Run, { decision, hours }: Decide) =>
  decision === 'defer' && hours ? nextWithin(hours, run.at, lineOf(run).timezone) : undefined;

function readable({ node, flow, path }: Spot<Decide>, draft: Draft): Finding[] {
  if (node.decision === 'defer' && !node.hours)
    return [at(draft, flow, path, '"defer" without hours', 'add hours: { lun-ven: "08:00-18:00" }')];
  return hourFindings(node.hours, (days, message, hint) => at(draft, flow, [...path, 'hours', days], message, hint));
}
