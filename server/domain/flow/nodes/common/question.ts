// One question to the caller: it is said, and an answer waited for. What an answer means, the kinds know.
import type { Prompt } from '../../../telephony/prompt.ts';
import type { Telling } from '../../kind.ts';
import { answer, emit, type Lead, longestSound, orPause, type Run, timerName, wait } from '../../run.ts';
import type { Doing, FlowEvent } from '../../state.ts';

export type Asking = Extract<Doing, { kind: 'asking' }>;
export type Question = {
  prompts: Prompt[];
  /** Keys at most, and the key that ends them before that; empty: none does. */
  most: number;
  terminator: string;
  /** Seconds to wait from the end of the question. */
  wait: number;
  /** It must be heard to its end before a key counts. */
  patient?: boolean;
  speech?: { language: string; hints: string[] };
};

const timer = 'no-input';

/** Says it, and waits. @param known what of an earlier asking goes on: counts, digits being read back */
export function put(run: Run, question: Question, known: Partial<Omit<Asking, 'kind' | 'effect'>> = {}): Lead {
  answer(run);
  run.state.turn++;
  const { most, terminator, patient, speech } = question;
  const prompts = orPause(question.prompts);
  const effect = emit(run, {
    type: 'gather',
    prompts,
    most,
    terminator,
    timeoutMs: question.wait * 1000,
    ...(patient ? { bargeIn: false as const } : {}),
    ...(speech ? { speech } : {}),
  });
  run.state.doing = {
    kind: 'asking',
    effect,
    digits: '',
    played: false,
    confirming: null,
    silent: 0,
    wrong: 0,
    ...known,
  };
  emit(run, { type: 'start-timer', name: timerName(run, timer), ms: longestSound(prompts) });
  return wait;
}

/** Whether this tells that the question was said to its end; a question that could not be said counts as said. */
export function isSaid(event: FlowEvent, { effect }: Asking): boolean {
  if (event.type === 'playback-finished') return event.playback === effect;
  return event.type === 'effect-failed' && event.effect === effect;
}

/** Nothing came in the time that was given. */
export const isOver = (run: Run, event: FlowEvent): boolean =>
  event.type === 'timer' && event.name === timerName(run, timer);

/** The answer, or its next key, is waited for so long from now. @param seconds may have a fraction */
export function patience(run: Run, seconds: number): Lead {
  emit(run, { type: 'start-timer', name: timerName(run, timer), ms: seconds * 1000 });
  return wait;
}

/** What is still being said is cut. */
export function hush(run: Run, { effect, played }: Asking): void {
  if (!played) emit(run, { type: 'stop-play', playback: effect });
}

/** The answer is there. */
export const close = (run: Run): void => void emit(run, { type: 'cancel-timer', name: timerName(run, timer) });

export const unanswered: Telling = [/^no input$/, (node) => `ne tape rien (${node}).`];
