// What the caller says in their own words, weighed by word lists. Where nobody can listen the call goes on at once.
import type { CallEvent } from '../../../telephony/event.ts';
import { keepAhead, keysOf, takeAhead } from '../../ahead.ts';
import { isSaid as isWordSaid } from '../../keywords.ts';
import { emit, end, flowOf, type Lead, note, type Run, wait } from '../../run.ts';
import { speak } from '../../speak.ts';
import type { FlowEvent } from '../../state.ts';
import { type Asking, close, hush, isOver, isSaid, patience, put } from '../common/question.ts';
import type { Listen } from './schema.ts';

/** The carrier tells when a caller is done speaking, or does not speak; should it never tell, this long after the wait it is over. */
const backstop = 9;
/** Below this, recognition guesses (docs/twilio.md). */
const sureEnough = 0.4;

export function enter(run: Run, node: Listen): Lead {
  if (run.state.gone) return end(run, 'normal', 'gone');
  if (node.into) run.state.values[node.into] = '';
  // Who has typed already does not want to speak.
  const keys = takeAhead(run);
  return (keys === '' ? undefined : byKeys(run, node, keys)) ?? ask(run, node);
}

function ask(run: Run, node: Listen): Lead {
  const hints = node.hears.flatMap(({ words }) => words.map((word) => word.replace(/\*$/, '')));
  return put(run, {
    prompts: speak(run, node.say),
    most: 1,
    terminator: 'none',
    wait: node.wait,
    patient: !node['barge-in'],
    speech: { language: flowOf(run).language, hints },
  });
}

export function on(run: Run, node: Listen, event: FlowEvent): Lead | undefined {
  const { doing } = run.state;
  if (doing.kind !== 'asking') return undefined;
  if (event.type === 'speech') return onSpeech(run, node, doing, event);
  if (event.type === 'digits') return pressed(run, node, doing, event);
  if (isOver(run, event) || (event.type === 'effect-failed' && event.effect === doing.effect))
    return over(run, 'no input', node.nothing);
  return isSaid(event, doing) && !doing.played ? onSaid(run, node, doing) : undefined;
}

/** The question was said: the carrier listens on; where it cannot, only keys are waited for. */
function onSaid(run: Run, node: Listen, doing: Asking): Lead {
  run.state.doing = { ...doing, played: true };
  return patience(run, node.wait + (doing.deaf ? 0 : backstop));
}

function onSpeech(run: Run, node: Listen, doing: Asking, event: Extract<CallEvent, { type: 'speech' }>) {
  if (event.asked !== undefined && event.asked !== doing.effect) return undefined;
  return event.failed === undefined
    ? heard(run, node, event.text, event.confidence)
    : deaf(run, node, doing, event.failed);
}

/** Nobody can listen: an admin learns why. Where keys may answer, the question is said to its end all the same. */
function deaf(run: Run, node: Listen, doing: Asking, why: string): Lead {
  note(run, { note: `speech failed: ${why}` });
  emit(run, { type: 'warn', subject: 'speech', message: `a caller could not be understood: ${why}` });
  if (!node.keys || doing.played) return over(run, 'no input', node.nothing);
  run.state.doing = { ...doing, deaf: true };
  return wait;
}

function pressed(run: Run, node: Listen, doing: Asking, event: Extract<CallEvent, { type: 'digits' }>) {
  const keys = keysOf(event.digits);
  const nothing = () => (event.final ? over(run, 'no input', node.nothing) : undefined);
  if (keys === '') return nothing();
  if (!node['barge-in'] && !doing.played && !event.final) return undefined;
  return byKeys(run, node, keys) ?? nothing();
}

/** A key of the node's own; where it has none, the key is an answer to what is asked next. */
function byKeys(run: Run, node: Listen, keys: string): Lead | undefined {
  if (!node.keys) {
    keepAhead(run, keys);
    return over(run, 'no input', node.nothing);
  }
  const [key = ''] = keys;
  const go = Object.hasOwn(node.keys, key) ? node.keys[key] : undefined;
  if (go === undefined) return undefined;
  keepAhead(run, keys.slice(1));
  note(run, { keyed: key });
  return leave(run, go);
}

/** A guess takes the way of what was said in other words: it decides nothing, and stands on record. */
function heard(run: Run, node: Listen, given: string, confidence = 1): Lead {
  const text = given
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 500);
  if (node.into) run.state.values[node.into] = text;
  if (text === '') return over(run, 'no input', node.nothing);
  if (confidence < sureEnough) return over(run, `« ${text} » (?)`, node.else);
  const found = node.hears.find(({ words }) => isWordSaid(words, text));
  return over(run, `« ${text} »`, found?.then ?? node.else);
}

function over(run: Run, words: string, go: string): Lead {
  note(run, { note: words });
  return leave(run, go);
}

/** What is still being said is cut: the next node speaks. */
function leave(run: Run, go: string): Lead {
  const { doing } = run.state;
  if (doing.kind === 'asking') {
    close(run);
    hush(run, doing);
  }
  return { go };
}
