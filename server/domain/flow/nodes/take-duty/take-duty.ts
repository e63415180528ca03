// Take-duty: after a PIN, a technician takes the duty of a planning that names them, from now until its next hand-off.
import { z } from 'zod';
import type { Prompt } from '../../../telephony/prompt.ts';
import { exit } from '../../exits.ts';
import { nodeKind } from '../../kind.ts';
import { momentWords } from '../../moments.ts';
import { dutiesTable, takeTable } from '../../own-tables.ts';
import { flowOf, type Lead, lineOf, note, type Run } from '../../run.ts';
import { name, seconds } from '../../schema-parts.ts';
import type { ValueInfo } from '../../set.ts';
import { speak } from '../../speak.ts';
import { spoken } from '../../spoken.ts';
import type { Offered } from '../../state.ts';
import { tongueOf } from '../../tongue.ts';
import { next } from '../common/grammar.ts';
import { type Answer, ask } from '../common/looking-up.ts';
import { keyWords, mostOffered, offering, offerSayings, offerStory } from '../common/offering.ts';

const schema = z.strictObject({
  kind: z.literal('take-duty'),
  /** Only this planning; all that name the technician otherwise. */
  planning: name.optional(),
  wait: seconds(2, 60).default(6),
  then: next,
  /** No planning names them, or nothing was chosen. */
  none: next,
});
type TakeDuty = z.output<typeof schema>;

const takeWords = tongueOf({
  fr: (planning: string, until: string) => `Prendre l'astreinte ${planning}, jusqu'à : ${until}.`,
  en: (planning: string, until: string) => `Take the duty of ${planning}, until: ${until}.`,
});
const told: ValueInfo = { type: 'text', spelled: false, texts: null };

export const takeDuty = nodeKind({
  schema,
  about: 'Après un pin : le technicien prend l’astreinte d’un planning qui le nomme, jusqu’à la prochaine relève.',
  exits: (node) => [...exit(node.then, ['then'], false, ['garde', 'fin']), ...exit(node.none, ['none'], true)],
  ...offering<TakeDuty>({
    table: dutiesTable,
    key: ({ planning = '' }, person) => `${person} ${planning}`,
    most: () => mostOffered,
    entry,
    empty: 'no planning names this person',
    take: (run, _node, { id }, { person }) => ask(run, { flow: '', table: takeTable, key: `${person} ${id}` }),
    taken,
  }),
  values: () => [
    { name: 'garde', info: told, path: [] },
    { name: 'fin', info: told, path: [] },
  ],
  asked: ({ planning }) => [{ planning, path: [] }],
  sayings: (_node, { flow }) => offerSayings(flow),
  story: [...offerStory, [/^takes the duty of (\S+) until .*$/, (_, planning) => `prend l’astreinte ${planning}.`]],
});

function taken(run: Run, node: TakeDuty, { found }: Answer): Lead {
  if (!found) {
    note(run, { note: 'the duty could not be taken' });
    return { go: node.none };
  }
  const until = momentWords(Number(found.until), run.at, lineOf(run).timezone, flowOf(run).language);
  Object.assign(run.state.values, { garde: String(found.name ?? ''), fin: until });
  note(run, { note: `takes the duty of ${found.planning} until ${new Date(Number(found.until)).toISOString()}` });
  return { go: node.then };
}

/** « Touche 1. Prendre l'astreinte Presses, jusqu'à : demain à 8 heures. » */
function entry(run: Run, { name, at }: Offered, key: number): Prompt[] {
  const { language } = flowOf(run);
  const until = momentWords(at, run.at, lineOf(run).timezone, language);
  return [
    ...speak(run, [{ text: keyWords(language, key) }]),
    ...spoken(takeWords(language)(name, until), language, true),
  ];
}
