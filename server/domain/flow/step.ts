// The way of a caller through the flows: pure. One event in; the new state, effects, and what is wanted of the call out.
// biome-ignore-all lint/suspicious/noThenProperty: `then` is a word of the grammar; none of these values is ever awaited.
import type { Instant } from '../../base/clock.ts';
import type { Attested } from '../telephony/event.ts';
import type { EffectId, PhoneNumber } from '../telephony/names.ts';
import { enterNode, onEvent, resumeNode } from './events.ts';
import { forgetAhead } from './passing.ts';
import { end, flowOf, type Lead, nodeOf, note, ownLine, type Run, stateAt, trouble } from './run.ts';
import type { FlowSet } from './set.ts';
import type { FlowEvent, FlowState, FlowStep, FlowWant } from './state.ts';

export type { Flow, FlowSet, Line } from './set.ts';
export type { DialEnded, FlowEnd, FlowEvent, FlowOutcome, FlowState, FlowStep, FlowWant, Visit } from './state.ts';

/** Nodes passed without a wait, and waits in one call: more is a loop that the checks did not see. */
const mostHops = 200;
const mostTurns = 1000;
const deepest = 20;

/**
 * A caller comes in. A number that is none of our lines gets a polite prompt and a stated end.
 * @param arrival `called` and `caller` in E.164 (`caller` empty when hidden), `at` in epoch milliseconds
 * @param mint makes the id of each effect
 */
export function enterFlow(
  set: FlowSet,
  arrival: { called: PhoneNumber; caller: PhoneNumber; at: Instant; attested?: Attested },
  mint: () => EffectId,
): FlowStep {
  const { called, caller, at, attested } = arrival;
  const line = ownLine(set, called);
  const state = stateAt(line?.flow ?? '', called, caller);
  return beginFlow(set, attested ? { ...state, attested } : state, at, mint);
}

/** A flow whose state was made ahead of its first step begins. */
export function beginFlow(set: FlowSet, state: FlowState, at: Instant, mint: () => EffectId): FlowStep {
  return walk(runOf(set, state, at, mint), { enter: { flow: state.flow } });
}

/**
 * One event. Late, repeated and foreign events change nothing and ask for nothing. Pass `caller-hung-up` too:
 * a message that was being recorded then ends as a message (wait for its `recording-finished`), all else ends the flow.
 * `dial-ended` answers a `dial`; its exit `caller-gone` includes the hanging up.
 */
export function stepFlow(set: FlowSet, state: FlowState, event: FlowEvent, mint: () => EffectId): FlowStep {
  if (state.doing.kind === 'ended') return unmoved(state);
  const run = runOf(set, state, event.at, mint);
  const lead = onEvent(run, event);
  return lead ? walk(run, lead) : unmoved(state);
}

/** After a restart: begins again what the caller should hear now (or what was being asked of a table). Nothing else. */
export function resumeFlow(set: FlowSet, state: FlowState, at: Instant, mint: () => EffectId): FlowStep {
  if (state.doing.kind === 'ended' || state.doing.kind === 'dialling') return unmoved(state);
  const run = runOf(set, state, at, mint);
  return walk(run, resumeNode(run));
}

const runOf = (set: FlowSet, state: FlowState, at: Instant, mint: () => EffectId): Run => ({
  set,
  at,
  mint,
  state: draftOf(state),
  effects: [],
  trail: [],
});

/** A copy to be written into: one level of it is all that a step changes in place. */
const draftOf = (state: FlowState): FlowState => ({
  ...state,
  stack: [...state.stack],
  values: { ...state.values },
  doing: { ...state.doing },
  ...(state.technician ? { technician: { ...state.technician } } : {}),
});

const unmoved = (state: FlowState): FlowStep => ({
  state,
  effects: [],
  trail: [],
  then: state.doing.kind === 'ended' ? state.doing.want : { want: 'wait' },
});

function walk(run: Run, first: Lead): FlowStep {
  let lead = first;
  for (let hops = 0; !('want' in lead); hops++) {
    lead = hops < mostHops && run.state.turn < mostTurns ? follow(run, lead) : trouble(run, 'too many steps');
  }
  const then: FlowWant = lead;
  return { state: run.state, effects: run.effects, then, trail: run.trail };
}

function follow(run: Run, lead: Exclude<Lead, FlowWant>): Lead {
  const { state } = run;
  if ('back' in lead) {
    const place = state.stack.pop();
    if (!place) return end(run, 'normal', 'told');
    state.flow = place.flow;
    state.node = place.node;
  } else if ('enter' in lead) {
    state.flow = lead.enter.flow;
    state.node = lead.enter.node ?? flowOf(run).start;
  } else {
    state.node = lead.go;
  }
  if (state.stack.length > deepest) return trouble(run, 'flows call each other without end');
  const node = nodeOf(run);
  if (!node) return trouble(run, 'no such node');
  state.doing = { kind: 'nothing' };
  forgetAhead(run, node);
  note(run);
  return enterNode(run, node);
}
