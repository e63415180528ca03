// Something is asked outside of the call (a table, the server's own records, a tool), and its answer waited for.
import type { LookUp } from '../../../telephony/effect.ts';
import type { EffectId, Values } from '../../../telephony/names.ts';
import { emit, type Lead, type Run, timerName, wait } from '../../run.ts';
import type { FlowEvent } from '../../state.ts';

const timer = 'look-up';
/** Longer than any source's own deadline: only for an answer that was lost. */
const backstopMs = 15_000;

/** Asks. Tables whose names begin with `@` are the server's own, which no file can name. */
export function ask(run: Run, asked: Omit<LookUp, 'type'>): Lead {
  run.state.turn++;
  return awaitAnswer(run, emit(run, { type: 'look-up', ...asked }));
}

/** Waits for the answer to what was asked by this effect. */
export function awaitAnswer(run: Run, effect: EffectId, ms = backstopMs): Lead {
  run.state.doing = { kind: 'looking-up', effect };
  emit(run, { type: 'start-timer', name: timerName(run, timer), ms });
  return wait;
}

/** `failed`: why nobody could be asked. `found` is null then, and where there is nothing. */
export type Answer = { found: Values | null; failed?: string };

/** @returns undefined when the event is no answer */
export function answered(run: Run, event: FlowEvent): Answer | undefined {
  const { doing } = run.state;
  const answer = doing.kind === 'looking-up' ? read(run, doing.effect, event) : undefined;
  if (answer) emit(run, { type: 'cancel-timer', name: timerName(run, timer) });
  return answer;
}

function read(run: Run, effect: EffectId, event: FlowEvent): Answer | undefined {
  if (event.type === 'timer' && event.name === timerName(run, timer)) return { found: null, failed: 'no answer' };
  if (event.type === 'effect-failed' && event.effect === effect) return { found: null, failed: event.why };
  if (event.type !== 'looked-up' || event.request !== effect) return undefined;
  return event.failed === undefined ? { found: event.found } : { found: null, failed: event.failed };
}
