// Listen: what the caller says in their own words, weighed by word lists. A network without speech recognition says nothing, and goes on.
import type { CallEvent } from '../../telephony/event.ts';
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
/** Recognition takes its time after the last word. */
const graceMs = 4000;
/** Below this, recognition guesses (docs/twilio.md). */
const sureEnough = 0.4;

export function enterListen(run: Run, node: Listen): Lead {
  if (run.state.gone) return end(run, 'normal', 'gone');
  if (node.into) run.state.values[node.into] = '';
  answer(run);
  run.state.turn++;
  const prompts = orPause(speak(run, node.say));
  const hints = node.hears.flatMap(({ words }) => words.map((word) => word.replace(/\*$/, '')));
  const speech = { language: flowOf(run).language, hints };
  const effect = emit(run, {
    type: 'gather',
    prompts,
    most: 1,
    terminator: 'none',
    timeoutMs: node.wait * 1000,
    speech,
  });
  run.state.doing = { kind: 'asking', effect, digits: '', played: false, confirming: null, silent: 0, wrong: 0 };
  emit(run, { type: 'start-timer', name: timerName(run, 'no-input'), ms: longestSound(prompts) });
  return wait;
}

export function onListen(run: Run, node: Listen, doing: Asking, event: CallEvent): Lead | undefined {
  if (event.type === 'speech') return heard(run, node, event.text, event.confidence);
  if (event.type === 'playback-finished' && event.playback === doing.effect && !doing.played) {
    run.state.doing = { ...doing, played: true };
    emit(run, { type: 'start-timer', name: timerName(run, 'no-input'), ms: node.wait * 1000 + graceMs });
    return wait;
  }
  const silent = event.type === 'timer' && event.name === timerName(run, 'no-input');
  const done = event.type === 'digits' && event.final === true;
  const failed = event.type === 'effect-failed' && event.effect === doing.effect;
  return silent || done || failed ? over(run, 'no input', node.nothing) : undefined;
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
  emit(run, { type: 'cancel-timer', name: timerName(run, 'no-input') });
  note(run, { note: words });
  return { go };
}
