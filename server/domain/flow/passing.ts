// Whether a question comes next: only then is a key that is pressed now meant for it.
import { isTail, keepAhead, keysOf, mostAhead } from './ahead.ts';
import { edgesOf, nodeKey, waysOf } from './graph.ts';
import { kindOf } from './nodes/index.ts';
import { emit, type Lead, type Run, timerName, wait } from './run.ts';
import type { FlowNode } from './set.ts';

/** It must be heard to its end. */
const patient = (node: FlowNode): boolean => node['barge-in'] === false;

/** What no question will ask for is forgotten: before a node that speaks, rings, records or must be heard. */
export function forgetAhead(run: Run, node: FlowNode): void {
  if (kindOf(node).ahead === undefined || patient(node)) delete run.state.ahead;
}

/** A key while something is said, or looked up. @returns undefined where it counts for nothing */
export function typed(run: Run, node: FlowNode, keyed: string): Lead | undefined {
  const { doing, ahead = '' } = run.state;
  const kind = kindOf(node);
  if (kind.ahead !== 'pass' || patient(node) || isTail(run)) return undefined;
  const keys = keysOf(keyed).replace(ahead === '' ? /^[*#]+/ : /^$/, '');
  if (keys === '' || ahead.length >= mostAhead || !asksNext(run)) return undefined;
  keepAhead(run, ahead + keys);
  if (doing.kind !== 'playing' || !kind.passedOver) return wait;
  emit(run, { type: 'stop-play', playback: doing.effect });
  emit(run, { type: 'cancel-timer', name: timerName(run, 'play') });
  return { go: kind.passedOver(node) };
}

/** Something said before a question is passed over by who has typed already. @returns where they go on */
export function passedOver(run: Run, node: FlowNode): Lead | undefined {
  const { passedOver } = kindOf(node);
  return run.state.ahead !== undefined && passedOver && asksNext(run) ? { go: passedOver(node) } : undefined;
}

/** Whether a question may follow without anything that must be heard before it. */
function asksNext({ set, state }: Run): boolean {
  const ways = waysOf(edgesOf(set));
  const seen = new Set([nodeKey(state.flow, state.node)]);
  // A set is walked in the order in which it grows: it is its own queue.
  for (const key of seen) {
    const [flow = '', id = ''] = key.split('/');
    const node = set.flows[flow]?.nodes[id];
    if (!node || patient(node)) continue;
    const { ahead, purpose } = kindOf(node);
    if (ahead === 'answer') return true;
    if (ahead !== 'pass') continue;
    for (const next of ways.get(key) ?? []) seen.add(next);
    const back = purpose === 'return' ? state.stack.at(-1) : undefined;
    if (back) seen.add(nodeKey(back.flow, back.node));
  }
  return false;
}
