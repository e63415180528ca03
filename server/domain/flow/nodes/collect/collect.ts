// Collect: digits, read back before they count where the file says so.
import { exit } from '../../exits.ts';
import { at } from '../../finding.ts';
import { nodeKind } from '../../kind.ts';
import { keyed, keyedStory, retryExits, retrySpeeches } from '../common/keyed.ts';
import { speech } from '../common/speech.ts';
import { inputsOf } from './inputs.ts';
import { schema, wordsOf } from './schema.ts';
import { meaning } from './step.ts';
import { readBackWords } from './words.ts';

export const collect = nodeKind({
  schema,
  about: 'Demande des chiffres (code postal, contrat), au besoin relus avant de compter.',
  ...keyed(meaning),
  exits: (node) => [...exit(node.then, ['then'], false, [node.into]), ...retryExits(node)],
  ahead: 'answer',
  speeches: (node) => [
    ...retrySpeeches(node),
    ...speech(Array.isArray(node.confirm) ? ['confirm'] : ['confirm', 'say'], wordsOf(node)),
  ],
  values: ({ into }) => [{ name: into, info: { type: 'text', spelled: true, texts: null }, path: ['into'] }],
  sayings: (node, { flow }) =>
    node.confirm !== false && !wordsOf(node) ? readBackWords(flow).map((text) => ({ text })) : [],
  check({ node, flow, path }, draft) {
    const { min, max } = node.length;
    return min > max ? [at(draft, flow, [...path, 'length'], `min ${min} is more than max ${max}`)] : [];
  },
  story: keyedStory,
  answers: inputsOf,
});
