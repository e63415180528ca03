// Listen: word lists, tried in order on what the caller says. Accents, case and endings do not count; a negation before a word undoes it.

import type { Draft } from '../../draft.ts';
import { exit } from '../../exits.ts';
import { at, type Finding, type Spot } from '../../finding.ts';
import { isSaid } from '../../keywords.ts';
import { nodeKind } from '../../kind.ts';
import { wordsOf } from '../../speech-words.ts';
import { said } from '../common/speech.ts';
import { type Listen, schema } from './schema.ts';
import { enter, on } from './step.ts';

export const listen = nodeKind({
  schema,
  about: 'Écoute ce que dit l’appelant et choisit selon les mots reconnus ; des touches peuvent répondre aussi.',
  exits(node) {
    const gives = node.into ? [node.into] : [];
    return [
      ...node.hears.flatMap((one, i) => exit(one.then, ['hears', String(i), 'then'], false, gives)),
      ...Object.entries(node.keys ?? {}).flatMap(([key, to]) => exit(to, ['keys', key], false, gives)),
      ...exit(node.else, ['else'], false, gives),
      ...exit(node.nothing, ['nothing'], true, gives),
    ];
  },
  enter,
  on,
  ahead: 'answer',
  speeches: said,
  values: ({ into }) =>
    into === undefined ? [] : [{ name: into, info: { type: 'text', spelled: false, texts: null }, path: ['into'] }],
  check: echoes,
  story: [
    [/^no input$/, (node) => `ne dit rien (${node}).`],
    [/^(« .* »)$/s, (node, words) => `dit ${words} (${node}).`],
    [/^speech failed: (.*)$/s, (node, why) => `${node} : personne n’a pu l’écouter (${why}).`],
  ],
});

/** A question that holds a word it listens for can be answered by its own echo. */
function echoes({ node, flow, path }: Spot<Listen>, draft: Draft): Finding[] {
  if (!node['barge-in']) return [];
  const question = node.say.map(wordsOf).join(' ');
  const echoed = node.hears.flatMap(({ words }, list) =>
    words.flatMap((word, i) => (isSaid([word], question) ? [{ word, where: ['hears', list, 'words', i] }] : [])),
  );
  return echoed.map(({ word, where }) => {
    const message = `the question itself says « ${word} »: its echo may pass for an answer`;
    return at(draft, flow, [...path, ...where], message, 'write "barge-in: false", or ask in other words', 'warning');
  });
}
