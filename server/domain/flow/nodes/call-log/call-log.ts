// Call-log: after a PIN, the last callers are told, newest first, and a key chooses whom `call-back` rings. Never a keyed number.
import { z } from 'zod';
import type { Prompt } from '../../../telephony/prompt.ts';
import { exit } from '../../exits.ts';
import { nodeKind } from '../../kind.ts';
import { momentWords } from '../../moments.ts';
import { callsTable } from '../../own-tables.ts';
import { flowOf, lineOf, type Run } from '../../run.ts';
import { count, seconds } from '../../schema-parts.ts';
import { speak, spell, spokenNumber } from '../../speak.ts';
import { spoken } from '../../spoken.ts';
import type { Offered } from '../../state.ts';
import { tongueOf } from '../../tongue.ts';
import { next } from '../common/grammar.ts';
import { keyWords, offering, offerSayings, offerStory } from '../common/offering.ts';

const schema = z.strictObject({
  kind: z.literal('call-log'),
  /** Calls told at most. */
  most: count(1, 9).default(5),
  wait: seconds(2, 60).default(6),
  then: next,
  /** Nothing is on record, or nothing was chosen. */
  none: next,
});
type CallLog = z.output<typeof schema>;

const words = tongueOf({
  fr: {
    hidden: 'Numéro masqué : il ne peut pas être rappelé.',
    barred: 'Ce numéro ne peut pas être rappelé.',
    ofLine: (name: string) => `ligne ${name}`,
  },
  en: {
    hidden: 'Hidden number: it cannot be called back.',
    barred: 'This number cannot be called back.',
    ofLine: (name: string) => `line ${name}`,
  },
});

export const callLog = nodeKind({
  schema,
  about: 'Après un pin : énonce les derniers appels, une touche choisit qui rappeler.',
  exits: (node) => [...exit(node.then, ['then'], false, ['rappel']), ...exit(node.none, ['none'], true)],
  ...offering<CallLog>({
    table: callsTable,
    key: (_node, person) => person,
    most: (node) => node.most,
    entry,
    empty: 'no call on record',
    take(run, node, { id }, technician) {
      technician.last = id;
      run.state.values.rappel = id;
      return { go: node.then };
    },
  }),
  sayings: (_node, { flow }) => [...offerSayings(flow), { text: words(flow).hidden }, { text: words(flow).barred }],
  story: offerStory,
});

/** « Touche 2. Hier à 22 heures 10, ligne Dépannage. 0 6 1 2… » A caller who cannot be called has no key. */
function entry(run: Run, { id, name, at }: Offered, key: number): Prompt[] {
  const { language } = flowOf(run);
  const { hidden, barred, ofLine } = words(language);
  // The line's name, and behind it the number of a caller who may not be dialled.
  const [line = '', shown = ''] = name.split('\n');
  const when = momentWords(at, run.at, lineOf(run).timezone, language);
  const told = spoken(line ? `${when}, ${ofLine(line)}.` : `${when}.`, language, true);
  const say = (text: string) => speak(run, [{ text }]);
  if (id !== '') return [...say(keyWords(language, key)), ...told, ...spell(spokenNumber(id), language)];
  if (shown !== '') return [...told, ...spell(spokenNumber(shown), language), ...say(barred)];
  return [...told, ...say(hidden)];
}
