// How digits are collected: by their number or their end key, read back, corrected.
import type { Prompt } from '../../../telephony/prompt.ts';
import { endsByLength, keepAhead, mayEnd } from '../../ahead.ts';
import { flowOf, type Lead, note, type Run } from '../../run.ts';
import { speak, spell } from '../../speak.ts';
import { again, ask, gather, type Meaning, unasked } from '../common/keyed.ts';
import { type Asking, patience } from '../common/question.ts';
import { type Collect, onSilence, wordsOf } from './schema.ts';
import { readBackWords } from './words.ts';

const endOf = ({ terminator }: Collect): string => (terminator === 'none' ? '' : terminator);

export const meaning: Meaning<Collect> = {
  limits: (node, readBack) =>
    readBack === null ? { most: node.length.max, terminator: endOf(node) } : { most: 1, terminator: '' },
  prompts: (run, node, readBack) => (readBack === null ? speak(run, node.say) : readBackOf(run, node, readBack)),
  between: (node) => node.between,
  full: endsByLength,
  answered: (run, node, doing) =>
    doing.confirming === null ? collected(run, node, doing) : confirmed(run, node, doing, doing.confirming),
  unconfirmed,
  ahead: typedAhead,
};

function readBackOf(run: Run, node: Collect, digits: string): Prompt[] {
  const own = wordsOf(node);
  if (own) return speak(run, own);
  const { language } = flowOf(run);
  const [before, after] = readBackWords(language);
  return [...speak(run, [{ text: before }]), ...spell(digits, language), ...speak(run, [{ text: after }])];
}

/** What does not fit is forgotten: a stale key must not count as a wrong one. */
function typedAhead(run: Run, node: Collect, keys: string): Lead | undefined {
  const { max, min } = node.length;
  const end = endOf(node) === '' ? -1 : keys.indexOf(endOf(node));
  const digits = (end < 0 ? keys : keys.slice(0, end)).slice(0, max);
  if (end < 0 && digits.length < max) return half(run, node, digits);
  if (digits.length < min) return undefined;
  const rest = keys.slice(digits.length);
  if (rest[0] !== endOf(node)) mayEnd(run, endOf(node) || '#');
  if (node.confirm === false) keepAhead(run, rest[0] === endOf(node) ? rest.slice(1) : rest);
  return collected(run, node, { ...unasked, digits });
}

/** In the middle of typing: nothing is said, the rest is waited for. */
function half(run: Run, node: Collect, digits: string): Lead {
  const lead = gather(meaning, run, node, []);
  const { doing } = run.state;
  if (doing.kind === 'asking') run.state.doing = { ...doing, digits, played: true };
  patience(run, node.between);
  return lead;
}

function collected(run: Run, node: Collect, doing: Asking): Lead {
  const { digits } = doing;
  if (digits.length < node.length.min || digits.length > node.length.max)
    return again(meaning, run, node, doing, 'wrong');
  if (node.confirm === false) return taken(run, node, digits);
  // Whatever becomes of the question, what was keyed is known from here on.
  run.state.values[node.into] = digits;
  return ask(meaning, run, node, [], doing, digits);
}

function confirmed(run: Run, node: Collect, doing: Asking, digits: string): Lead {
  if (doing.digits === '1') return taken(run, node, digits);
  if (doing.digits !== '2') return again(meaning, run, node, doing, 'wrong');
  note(run, { keyed: digits, note: 'corrected' });
  delete run.state.values[node.into];
  return ask(meaning, run, node, [], doing);
}

/** Somebody who says nothing to « pour confirmer, tapez 1 » has keyed what they meant; the record says that it was not confirmed. */
function unconfirmed(run: Run, node: Collect, digits: string): Lead | undefined {
  return onSilence(node) === 'accept' ? taken(run, node, digits, 'not confirmed') : undefined;
}

function taken(run: Run, node: Collect, digits: string, how?: string): Lead {
  run.state.values[node.into] = digits;
  note(run, { keyed: digits, ...(how === undefined ? {} : { note: how }) });
  return { go: node.then };
}
