// Numbered things told to a technician, and the one key that chooses among them. What the things are, the nodes beside this file know.
import type { CallEvent } from '../../telephony/event.ts';
import type { Prompt } from '../../telephony/prompt.ts';
import { answer, emit, flowOf, type Lead, longestSound, note, orPause, type Run, timerName, wait } from '../run.ts';
import { speak } from '../speak.ts';
import type { Doing, Offered } from '../state.ts';
import { wordsIn } from '../words.ts';

type Asking = Extract<Doing, { kind: 'asking' }>;
type Choosing = { wait: number; none: string };

/** Longer than the house takes to answer: only for an answer that was lost. */
const backstopMs = 15_000;
const mostWrong = 3;
/** Keys 1 to 9. */
export const mostOffered = 9;

/** Asks the house's own tables, which no file can name. */
export function askHouse(run: Run, table: string, key: string): Lead {
  run.state.turn++;
  const effect = emit(run, { type: 'look-up', flow: '', table, key });
  run.state.doing = { kind: 'looking-up', effect };
  emit(run, { type: 'start-timer', name: timerName(run, 'look-up'), ms: backstopMs });
  return wait;
}

/** The answer, null where there is none to come; undefined: this event is none. */
export function houseSaid(run: Run, effect: string, event: CallEvent) {
  const late = event.type === 'timer' && event.name === timerName(run, 'look-up');
  const answered = event.type === 'looked-up' && event.request === effect;
  if (!late && !answered) return undefined;
  emit(run, { type: 'cancel-timer', name: timerName(run, 'look-up') });
  return answered ? event.found : null;
}

/** Rows come as `id1`, `name1`, `at1`, `id2`…: values of a call are plain. */
export const offeredIn = (found: Readonly<Record<string, unknown>>): Offered[] =>
  Array.from({ length: Math.min(Number(found.count ?? 0), mostOffered) }, (_, i) => ({
    ...{ id: String(found[`id${i + 1}`] ?? ''), name: String(found[`name${i + 1}`] ?? '') },
    at: Number(found[`at${i + 1}`] ?? 0),
  }));

export function offer(run: Run, node: Choosing, told: Prompt[], silent = 0, wrong = 0): Lead {
  answer(run);
  run.state.turn++;
  const { language } = flowOf(run);
  const prompts = orPause([...told, ...speak(run, [{ text: wordsIn(language).offerEnd }])]);
  const effect = emit(run, { type: 'gather', prompts, most: 1, terminator: '', timeoutMs: node.wait * 1000 });
  run.state.doing = { kind: 'asking', effect, digits: '', played: false, confirming: null, silent, wrong };
  emit(run, { type: 'start-timer', name: timerName(run, 'no-input'), ms: longestSound(prompts) });
  return wait;
}

/** @param again says everything once more; @param take goes on with what was chosen */
export function onOffer(
  run: Run,
  node: Choosing,
  doing: Asking,
  event: CallEvent,
  again: (silent: number, wrong: number) => Lead,
  take: (chosen: Offered) => Lead,
): Lead | undefined {
  const mine = 'playback' in event ? event.playback : event.type === 'effect-failed' ? event.effect : undefined;
  if (mine === doing.effect && !doing.played) {
    run.state.doing = { ...doing, played: true };
    emit(run, { type: 'start-timer', name: timerName(run, 'no-input'), ms: node.wait * 1000 });
    return wait;
  }
  const over = event.type === 'timer' && event.name === timerName(run, 'no-input');
  if (!over && event.type !== 'digits') return undefined;
  const key = event.type === 'digits' ? (event.digits.replace(/[^0-9*#]/g, '')[0] ?? '') : '';
  if (key === '' && event.type === 'digits' && !event.final) return undefined;
  emit(run, { type: 'cancel-timer', name: timerName(run, 'no-input') });
  if (!over && !doing.played) emit(run, { type: 'stop-play', playback: doing.effect });
  return keyed(run, node, doing, key, again, take);
}

function keyed(
  run: Run,
  node: Choosing,
  { silent, wrong }: Asking,
  key: string,
  again: (silent: number, wrong: number) => Lead,
  take: (chosen: Offered) => Lead,
): Lead {
  if (key === '0') return { go: node.none };
  if (key === '*') return again(silent, wrong);
  if (key === '') return silent > 0 ? nothing(run, node, 'no input') : again(silent + 1, wrong);
  const chosen = run.state.technician?.offered?.[Number(key) - 1];
  if (chosen?.id) {
    note(run, { keyed: key, note: chosen.name });
    return take(chosen);
  }
  note(run, { keyed: key, note: 'wrong input' });
  return wrong + 1 < mostWrong ? again(silent, wrong + 1) : { go: node.none };
}

function nothing(run: Run, node: Choosing, why: string): Lead {
  note(run, { note: why });
  return { go: node.none };
}
