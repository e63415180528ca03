// A question answered by keys: asked again on nothing or on something wrong, and left as the file says. What the keys mean, the kinds know.
import type { CallEvent } from '../../../telephony/event.ts';
import type { Prompt } from '../../../telephony/prompt.ts';
import { keysOf, mayEnd, takeAhead, withoutEnd } from '../../ahead.ts';
import { type Exit, exit } from '../../exits.ts';
import type { Speech, Telling } from '../../kind.ts';
import { end, type Lead, note, type Run, wait } from '../../run.ts';
import type { Piece } from '../../schema-parts.ts';
import type { FlowNode } from '../../set.ts';
import { speak } from '../../speak.ts';
import type { FlowEvent } from '../../state.ts';
import type { Retry } from './grammar.ts';
import { type Asking, close, hush, isOver, isSaid, patience, put, unanswered } from './question.ts';
import { speech } from './speech.ts';

export type KeyedNode = FlowNode & {
  say: Piece[];
  wait: number;
  'barge-in': boolean;
  'no-input': Retry;
  'wrong-input': Retry;
};
/** Keys at most, and the key that ends them before that; empty: none does. */
export type Limits = { most: number; terminator: string };
/** Digits that are being read back; null: none are. */
export type ReadBack = string | null;

export type Meaning<N> = {
  limits(node: N, readBack: ReadBack): Limits;
  prompts(run: Run, node: N, readBack: ReadBack): Prompt[];
  /** Seconds that the next key may take, once one was pressed. */
  between(node: N): number;
  /** As many keys as there may be. */
  full?(run: Run): void;
  /** Nothing was keyed at the read-back. @returns undefined: it is asked again */
  unconfirmed?(run: Run, node: N, digits: string): Lead | undefined;
  /** Whether this key alone is an answer. */
  isAnswer?(node: N, key: string): boolean;
  /** Keys were pressed, and no more are to come. */
  answered(run: Run, node: N, doing: Asking): Lead;
  /** Typed before the question was asked. @returns undefined where they do not fit */
  ahead(run: Run, node: N, keys: string): Lead | undefined;
};

/** More keys than any node may ask for: what lies beyond comes from a hostile or broken carrier. */
const mostKeys = 40;

/** Nothing was keyed yet, and the question was not said. */
export const unasked: Asking = {
  kind: 'asking',
  effect: '',
  digits: '',
  played: true,
  confirming: null,
  silent: 0,
  wrong: 0,
};

/** Asks, after `first` was said. Counts go on from `before`. */
export function ask<N extends KeyedNode>(
  meaning: Meaning<N>,
  run: Run,
  node: N,
  first: Prompt[],
  before?: Asking,
  readBack: ReadBack = null,
): Lead {
  return gather(meaning, run, node, [...first, ...meaning.prompts(run, node, readBack)], before, readBack);
}

export function gather<N extends KeyedNode>(
  meaning: Meaning<N>,
  run: Run,
  node: N,
  prompts: Prompt[],
  { silent, wrong } = unasked,
  confirming: ReadBack = null,
): Lead {
  const { most, terminator } = meaning.limits(node, confirming);
  const question = { most, terminator, prompts, wait: node.wait, patient: !node['barge-in'] };
  return put(run, question, { confirming, silent, wrong });
}

/** Nothing or something wrong was keyed: once more, or off to where the file says after so many times. */
export function again<N extends KeyedNode>(
  meaning: Meaning<N>,
  run: Run,
  node: N,
  doing: Asking,
  what: 'silent' | 'wrong',
): Lead {
  delete run.state.ended;
  const rule = what === 'silent' ? node['no-input'] : node['wrong-input'];
  const counted = { ...doing, [what]: doing[what] + 1 };
  note(run, what === 'silent' ? { note: 'no input' } : { keyed: doing.digits, note: 'wrong input' });
  if (counted[what] >= rule.tries) return { go: rule.then };
  return ask(meaning, run, node, rule.say ? speak(run, rule.say) : [], counted, doing.confirming);
}

