// Walks a call through every moment it can reach, with everything that may happen in each, and checks every rule at every step.
import type { Call, CallContext, Step } from '../../../server/domain/call/call.ts';
import type { Arrival, CallEvent } from '../../../server/domain/telephony/event.ts';
import { alphabet, type Letter } from './alphabet.ts';
import type { Edge, Rule, Views } from './edge.ts';
import { arrival, type Config } from './house.ts';
import { rules } from './invariants.ts';
import { keyOf } from './key.ts';
import { emptyWorld, type World, worldAfter } from './world.ts';

/** The functions under test: the house's own, or a copy with a planted bug. */
export type Core = {
  beginCall: (context: CallContext, id: string, arrival: Arrival) => Step;
  stepCall: (context: CallContext, call: Call, event: CallEvent) => Step;
  views: Views;
};

/** A broken rule, with the way that led there. */
export type Finding = { rule: Rule; check: string; wrong: string; way: CallEvent[] };
export type Walk = {
  states: number;
  edges: number;
  outcomes: Record<string, number>;
  findings: Finding[];
};

type Checks = [Rule, (typeof rules)[Rule]][];
type Moment = { call: Call; world: World; byTimer: Moment[]; from?: Moment; by?: CallEvent };
/** A walk under way. `moments` grows while it is gone through. */
type Way = { core: Core; config: Config; checks: Checks; seen: Map<string, Moment>; moments: Moment[]; found: Walk };

/** `most`: stops after so many findings. `rule`: only its checks, else all. */
export type Options = { most: number; rule?: Rule };

export function walk(core: Core, config: Config, { most, rule }: Options): Walk {
  const checks = Object.entries(rules).filter(([name]) => rule === undefined || name === rule) as Checks;
  const found: Walk = { states: 0, edges: 0, outcomes: {}, findings: [] };
  const way: Way = { core, config, checks, seen: new Map(), moments: [], found };
  begin(way);
  for (const moment of way.moments) {
    if (found.findings.length >= most) return found;
    for (const letter of alphabet(config, moment.call, moment.world)) follow(way, moment, letter);
  }
  if (rule === undefined || rule === 'outcome') endless(way);
  return found;
}

const stepOf =
  ({ core, config }: Way) =>
  (call: Call, event: CallEvent) =>
    core.stepCall(config.context, call, event);

function begin(way: Way): void {
  const { call, effects } = way.core.beginCall(way.config.context, 'c1', { ...arrival, carrier: way.config.carrier });
  const world = worldAfter(emptyWorld, undefined, undefined, call, effects);
  const bare = {
    config: way.config,
    views: way.core.views,
    step: stepOf(way),
    worldBefore: emptyWorld,
    foreign: false,
  };
  take(way, { ...bare, after: call, world, effects });
}

function follow(way: Way, from: Moment, { event, foreign }: Letter): void {
  const step = stepOf(way);
  const { call, effects } = step(from.call, event);
  way.found.edges++;
  const untouched = call === from.call && effects.length === 0;
  // A stray leg that answers is the one foreign event that must not be left alone.
  if (untouched && foreign && event.type !== 'leg-answered') return;
  const world = worldAfter(from.world, from.call, event, call, effects);
  const before = {
    config: way.config,
    views: way.core.views,
    step,
    before: from.call,
    worldBefore: from.world,
    event,
    foreign,
  };
  const next = take(way, { ...before, after: call, world, effects }, from);
  if (event.type === 'timer') from.byTimer.push(next);
}

/** Judges the step, and gives the moment it leads to: a known one, or a new one to go on from. */
function take({ checks, seen, moments, found }: Way, edge: Edge, from?: Moment): Moment {
  judge(checks, edge, found, from);
  const key = keyOf(edge.after, edge.world);
  const known = seen.get(key);
  if (known) return known;
  const past = { ...(from ? { from } : {}), ...(edge.event ? { by: edge.event } : {}) };
  const moment: Moment = { call: edge.after, world: edge.world, byTimer: [], ...past };
  seen.set(key, moment);
  moments.push(moment);
  found.states++;
  const { outcome } = edge.after;
  if (outcome) found.outcomes[outcome] = (found.outcomes[outcome] ?? 0) + 1;
  return moment;
}

function judge(checks: Checks, edge: Edge, found: Walk, from?: Moment): void {
  for (const [rule, named] of checks) {
    for (const [check, holds] of Object.entries(named)) {
      const wrong = holds(edge);
      if (!wrong) continue;
      const way = [...wayTo(from), ...(edge.event ? [edge.event] : [])];
      found.findings.push({ rule, check, wrong, way });
    }
  }
}

function wayTo(moment: Moment | undefined): CallEvent[] {
  const way: CallEvent[] = [];
  for (let one = moment; one; one = one.from) if (one.by) way.unshift(one.by);
  return way;
}

/** Should the world fall silent, the timers alone must bring every call to an end. */
function endless({ moments, found }: Way): void {
  const back = new Map<Moment, Moment[]>(moments.map((one) => [one, []]));
  for (const one of moments) for (const next of one.byTimer) back.get(next)?.push(one);
  const ends = moments.filter((one) => one.call.phase === 'over');
  const good = new Set(ends);
  for (let one = ends.pop(); one; one = ends.pop()) {
    for (const before of back.get(one) ?? []) {
      if (!good.has(before)) ends.push(before);
      good.add(before);
    }
  }
  const stuck = moments.find((one) => !good.has(one));
  if (!stuck) return;
  const wrong = `${moments.length - good.size} moments that timers alone never end`;
  found.findings.push({ rule: 'outcome', check: 'timersEndIt', wrong, way: wayTo(stuck) });
}

/** The findings as a person reads them. */
export const story = ({ rule, check, wrong, way }: Finding): string =>
  `${rule}/${check}: ${wrong}\n  ${way.map(({ at: _, ...event }) => JSON.stringify(event)).join('\n  ')}`;
