// Questions that callers answer by word: a question that holds a word it listens for can be answered by its own echo.
import { at, nodesOf, type Rule } from '../finding.ts';
import { isSaid } from '../keywords.ts';
import { wordsOf } from '../speeches.ts';

const hint = 'write "barge-in: false", or ask in other words';

export const listening: Rule = (draft) =>
  nodesOf(draft).flatMap(({ flow, node, path }) => {
    if (node.kind !== 'listen' || !node['barge-in']) return [];
    const question = node.say.map(wordsOf).join(' ');
    const echoed = node.hears.flatMap(({ words }, list) =>
      words.flatMap((word, i) => (isSaid([word], question) ? [{ word, where: ['hears', list, 'words', i] }] : [])),
    );
    return echoed.map(({ word, where }) =>
      at(
        draft,
        flow,
        [...path, ...where],
        `the question itself says « ${word} »: its echo may pass for an answer`,
        hint,
        'warning',
      ),
    );
  });
