// Voicemail: an invitation, a recording, and where it goes on. The caller's hanging up is the usual end of a message.
import type { CallEvent } from '../../telephony/event.ts';
import { emit, end, type Lead, note, play, type Run, timerName, wait } from '../run.ts';
import type { NodeOf } from '../schema.ts';
import { speak } from '../speak.ts';

type Message = NodeOf<'message'>;

export const enterMessage = (run: Run, node: Message): Lead =>
  run.state.gone ? end(run, 'normal', 'gone') : play(run, speak(run, node.say));

export function record(run: Run, node: Message): Lead {
  run.state.turn++;
  const limits = { maxMs: node.max * 1000, silenceMs: node.silence * 1000 };
  const effect = emit(run, { type: 'record', ...limits, beep: true, terminator: '#' });
  run.state.doing = { kind: 'recording', effect };
  emit(run, { type: 'start-timer', name: timerName(run, 'record'), ms: limits.maxMs + 30_000 });
  return wait;
}

/** A recording that failed, or never reported its end, is an empty message. */
export function onMessage(run: Run, node: Message, effect: string, event: CallEvent): Lead | undefined {
  if (event.type === 'recording-finished' && event.recording === effect) return recorded(run, node, event.seconds);
  if (event.type === 'effect-failed' && event.effect === effect) return recorded(run, node);
  if (event.type === 'timer' && event.name === timerName(run, 'record')) return recorded(run, node);
  return undefined;
}

function recorded(run: Run, node: Message, seconds = 0): Lead {
  emit(run, { type: 'cancel-timer', name: timerName(run, 'record') });
  const kept = seconds > 0 && seconds >= node.min;
  note(run, { note: kept ? `message of ${Math.round(seconds)} s` : 'no message' });
  if (kept) run.state.message = true;
  return { go: kept ? node.then : (node.empty ?? node.then) };
}
