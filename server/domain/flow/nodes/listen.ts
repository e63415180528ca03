// Listen: what the caller says in their own words, weighed by word lists. Keys may answer as well. Where nobody can listen it goes on at once.
import type { CallEvent } from '../../telephony/event.ts';
import { keepAhead, keysOf, takeAhead } from '../ahead.ts';
import { isSaid } from '../keywords.ts';
import {
  answer,
  emit,
  end,
  flowOf,
  type Lead,
  longestSound,
  note,
  orPause,
  type Run,
  timerName,
  wait,
} from '../run.ts';
import type { NodeOf } from '../schema.ts';
import { speak } from '../speak.ts';
import type { Doing } from '../state.ts';

type Listen = NodeOf<'listen'>;
type Asking = Extract<Doing, { kind: 'asking' }>;
/** The carrier tells when a caller is done speaking, or does not speak; should it never tell, this long after the wait it is over. */
const backstopMs = 9000;
/** Below this, recognition guesses (docs/twilio.md). */
const sureEnough = 0.4;

export function enterListen(run: Run, node: Listen): Lead {
  if (run.state.gone) return end(run, 'normal', 'gone');
  if (node.into) run.state.values[node.into] = '';
  return byKeyAhead(run, node) ?? ask(run, node);
}

/** Who has typed already does not want to speak. */
function byKeyAhead(run: Run, node: Listen): Lead | undefined {
  const keys = takeAhead(run);
  return keys === '' ? undefined : byKeys(run, node, keys);
}

function ask(run: Run, node: Listen): Lead {
  answer(run);
  run.state.turn++;
  const prompts = orPause(speak(run, node.say));
  const hints = node.hears.flatMap(({ words }) => words.map((word) => word.replace(/\*$/, '')));
  const speech = { language: flowOf(run).language, hints };
  const patient = node['barge-in'] ? {} : { bargeIn: false as const };
  const limits = { most: 1, terminator: 'none', timeoutMs: node.wait * 1000 };
  const effect = emit(run, { type: 'gather', prompts, ...limits, ...patient, speech });
  run.state.doing = { kind: 'asking', effect, digits: '', played: false, confirming: null, silent: 0, wrong: 0 };
  emit(run, { type: 'start-timer', name: timerName(run, 'no-input'), ms: longestSound(prompts) });
  return wait;
}

export function onListen(run: Run, node: Listen, doing: Asking, event: CallEvent): Lead | undefined {
  switch (event.type) {
    case 'speech':
      if (event.asked !== undefined && event.asked !== doing.effect) return undefined;
      return event.failed === undefined
        ? heard(run, node, event.text, event.confidence)
        : deaf(run, node, doing, event.failed);
    case 'digits':
      return pressed(run, node, doing, event);
    case 'playback-finished':
      return event.playback === doing.effect && !doing.played ? said(run, node, doing) : undefined;
    case 'timer':
      return event.name === timerName(run, 'no-input') ? over(run, 'no input', node.nothing) : undefined;
    case 'effect-failed':
      return event.effect === doing.effect ? over(run, 'no input', node.nothing) : undefined;
    default:
      return undefined;
  }
}

/** The question was said: the carrier listens on; where it cannot, only keys are waited for. */
function said(run: Run, node: Listen, doing: Asking): Lead {
  run.state.doing = { ...doing, played: true };
  const ms = node.wait * 1000 + (doing.deaf ? 0 : backstopMs);
  emit(run, { type: 'start-timer', name: timerName(run, 'no-input'), ms });
  return wait;
}

/** Nobody can listen: an admin learns why. Where keys may answer, the question is said to its end all the same. */
function deaf(run: Run, node: Listen, doing: Asking, why: string): Lead {
  note(run, { note: `speech failed: ${why}` });
  emit(run, { type: 'warn', subject: 'speech', message: `a caller could not be understood: ${why}` });
  if (node.keys && !doing.played) {
    run.state.doing = { ...doing, deaf: true };
    return wait;
  }
  return over(run, 'no input', node.nothing);
}

function pressed(run: Run, node: Listen, doing: Asking, event: Extract<CallEvent, { type: 'digits' }>) {
  const keys = keysOf(event.digits);
  if (keys === '') return event.final ? over(run, 'no input', node.nothing) : undefined;
  if (!node['barge-in'] && !doing.played && !event.final) return undefined;
  const lead = byKeys(run, node, keys);
  return lead ?? (event.final ? over(run, 'no input', node.nothing) : undefined);
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
  const found = node.hears.find(({ words }) => isSaid(words, text));
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
    emit(run, { type: 'cancel-timer', name: timerName(run, 'no-input') });
    if (!doing.played) emit(run, { type: 'stop-play', playback: doing.effect });
  }
  return { go };
}
