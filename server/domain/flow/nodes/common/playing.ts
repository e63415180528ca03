// A sound was begun for the caller: has it ended?
import { emit, type Run, timerName } from '../../run.ts';
import type { FlowEvent } from '../../state.ts';

/** Whether the sound is over: told by the carrier, failed, or past the time it can take at most. */
export function isPlayed(run: Run, event: FlowEvent): boolean {
  const { doing } = run.state;
  if (doing.kind !== 'playing' || !ends(run, doing.effect, event)) return false;
  emit(run, { type: 'cancel-timer', name: timerName(run, 'play') });
  return true;
}

function ends(run: Run, effect: string, event: FlowEvent): boolean {
  if (event.type === 'playback-finished') return event.playback === effect;
  if (event.type === 'effect-failed') return event.effect === effect;
  return event.type === 'timer' && event.name === timerName(run, 'play');
}
