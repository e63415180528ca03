// Menu and collect: ask, listen for keys, ask again on nothing or on something wrong, and give up as the file says.
import type { CallEvent } from '../../telephony/event.ts';
import type { Prompt } from '../../telephony/prompt.ts';
import { endsByLength, keepAhead, keysOf, takeAhead } from '../ahead.ts';
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
import { speak, spell } from '../speak.ts';
import type { Doing } from '../state.ts';
import { wordsIn } from '../words.ts';

type Asking = NodeOf<'menu'> | NodeOf<'collect'>;
type Ask = Extract<Doing, { kind: 'asking' }>;
const timer = 'no-input';
/** More keys than any node may ask for: what lies beyond comes from a hostile or broken carrier. */
const mostKeys = 40;

const limits = (node: Asking, confirming: boolean) =>
  node.kind === 'menu' || confirming
    ? { most: 1, least: 1, terminator: '' }
    : { most: node.length.max, least: node.length.min, terminator: node.terminator === 'none' ? '' : node.terminator };

/** Asks from the beginning, once more after `first` was said. Counts go on from `before`. */
function ask(run: Run, node: Asking, first: Prompt[], before?: Ask, confirming: string | null = null): Lead {
  const body = confirming === null ? speak(run, node.say) : readBack(run, node, confirming);
  return gather(run, node, orPause([...first, ...body]), before, confirming);
}

function gather(run: Run, node: Asking, prompts: Prompt[], before?: Ask, confirming: string | null = null): Lead {
  answer(run);
  run.state.turn++;
  const { most, terminator } = limits(node, confirming !== null);
  const timeoutMs = node.wait * 1000;
  const patient = node['barge-in'] ? {} : { bargeIn: false as const };
  const effect = emit(run, { type: 'gather', prompts, most, terminator, timeoutMs, ...patient });
  run.state.doing = { kind: 'asking', effect, digits: '', played: false, ...counted(before, confirming) };
  emit(run, { type: 'start-timer', name: timerName(run, timer), ms: longestSound(prompts) });
  return wait;
}

function readBack(run: Run, node: Asking, digits: string): Prompt[] {
  if (node.kind === 'collect' && Array.isArray(node.confirm)) {
    run.state.values[node.into] = digits;
    return speak(run, node.confirm);
  }
  const { language } = flowOf(run);
  const [before, after] = wordsIn(language).confirmDigits;
  return [...speak(run, [{ text: before }]), ...spell(digits, language), ...speak(run, [{ text: after }])];
}

export const enterAsk = (run: Run, node: Asking): Lead =>
  run.state.gone ? end(run, 'normal', 'gone') : (byKeysAhead(run, node, takeAhead(run)) ?? ask(run, node, []));

/** Keys typed ahead answer without the question being said. What does not fit is forgotten: a stale key must not count as a wrong one. */
function byKeysAhead(run: Run, node: Asking, keys: string): Lead | undefined {
  if (keys === '') return undefined;
  const fresh: Ask = { ...{ kind: 'asking', effect: '', digits: '', played: true }, ...counted(undefined, null) };
  if (node.kind === 'menu') {
    const [key = ''] = keys;
    if (!Object.hasOwn(node.keys, key)) return undefined;
    keepAhead(run, keys.slice(1));
    return onChoice(run, node, { ...fresh, digits: key });
  }
  const { most, least, terminator } = limits(node, false);
  const end = terminator === '' ? -1 : keys.indexOf(terminator);
  const digits = (end < 0 ? keys : keys.slice(0, end)).slice(0, most);
  if (end < 0 && digits.length < most) return half(run, node, digits);
  if (digits.length < least) return undefined;
  if (node.confirm === false) keepAhead(run, keys.slice(digits.length + (keys[digits.length] === terminator ? 1 : 0)));
  return onCollected(run, node, { ...fresh, digits });
}

/** In the middle of typing: nothing is said, the rest is waited for. */
function half(run: Run, node: NodeOf<'collect'>, digits: string): Lead {
  const lead = gather(run, node, orPause([]));
  const { doing } = run.state;
  if (doing.kind === 'asking') run.state.doing = { ...doing, digits, played: true };
  startTimer(run, node.between);
  return lead;
}

const counted = (before: Ask | undefined, confirming: string | null) => ({
  ...{ confirming, silent: before?.silent ?? 0, wrong: before?.wrong ?? 0 },
});

/** After a restart: the same question again; what was half keyed is keyed anew, the counts stay. */
export const askAgain = (run: Run, node: Asking, doing: Ask): Lead => ask(run, node, [], doing, doing.confirming);

