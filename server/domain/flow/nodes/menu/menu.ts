// Menu: one key, each with its way.
import { z } from 'zod';
import { keepAhead, mayEnd } from '../../ahead.ts';
import { exit } from '../../exits.ts';
import { at } from '../../finding.ts';
import { nodeKind } from '../../kind.ts';
import { type Lead, note, type Run } from '../../run.ts';
import { valueName } from '../../schema-parts.ts';
import { speak } from '../../speak.ts';
import { asks, key, next } from '../common/grammar.ts';
import { again, keyed, keyedStory, type Meaning, retryExits, retrySpeeches, unasked } from '../common/keyed.ts';
import type { Asking } from '../common/question.ts';

const choice = z
  .union([next, z.strictObject({ then: next, value: z.string().min(1).optional() })])
  .transform((given): { then: string; value?: string | undefined } =>
    typeof given === 'string' ? { then: given } : given,
  );
const schema = z.strictObject({
  kind: z.literal('menu'),
  ...asks,
  /** Where the chosen key's `value` is kept. */
  into: valueName.optional(),
  keys: z.record(key, choice),
});
type Menu = z.output<typeof schema>;

const meaning: Meaning<Menu> = {
  limits: () => ({ most: 1, terminator: '' }),
  prompts: (run, node) => speak(run, node.say),
  between: (node) => node.wait,
  isAnswer: (node, key) => Object.hasOwn(node.keys, key),
  answered: chosen,
  ahead(run, node, keys) {
    const [digits = ''] = keys;
    if (!Object.hasOwn(node.keys, digits)) return undefined;
    keepAhead(run, keys.slice(1));
    mayEnd(run, '#');
    return chosen(run, node, { ...unasked, digits });
  },
};

function chosen(run: Run, node: Menu, doing: Asking): Lead {
  const found = Object.hasOwn(node.keys, doing.digits) ? node.keys[doing.digits] : undefined;
  if (!found) return again(meaning, run, node, doing, 'wrong');
  if (node.into) run.state.values[node.into] = found.value ?? doing.digits;
  note(run, { keyed: doing.digits, ...(found.value ? { note: found.value } : {}) });
  return { go: found.then };
}

export const menu = nodeKind({
  schema,
  about: 'Pose une question à laquelle une touche répond.',
  ...keyed(meaning),
  exits: (node) => [
    ...Object.entries(node.keys).flatMap(([digit, { then }]) =>
      exit(then, ['keys', digit, 'then'], false, node.into ? [node.into] : []),
    ),
    ...retryExits(node),
  ],
  ahead: 'answer',
  speeches: retrySpeeches,
  values({ into, keys }) {
    if (into === undefined) return [];
    const texts = Object.entries(keys).map(([digit, { value }]) => value ?? digit);
    return [{ name: into, info: { type: 'text', spelled: false, texts }, path: ['into'] }];
  },
  check({ node, flow, path }, draft) {
    if (Object.keys(node.keys).length > 0) return [];
    return [at(draft, flow, [...path, 'keys'], 'a menu without a key', 'give at least one: "1": some-node')];
  },
  story: keyedStory,
  answers: (node) => [...Object.keys(node.keys), ''],
});
