// One step under way: a draft of the state and what it asks for. Lives inside a single call of step.ts, never longer.
import type { Instant } from '../../base/clock.ts';
import type { Effect, EffectBody } from '../telephony/effect.ts';
import type { EffectId, PhoneNumber } from '../telephony/names.ts';
import type { Prompt } from '../telephony/prompt.ts';
import { callBackFlows, strangerFlow, strangerLine } from './own-flows.ts';
import type { Flow, FlowNode, FlowSet, Line } from './set.ts';
import type { FlowEnd, FlowOutcome, FlowState, FlowWant, Visit } from './state.ts';

export type Run = {
  readonly set: FlowSet;
  readonly at: Instant;
  readonly mint: () => EffectId;
  readonly state: FlowState;
  readonly effects: Effect[];
  readonly trail: Visit[];
};

/** Where a node leads: to another node of this flow, into another flow, back, to a wait, or to a want of the call. */
export type Lead = { go: string } | { enter: { flow: string; node?: string | undefined } } | { back: true } | FlowWant;
export const wait: Lead = { want: 'wait' };

/** Before the first step in this flow. */
export const stateAt = (flow: string, called: PhoneNumber, caller: PhoneNumber): FlowState => ({
  flow,
  node: '',
  turn: 0,
  stack: [],
  values: {},
  called,
  caller,
  answered: false,
  message: false,
  gone: false,
  doing: { kind: 'nothing' },
});

/** The line of a number that came from the network: it may be any text. */
export const ownLine = (set: FlowSet, called: string): Line | undefined =>
  Object.hasOwn(set.lines, called) ? set.lines[called] : undefined;

export const flowOf = (run: Run): Flow =>
  run.set.flows[run.state.flow] ?? callBackFlows[run.state.flow] ?? strangerFlow;
export const lineOf = (run: Run): Line => ownLine(run.set, run.state.called) ?? strangerLine;
export const nodeOf = (run: Run): FlowNode | undefined => flowOf(run).nodes[run.state.node];

/** Adds an effect, and gives the id by which its events are recognised. */
export function emit(run: Run, body: EffectBody): EffectId {
  const id = run.mint();
  run.effects.push({ id, ...body });
  return id;
}

/** Answers the caller once, before the first sound. */
export function answer(run: Run): void {
  if (run.state.answered) return;
  run.state.answered = true;
  emit(run, { type: 'answer' });
}

export const timerName = (run: Run, what: string): string => `${what}.${run.state.turn}`;

export function note(run: Run, extra: { keyed?: string; note?: string } = {}): void {
  const { flow, node } = run.state;
  run.trail.push({ at: run.at, flow, node, kind: nodeOf(run)?.kind ?? 'none', ...extra });
}

/** Time after which a sound that never reported its end is taken as finished: a lost event leaves nobody in silence. */
export const longestSound = (prompts: readonly Prompt[]): number =>
  60_000 + 100 * prompts.reduce((sum, prompt) => sum + (prompt.kind === 'text' ? prompt.text.length : 40), 0);

/** A text can come out empty when its value is. A carrier that plays nothing may never say that it has ended. */
export const orPause = (prompts: Prompt[]): Prompt[] => (prompts.length > 0 ? prompts : [{ kind: 'pause', ms: 100 }]);

/** Begins to play, guarded by a timer. */
export function play(run: Run, given: Prompt[]): Lead {
  const prompts = orPause(given);
  answer(run);
  run.state.turn++;
  run.state.doing = { kind: 'playing', effect: emit(run, { type: 'play', prompts }) };
  emit(run, { type: 'start-timer', name: timerName(run, 'play'), ms: longestSound(prompts) });
  return wait;
}

/** The end of the way. Hangs up where the caller is still there. */
export function end(run: Run, reason: FlowEnd['reason'], outcome: FlowOutcome): FlowEnd {
  const { state } = run;
  const left = state.message && outcome !== 'talked';
  const want: FlowEnd = {
    want: 'end',
    end: 'hangup',
    reason: state.answered ? 'normal' : reason,
    outcome: left ? 'message' : outcome,
  };
  if (!state.gone) emit(run, { type: 'hangup', reason: want.reason });
  state.doing = { kind: 'ended', want };
  return want;
}

/** The checks refuse what leads here; should it come all the same, the caller is told, and an admin learns why. */
export function trouble(run: Run, why: string): Lead {
  note(run, { note: why });
  emit(run, { type: 'raise-alert', reason: `${run.state.flow}/${run.state.node}: ${why}` });
  return { enter: { flow: '', node: 'trouble' } };
}
