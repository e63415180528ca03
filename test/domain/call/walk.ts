// Walks a call through every moment it can reach, with everything that may happen in each, and checks every rule at every step.
import type { Call, CallContext, Step } from '../../../server/domain/call/call.ts';
import type { Arrival, CallEvent } from '../../../server/domain/telephony/event.ts';
import { alphabet, type Letter } from './alphabet.ts';
import type { Check, Edge, Rule, Views } from './edge.ts';
import { arrival, type Config } from './house.ts';
import { ofTheMoment, rules } from './invariants.ts';
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

type Named = { rule: Rule; name: string; check: Check };
type Moment = { call: Call; world: World; byTimer: Moment[]; from?: Moment; by?: CallEvent };
/** A walk under way. `moments` grows while it is gone through. */
type Way = {
  core: Core;
  config: Config;
  checks: readonly Named[];
  step: Edge['step'];
  /** Those of `checks` that a step which changes nothing may break. */
  ofSteps: readonly Named[];
  seen: Map<string, Moment>;
  moments: Moment[];
  found: Walk;
};

/** `most`: stops after so many findings. `rule`: only its checks, else all. */
export type Options = { most: number; rule?: Rule };

export function walk(core: Core, config: Config, { most, rule }: Options): Walk {
  const found: Walk = { states: 0, edges: 0, outcomes: {}, findings: [] };
  const checks = checksOf(rule);
  const ofSteps = checks.filter(({ check }) => !ofTheMoment.has(check));
  const step: Edge['step'] = (call, event) => core.stepCall(config.context, call, event);
  const way: Way = { core, config, step, checks, ofSteps, seen: new Map(), moments: [], found };
  begin(way);
  for (const moment of way.moments) {
    if (found.findings.length >= most) return found;
    for (const letter of alphabet(config, moment.call, moment.world)) follow(way, moment, letter);
  }
  if (rule === undefined || rule === 'outcome') endless(way);
  return found;
}

function checksOf(wanted: Rule | undefined): Named[] {
  const names = (Object.keys(rules) as Rule[]).filter((rule) => wanted === undefined || rule === wanted);
  return names.flatMap((rule) => Object.entries(rules[rule]).map(([name, check]) => ({ rule, name, check })));
}

function begin(way: Way): void {
  const { core, config, step } = way;
  const { call, effects } = core.beginCall(config.context, 'c1', { ...arrival, carrier: config.carrier });
  const world = worldAfter(emptyWorld, undefined, undefined, call, effects);
  const { views } = core;
  take(way, { config, views, step, worldBefore: emptyWorld, foreign: false, after: call, world, effects });
}

function follow(way: Way, from: Moment, { event, foreign }: Letter): void {
  const { config, step } = way;
  const { call, effects } = step(from.call, event);
  way.found.edges++;
  const untouched = call === from.call && effects.length === 0;
  // A stray leg that answers is the one foreign event that must not be left alone.
  if (untouched && foreign && event.type !== 'leg-answered') return;
  const world = worldAfter(from.world, from.call, event, call, effects);
  const { views } = way.core;
  const before = from.call;
  const worldBefore = from.world;
  const next = take(
    way,
    { config, views, step, before, worldBefore, event, foreign, after: call, world, effects },
    from,
  );
  if (event.type === 'timer') from.byTimer.push(next);
}

/** Judges the step, and gives the moment it leads to: a known one, or a new one to go on from. */
function take(way: Way, edge: Edge, from?: Moment): Moment {
  if (from && edge.after === from.call && edge.world === from.world) {
    judge(way, way.ofSteps, edge, from);
    return from;
  }
  judge(way, way.checks, edge, from);
  const key = keyOf(edge.after, edge.world);
  return way.seen.get(key) ?? enter(way, key, edge, from);
}

function enter({ seen, moments, found }: Way, key: string, { after, world, event }: Edge, from?: Moment): Moment {
  const moment: Moment = { call: after, world, byTimer: [] };
  if (from) moment.from = from;
  if (event) moment.by = event;
  seen.set(key, moment);
  moments.push(moment);
  found.states++;
  const { outcome } = after;
  if (outcome) found.outcomes[outcome] = (found.outcomes[outcome] ?? 0) + 1;
  return moment;
}

function judge({ found }: Way, checks: readonly Named[], edge: Edge, from?: Moment): void {
  for (const { rule, name, check } of checks) {
    const wrong = check(edge);
    if (!wrong) continue;
    const way = [...wayTo(from), ...(edge.event ? [edge.event] : [])];
    found.findings.push({ rule, check: name, wrong, way });
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
