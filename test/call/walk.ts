// Walks a call through every moment it can reach, with everything that may happen in each, and checks every rule at every step.
import type { Call, House, Step } from '../../server/call/call.ts';
import type { Arrival, CallEvent } from '../../server/telephony/event.ts';
import { alphabet } from './alphabet.ts';
import { arrival, type Config } from './house.ts';
import { type Edge, type Rule, rules } from './invariants.ts';
import { keyOf } from './key.ts';
import { emptyWorld, type World, worldAfter } from './world.ts';

/** The two functions under test: the house's own, or a copy with a planted bug. */
export type Core = {
  beginCall: (house: House, id: string, arrival: Arrival) => Step;
  stepCall: (house: House, call: Call, event: CallEvent) => Step;
};

/** A broken rule, with the way that led there. */
export type Finding = { rule: Rule; check: string; wrong: string; way: CallEvent[] };
export type Walk = {
  states: number;
  edges: number;
  outcomes: Record<string, number>;
  findings: Finding[];
};

type Moment = { call: Call; world: World; from?: Moment; by?: CallEvent; index: number };

/** @param most stops after so many findings: one for a planted bug, more for a report. */
export function walk(core: Core, config: Config, most = 1): Walk {
  const seen = new Map<string, Moment>();
  const queue: Moment[] = [];
  const byTimer: number[][] = [];
  const found: Walk = { states: 0, edges: 0, outcomes: {}, findings: [] };
  const step = (call: Call, event: CallEvent) => core.stepCall(config.house, call, event);

  const reach = (edge: Edge, from?: Moment): Moment => {
    const key = keyOf(edge.after, edge.world);
    const known = seen.get(key);
    if (known) return known;
    const by = edge.event ? { by: edge.event } : {};
    const moment: Moment = { call: edge.after, world: edge.world, index: seen.size, ...by, ...(from ? { from } : {}) };
    seen.set(key, moment);
    queue.push(moment);
    byTimer.push([]);
    if (edge.after.outcome) found.outcomes[edge.after.outcome] = (found.outcomes[edge.after.outcome] ?? 0) + 1;
    return moment;
  };

  const begun = core.beginCall(config.house, 'c1', arrival);
  const first = worldAfter(emptyWorld, undefined, undefined, begun.call, begun.effects);
  const start: Edge = {
    config,
    worldBefore: emptyWorld,
    foreign: false,
    after: begun.call,
    world: first,
    effects: begun.effects,
    step,
  };
  judge(start, found, []);
  reach(start);

  for (let at = 0; at < queue.length && found.findings.length < most; at++) {
    const moment = queue[at];
    if (!moment) break;
    for (const { event, foreign } of alphabet(config, moment.call, moment.world)) {
      const { call, effects } = step(moment.call, event);
      found.edges++;
      if (call === moment.call && effects.length === 0 && foreign) continue;
      const world = worldAfter(moment.world, moment.call, event, call, effects);
      const edge: Edge = {
        config,
        before: moment.call,
        worldBefore: moment.world,
        event,
        foreign,
        after: call,
        world,
        effects,
        step,
      };
      judge(edge, found, moment);
      const next = reach(edge, moment);
      if (event.type === 'timer') byTimer[moment.index]?.push(next.index);
    }
  }
  found.states = seen.size;
  if (found.findings.length < most) endless(queue, byTimer, found);
  return found;
}

function judge(edge: Edge, found: Walk, from: Moment | []): void {
  for (const [rule, checks] of Object.entries(rules)) {
    for (const [check, holds] of Object.entries(checks)) {
      const wrong = holds(edge);
      if (!wrong) continue;
      const way = [...wayTo(from), ...(edge.event ? [edge.event] : [])];
      found.findings.push({ rule: rule as Rule, check, wrong, way });
    }
  }
}

function wayTo(from: Moment | []): CallEvent[] {
  const way: CallEvent[] = [];
  for (let one: Moment | undefined = Array.isArray(from) ? undefined : from; one; one = one.from) {
    if (one.by) way.unshift(one.by);
  }
  return way;
}

/** Should the world fall silent, the timers alone must bring every call to an end. */
function endless(moments: Moment[], byTimer: number[][], found: Walk): void {
  const back: number[][] = moments.map(() => []);
  for (const [from, ways] of byTimer.entries()) for (const to of ways) back[to]?.push(from);
  const ends = moments.filter((one) => one.call.phase === 'over').map((one) => one.index);
  const good = new Set(ends);
  for (let one = ends.pop(); one !== undefined; one = ends.pop()) {
    for (const before of back[one] ?? []) {
      if (good.has(before)) continue;
      good.add(before);
      ends.push(before);
    }
  }
  const stuck = moments.find((one) => !good.has(one.index));
  if (!stuck) return;
  const wrong = `${moments.length - good.size} moments that timers alone never end`;
  found.findings.push({ rule: 'outcome', check: 'timersEndIt', wrong, way: wayTo(stuck) });
}

/** The findings as a person reads them. */
export const story = ({ rule, check, wrong, way }: Finding): string =>
  `${rule}/${check}: ${wrong}\n  ${way.map(({ at: _, ...event }) => JSON.stringify(event)).join('\n  ')}`;
