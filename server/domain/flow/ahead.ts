// Keys typed ahead: a caller who knows the menu does not wait for what is said before it. They are kept for the next question, and for no later one.
import { edgesOf, nodeKey, waysOf } from './graph.ts';
import { emit, type Lead, nodeOf, type Run, timerName, wait } from './run.ts';
import type { Node } from './schema.ts';

/** More than any question may ask for: what lies beyond is a storm. */
const most = 20;
/** Keys so soon after a number of fixed length was complete are one digit too many of it, not the answer to what comes next. */
const tailMs = 1500;

/** Nodes that keys typed ahead outlive: they make no sound, or are passed over. */
const passing: ReadonlySet<Node['kind']> = new Set([
  ...(['say', 'set', 'goto', 'sub-flow', 'return', 'switch', 'look-up'] as const),
  ...(['alert', 'decide', 'sms', 'mail', 'ticket'] as const),
]);
const asking: ReadonlySet<Node['kind']> = new Set(['menu', 'collect', 'listen']);
const patient = (node: Node): boolean => 'barge-in' in node && !node['barge-in'];

/** What no question will ask for is forgotten: before a node that speaks, rings, records or must be heard. */
export function forgetAhead(run: Run, node: Node): void {
  const kept = (passing.has(node.kind) || asking.has(node.kind)) && !patient(node);
  if (!kept) delete run.state.ahead;
}

/** Hands the keys over, once. */
export function takeAhead(run: Run): string {
  const { ahead = '' } = run.state;
  delete run.state.ahead;
  return ahead;
}

export function keepAhead(run: Run, keys: string): void {
  if (keys !== '') run.state.ahead = keys.slice(0, most);
}

/** A number was complete by its length: what follows at once belongs to it. */
export function endsByLength(run: Run): void {
  run.state.tail = run.at;
}

/** A key while something is said, or looked up. @returns undefined where it counts for nothing */
export function typed(run: Run, node: Node, keyed: string): Lead | undefined {
  const { doing, ahead = '', tail } = run.state;
  const keys = keysOf(keyed).replace(ahead === '' ? /^[*#]+/ : /^$/, '');
  const late = tail !== undefined && run.at - tail < tailMs;
  if (keys === '' || late || ahead.length >= most || patient(node) || !asksNext(run)) return undefined;
  keepAhead(run, ahead + keys);
  if (doing.kind !== 'playing' || node.kind !== 'say') return wait;
  emit(run, { type: 'stop-play', playback: doing.effect });
  emit(run, { type: 'cancel-timer', name: timerName(run, 'play') });
  return { go: node.then };
}

export const keysOf = (keyed: string): string => keyed.toUpperCase().replace(/[^0-9A-D*#]/g, '');

/** Whether a question may follow without anything that must be heard before it. */
export function asksNext(run: Run): boolean {
  const { set, state } = run;
  const ways = waysOf(edgesOf(set));
  const seen = new Set([nodeKey(state.flow, state.node)]);
  // A set is walked in the order in which it grows: it is its own queue.
  for (const key of seen) {
    const [flow = '', id = ''] = key.split('/');
    const node = set.flows[flow]?.nodes[id];
    if (!node || patient(node)) continue;
    if (asking.has(node.kind)) return true;
    if (!passing.has(node.kind)) continue;
    for (const next of ways.get(key) ?? []) seen.add(next);
    const back = node.kind === 'return' ? state.stack.at(-1) : undefined;
    if (back) seen.add(nodeKey(back.flow, back.node));
  }
  return false;
}

/** Something said before a question is passed over by who has typed already. */
export const isPassedOver = (run: Run): boolean =>
  run.state.ahead !== undefined && nodeOf(run)?.kind === 'say' && asksNext(run);