/** @returns undefined when the event is none of this question's. */
export function onAsk(run: Run, node: Asking, doing: Ask, event: CallEvent): Lead | undefined {
  if (event.type === 'digits') return onDigits(run, node, doing, event.digits, event.final === true);
  if (event.type === 'playback-finished' && event.playback === doing.effect) return onPlayed(run, node, doing);
  if (event.type === 'effect-failed' && event.effect === doing.effect) return onPlayed(run, node, doing);
  if (event.type === 'timer' && event.name === timerName(run, timer)) return complete(run, node, doing);
  return undefined;
}

function onPlayed(run: Run, node: Asking, doing: Ask): Lead | undefined {
  if (doing.played) return undefined;
  doing.played = true;
  if (doing.digits === '') startTimer(run, node.wait);
  return wait;
}

const startTimer = (run: Run, seconds: number) =>
  emit(run, { type: 'start-timer', name: timerName(run, timer), ms: seconds * 1000 });

function onDigits(run: Run, node: Asking, doing: Ask, keyed: string, final: boolean): Lead | undefined {
  const keys = keysOf(keyed).slice(0, mostKeys);
  if (final) return complete(run, node, { ...doing, digits: doing.digits + withoutEnd(node, doing, keys) });
  if (keys === '' || (!node['barge-in'] && !doing.played)) return undefined;
  if (doing.digits === '' && !doing.played) emit(run, { type: 'stop-play', playback: doing.effect });
  doing.played = true;
  for (const key of keys) {
    const { most, terminator } = limits(node, doing.confirming !== null);
    if (key === terminator) return complete(run, node, doing);
    doing.digits += key;
    if (doing.digits.length < most) continue;
    if (node.kind === 'collect') endsByLength(run);
    return complete(run, node, doing);
  }
  startTimer(run, node.kind === 'collect' ? node.between : node.wait);
  return wait;
}

function withoutEnd(node: Asking, doing: Ask, keys: string): string {
  const { terminator } = limits(node, doing.confirming !== null);
  return terminator && keys.includes(terminator) ? keys.slice(0, keys.indexOf(terminator)) : keys;
}

function complete(run: Run, node: Asking, doing: Ask): Lead {
  emit(run, { type: 'cancel-timer', name: timerName(run, timer) });
  const keyed = doing.digits;
  if (keyed === '') return again(run, node, doing, 'silent');
  if (doing.confirming !== null) return onConfirmed(run, node, doing, doing.confirming);
  return node.kind === 'menu' ? onChoice(run, node, doing) : onCollected(run, node, doing);
}

function onChoice(run: Run, node: NodeOf<'menu'>, doing: Ask): Lead {
  const choice = Object.hasOwn(node.keys, doing.digits) ? node.keys[doing.digits] : undefined;
  if (!choice) return again(run, node, doing, 'wrong');
  if (node.into) run.state.values[node.into] = choice.value ?? doing.digits;
  note(run, { keyed: doing.digits, ...(choice.value ? { note: choice.value } : {}) });
  return { go: choice.then };
}

function onCollected(run: Run, node: NodeOf<'collect'>, doing: Ask): Lead {
  const { least, most } = limits(node, false);
  if (doing.digits.length < least || doing.digits.length > most) return again(run, node, doing, 'wrong');
  if (node.confirm !== false) return ask(run, node, [], doing, doing.digits);
  return taken(run, node, doing.digits);
}

function onConfirmed(run: Run, node: Asking, doing: Ask, digits: string): Lead {
  if (node.kind !== 'collect') return again(run, node, doing, 'wrong');
  if (doing.digits === '1') return taken(run, node, digits);
  if (doing.digits !== '2') return again(run, node, doing, 'wrong');
  note(run, { keyed: digits, note: 'corrected' });
  return ask(run, node, [], doing);
}

function taken(run: Run, node: NodeOf<'collect'>, digits: string): Lead {
  run.state.values[node.into] = digits;
  note(run, { keyed: digits });
  return { go: node.then };
}

/** Nothing or something wrong was keyed: once more, or off to where the file says after so many times. */
function again(run: Run, node: Asking, doing: Ask, what: 'silent' | 'wrong'): Lead {
  const rule = what === 'silent' ? node['no-input'] : node['wrong-input'];
  const counted = { ...doing, [what]: doing[what] + 1 };
  note(run, what === 'silent' ? { note: 'no input' } : { keyed: doing.digits, note: 'wrong input' });
  if (counted[what] >= rule.tries) return { go: rule.then };
  return ask(run, node, rule.say ? speak(run, rule.say) : [], counted, doing.confirming);
}
