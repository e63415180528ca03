// Pin: a technician proves who they are. What was keyed is asked of the house and forgotten; it never stands on record.
import type { CallEvent } from '../../telephony/event.ts';
import { answer, emit, end, type Lead, longestSound, note, orPause, type Run, timerName, wait } from '../run.ts';
import type { NodeOf } from '../schema.ts';
import { speak } from '../speak.ts';
import type { Doing } from '../state.ts';

type Pin = NodeOf<'pin'>;
type Asking = Extract<Doing, { kind: 'asking' }>;

/** The table that only the house answers: no file can name it. */
export const pinTable = '@pin';
const mostTries = 3;
const mostDigits = 12;
const backstopMs = 15_000;

/** Tries count over the whole call: a flow that leads back here gives no new ones. */
export function enterPin(run: Run, node: Pin): Lead {
  if (run.state.gone) return end(run, 'normal', 'gone');
  return (run.state.codes ?? 0) >= mostTries ? refused(run, node, 'too many codes') : ask(run, node, 0);
}

function ask(run: Run, node: Pin, wrong: number): Lead {
  answer(run);
  run.state.turn++;
  const prompts = orPause([...(wrong > 0 && node.wrong ? speak(run, node.wrong) : []), ...speak(run, node.say)]);
  const effect = emit(run, { type: 'gather', prompts, most: mostDigits, terminator: '#', timeoutMs: node.wait * 1000 });
  run.state.doing = {
    kind: 'asking',
    effect,
    digits: '',
    secret: '',
    played: false,
    confirming: null,
    silent: 0,
    wrong,
  };
  emit(run, { type: 'start-timer', name: timerName(run, 'no-input'), ms: longestSound(prompts) });
  return wait;
}

export function onPin(run: Run, node: Pin, doing: Doing, event: CallEvent): Lead | undefined {
  if (doing.kind === 'looking-up') return onAnswer(run, node, doing.effect, event);
  if (doing.kind !== 'asking') return undefined;
  if (event.type === 'digits') return keyed(run, node, doing, event.digits, event.final === true);
  if (event.type === 'playback-finished' && event.playback === doing.effect && !doing.played) {
    run.state.doing = { ...doing, played: true };
    return patience(run, node);
  }
  const over = event.type === 'timer' && event.name === timerName(run, 'no-input');
  return over ? submit(run, node, doing.secret ?? '') : undefined;
}

function patience(run: Run, node: Pin): Lead {
  emit(run, { type: 'start-timer', name: timerName(run, 'no-input'), ms: node.wait * 1000 });
  return wait;
}

function keyed(run: Run, node: Pin, doing: Asking, given: string, final: boolean): Lead {
  if (!doing.secret && !doing.played) emit(run, { type: 'stop-play', playback: doing.effect });
  const [before = '', after] = given.split('#');
  const secret = ((doing.secret ?? '') + before.replace(/\D/g, '')).slice(0, mostDigits);
  run.state.doing = { ...doing, secret, played: true };
  return final || after !== undefined ? submit(run, node, secret) : patience(run, node);
}

/** Nothing keyed is no try to guess: it goes where a refusal goes. */
function submit(run: Run, node: Pin, digits: string): Lead {
  const { doing } = run.state;
  emit(run, { type: 'cancel-timer', name: timerName(run, 'no-input') });
  if (digits === '' || doing.kind !== 'asking') return refused(run, node, 'no code');
  run.state.turn++;
  const effect = emit(run, { type: 'look-up', flow: '', table: pinTable, key: `${run.state.caller} ${digits}` });
  run.state.codes = (run.state.codes ?? 0) + 1;
  run.state.doing = { kind: 'looking-up', effect };
  emit(run, { type: 'start-timer', name: timerName(run, 'look-up'), ms: backstopMs });
  return wait;
}

function onAnswer(run: Run, node: Pin, effect: string, event: CallEvent): Lead | undefined {
  const late = event.type === 'timer' && event.name === timerName(run, 'look-up');
  const answered = event.type === 'looked-up' && event.request === effect;
  if (!late && !answered) return undefined;
  emit(run, { type: 'cancel-timer', name: timerName(run, 'look-up') });
  const found = answered ? event.found : null;
  if (!found) return again(run, node);
  const { person, name, last } = found;
  run.state.codes = 0;
  run.state.technician = { person: String(person), last: String(last ?? '') };
  Object.assign(run.state.values, { technicien: String(name), rappel: String(last ?? '') });
  note(run, { note: `code accepted: ${person}` });
  return { go: node.then };
}

function again(run: Run, node: Pin): Lead {
  const tries = run.state.codes ?? mostTries;
  note(run, { note: 'code refused' });
  return tries >= mostTries ? refused(run, node, 'too many codes') : ask(run, node, tries);
}

function refused(run: Run, node: Pin, why: string): Lead {
  note(run, { note: why });
  return { go: node.refused };
}
