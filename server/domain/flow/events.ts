// What the events of a call mean where it waits: the kind of node says. Only the caller's hanging up means the same everywhere.
import { keysOf, withoutEnd } from './ahead.ts';
import { kindOf } from './nodes/index.ts';
import { passedOver, typed } from './passing.ts';
import { emit, end, type Lead, nodeOf, type Run, timerName, wait } from './run.ts';
import type { FlowNode } from './set.ts';
import type { Doing, FlowEvent } from './state.ts';

type Keyed = Extract<FlowEvent, { type: 'digits' }>;

export const enterNode = (run: Run, node: FlowNode): Lead => passedOver(run, node) ?? kindOf(node).enter(run, node);

/** @returns undefined when the event changes nothing here. */
export function onEvent(run: Run, event: FlowEvent): Lead | undefined {
  const node = nodeOf(run);
  if (!node) return undefined;
  if (event.type === 'caller-hung-up') return onGone(run);
  const meant = event.type === 'digits' ? withoutEndKey(run, node, event) : event;
  if (!meant) return wait;
  const lead = kindOf(node).on?.(run, node, meant);
  return lead ?? (meant.type === 'digits' ? typed(run, node, meant.digits) : undefined);
}

/** `75011#`, where five digits were the answer already: the `#` costs nobody a try. @returns undefined when nothing is left of it */
function withoutEndKey(run: Run, node: FlowNode, event: Keyed): Keyed | undefined {
  const { doing, ended } = run.state;
  const asking = doing.kind === 'asking' ? doing : undefined;
  if (asking?.digits || asking?.secret || !ended || kindOf(node).isAnswer?.(node, ended.key)) return event;
  const keys = keysOf(event.digits);
  // What was keyed is being read back: 1 or 2 is the answer to that, and this key never.
  const digits = withoutEnd(run, keys, typeof asking?.confirming === 'string');
  if (digits === keys) return event;
  delete run.state.ended;
  return digits === '' ? undefined : { ...event, digits };
}

const timers = { playing: 'play', asking: 'no-input', recording: 'record', 'looking-up': 'look-up' } as const;
const isTimed = (doing: Doing): doing is Extract<Doing, { kind: keyof typeof timers }> => doing.kind in timers;

/** The caller hung up. A message being recorded is still received; a hunt in progress reports `dial-ended` itself. */
function onGone(run: Run): Lead | undefined {
  const { state } = run;
  const { doing } = state;
  if (state.gone || doing.kind === 'dialling' || doing.kind === 'ended') return undefined;
  state.gone = true;
  if (doing.kind === 'recording') {
    emit(run, { type: 'start-timer', name: timerName(run, 'record'), ms: 5_000 });
    return { want: 'wait' };
  }
  if (isTimed(doing)) emit(run, { type: 'cancel-timer', name: timerName(run, timers[doing.kind]) });
  return end(run, 'normal', 'gone');
}

/** Begins what was going on again: a prompt, a question, a recording, a look-up. */
export function resumeNode(run: Run): Lead {
  const node = nodeOf(run);
  if (!node || run.state.gone) return end(run, 'normal', 'gone');
  const { resume, enter } = kindOf(node);
  return (resume ?? enter)(run, node);
}
