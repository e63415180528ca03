// The eight rules of a call, tried at every step of every walk. Rule 1 (saved before performed) is the switchboard's: see test/engine/calls.
import type { Test } from 'tap';
import { beginCall } from '../../../server/domain/call/begin.ts';
import { stepCall } from '../../../server/domain/call/step.ts';
import { callerView, legView } from '../../../server/domain/call/view.ts';
import type { Rule } from './edge.ts';
import type { Config } from './house.ts';
import { rules } from './invariants.ts';
import { story, type Walk, walk } from './walk.ts';

const meaning: Record<Rule, string> = {
  joined: 'rule 2: only a leg that confirmed is joined; stray legs are hung up; caller gone ends every leg',
  winner: 'rule 3: one winner, and the others are freed',
  outcome: 'rule 4: exactly one outcome, an alert where nobody took the call, never silence, always an end',
  originate: 'rule 5: nobody is rung twice blindly',
  view: 'rule 6: what the caller hears is a view of the saved call; what comes twice counts once',
  pinned: 'rule 7: the version is pinned; late and foreign events change nothing',
  resolver: 'rule 8: who is rung is who was named by the answer to the question that was asked',
};

/** Every event in every state that these houses can reach; every outcome must be among them. */
export function walksAll(t: Test, configs: readonly Config[]): void {
  const total = { states: 0, edges: 0 };
  const outcomes = new Set<string>();
  for (const config of configs) {
    const found: Walk = walk({ beginCall, stepCall, views: { callerView, legView } }, config, { most: 20 });
    total.states += found.states;
    total.edges += found.edges;
    for (const outcome of Object.keys(found.outcomes)) outcomes.add(outcome);
    t.comment(`${config.name}: ${found.states} states, ${found.edges} edges`);
    t.ok(found.edges > 5000, `${config.name}: the walk is a walk`);
    for (const rule of Object.keys(rules) as Rule[]) {
      const broken = found.findings.filter((one) => one.rule === rule);
      t.same(broken.slice(0, 1).map(story), [], `${config.name}: ${meaning[rule]}`);
    }
  }
  t.comment(`in all ${total.states} states, ${total.edges} edges`);
  t.same([...outcomes].sort(), ['hung-up', 'lost', 'message', 'talked', 'told'], 'every outcome was reached');
}