/** The part of a kind that asks in this way. */
export const keyed = <N extends KeyedNode>(meaning: Meaning<N>) => ({
  ...(meaning.isAnswer ? { isAnswer: meaning.isAnswer } : {}),
  enter: (run: Run, node: N): Lead => enter(meaning, run, node),
  on(run: Run, node: N, event: FlowEvent): Lead | undefined {
    const { doing } = run.state;
    if (doing.kind !== 'asking') return undefined;
    if (event.type === 'digits') return onDigits(meaning, run, node, doing, event);
    if (isSaid(event, doing)) return onSaid(run, node, doing);
    return isOver(run, event) ? complete(meaning, run, node, doing) : undefined;
  },
  /** The same question again; what was half keyed is keyed anew, the counts stay. */
  resume(run: Run, node: N): Lead {
    const { doing } = run.state;
    return doing.kind === 'asking' ? ask(meaning, run, node, [], doing, doing.confirming) : enter(meaning, run, node);
  },
});

function enter<N extends KeyedNode>(meaning: Meaning<N>, run: Run, node: N): Lead {
  if (run.state.gone) return end(run, 'normal', 'gone');
  const typed = takeAhead(run);
  const [first = ''] = typed;
  const keys = meaning.isAnswer?.(node, first) ? typed : withoutEnd(run, typed);
  return (keys === '' ? undefined : meaning.ahead(run, node, keys)) ?? ask(meaning, run, node, []);
}

function onSaid(run: Run, node: KeyedNode, doing: Asking): Lead | undefined {
  if (doing.played) return undefined;
  doing.played = true;
  return doing.digits === '' ? patience(run, node.wait) : wait;
}

function onDigits<N extends KeyedNode>(
  meaning: Meaning<N>,
  run: Run,
  node: N,
  doing: Asking,
  { digits, final }: Extract<CallEvent, { type: 'digits' }>,
): Lead | undefined {
  const keys = keysOf(digits).slice(0, mostKeys);
  const { most, terminator } = meaning.limits(node, doing.confirming);
  if (final) {
    if (!keys.includes(terminator) || terminator === '') mayEnd(run, endKey(meaning, node));
    return complete(meaning, run, node, { ...doing, digits: doing.digits + before(terminator, keys) });
  }
  if (keys === '' || (!node['barge-in'] && !doing.played)) return undefined;
  if (doing.digits === '') hush(run, doing);
  doing.played = true;
  for (const key of keys) {
    if (key === terminator) return complete(meaning, run, node, doing);
    doing.digits += key;
    if (doing.digits.length < most) continue;
    meaning.full?.(run);
    mayEnd(run, endKey(meaning, node));
    return complete(meaning, run, node, doing);
  }
  return patience(run, meaning.between(node));
}

function complete<N extends KeyedNode>(meaning: Meaning<N>, run: Run, node: N, doing: Asking): Lead {
  close(run);
  if (doing.digits !== '') return meaning.answered(run, node, doing);
  const accepted = doing.confirming === null ? undefined : meaning.unconfirmed?.(run, node, doing.confirming);
  return accepted ?? again(meaning, run, node, doing, 'silent');
}

/** The key that people end an answer with, whether it is asked for or not. */
const endKey = <N extends KeyedNode>(meaning: Meaning<N>, node: N): string =>
  meaning.limits(node, null).terminator || '#';

const before = (terminator: string, keys: string): string =>
  terminator !== '' && keys.includes(terminator) ? keys.slice(0, keys.indexOf(terminator)) : keys;

export const retryExits = (node: KeyedNode): Exit[] => [
  ...exit(node['no-input'].then, ['no-input', 'then'], true),
  ...exit(node['wrong-input'].then, ['wrong-input', 'then'], false),
];

export const retrySpeeches = (node: KeyedNode): Speech[] => [
  ...speech(['say'], node.say),
  ...speech(['no-input', 'say'], node['no-input'].say),
  ...speech(['wrong-input', 'say'], node['wrong-input'].say),
];

export const keyedStory: readonly Telling[] = [unanswered];
