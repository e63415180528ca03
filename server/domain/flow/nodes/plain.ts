// Nodes that make no sound and wait for nothing: set, goto, sub-flow, return, alert. And hangup, which may speak first.
import { isPassedOver } from '../ahead.ts';
import { emit, end, type Lead, play, type Run } from '../run.ts';
import type { NodeOf } from '../schema.ts';
import { filled, speak } from '../speak.ts';

export function enterSet(run: Run, node: NodeOf<'set'>): Lead {
  for (const [name, given] of Object.entries(node.values)) {
    run.state.values[name] = typeof given === 'string' ? filled(run, given) : given;
  }
  return { go: node.then };
}

export const enterGoto = (_run: Run, node: NodeOf<'goto'>): Lead => ({ enter: { flow: node.flow, node: node.node } });

export function enterSubFlow(run: Run, node: NodeOf<'sub-flow'>): Lead {
  run.state.stack.push({ flow: run.state.flow, node: node.then });
  return { enter: { flow: node.flow } };
}

export const enterReturn = (): Lead => ({ back: true });

export function enterAlert(run: Run, node: NodeOf<'alert'>): Lead {
  const target = node.planning
    ? { planning: filled(run, node.planning) }
    : node.person
      ? { person: node.person }
      : undefined;
  emit(run, {
    type: 'raise-alert',
    reason: filled(run, node.reason),
    ...(target ? { target } : {}),
    ...(node.policy ? { policy: node.policy } : {}),
  });
  return { go: node.then };
}

export function enterHangup(run: Run, node: NodeOf<'hangup'>): Lead {
  if (run.state.gone) return end(run, 'normal', 'gone');
  return node.say ? play(run, speak(run, node.say)) : end(run, node.reason, 'told');
}

export function enterSay(run: Run, node: NodeOf<'say'>): Lead {
  return run.state.gone || isPassedOver(run) ? { go: node.then } : play(run, speak(run, node.say));
}
