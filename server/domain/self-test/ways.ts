// The keys that lead to each leaf of a line: the real engine is walked, question by question, through everything a caller could press.

import type { Instant } from '../../base/clock.ts';
import { nth } from '../../base/nth.ts';
import { kindOf } from '../flow/nodes/index.ts';
import { pinTable } from '../flow/own-tables.ts';
import type { FlowSet } from '../flow/set.ts';
import { enterFlow, type FlowState, type FlowStep, stepFlow } from '../flow/step.ts';
import type { LookUp } from '../telephony/effect.ts';
import type { CallEvent } from '../telephony/event.ts';
import type { PhoneNumber, Values } from '../telephony/names.ts';
import { isLeaf, type LeafKey, nodeAt } from './leaves.ts';

/** One question that will be asked, and what is pressed there; empty: nothing. */
export type Input = { node: LeafKey; keys: string };
export type Ways = ReadonlyMap<LeafKey, Input[]>;

/** Tables outside of the files are asked as a call would ask them. Rejects when they cannot be. */
export type Ask = (asked: LookUp) => Promise<Values | null>;

type Place = { step: FlowStep; inputs: Input[]; cost: number };
/** What is tried next from a place; `input` where it is the caller's doing. */
type Move = { event: CallEvent; input?: Input };

const mostPlaces = 4000;
const mostAsked = 20;
/** Waiting until the line asks again takes longer than any key. */
const silenceCosts = 4;

/** As of `at`, for a caller who shows this number. The shortest way to each leaf that keys alone lead to. */
export async function waysTo(
  set: FlowSet,
  from: { called: PhoneNumber; caller: PhoneNumber; at: Instant },
  ask: Ask,
): Promise<Ways> {
  let ids = 0;
  const mint = () => `plan.e${++ids}`;
  const asking = sparing(ask);
  const found = new Map<LeafKey, Input[]>();
  const seen = new Set<string>();
  const open: Place[] = [{ step: enterFlow(set, from, mint), inputs: [], cost: 0 }];
  for (let places = 0; places < mostPlaces && open.length > 0; places++) {
    const place = cheapest(open);
    const key = keyOf(place.step.state);
    const arrived = place.step.then.want !== 'wait' || place.step.state.doing.kind === 'recording';
    if (arrived && isLeaf(nodeAt(set, key)) && !found.has(key)) found.set(key, place.inputs);
    const mark = markOf(place.step.state);
    if (arrived || seen.has(mark)) continue;
    seen.add(mark);
    for (const move of await movesFrom(set, place, from.at, asking)) {
      const step = stepFlow(set, place.step.state, move.event, mint);
      if (step.state !== place.step.state) open.push(onward(place, step, move));
    }
  }
  return found;
}

const keyOf = ({ flow, node }: FlowState): LeafKey => `${flow}/${node}`;

function onward({ inputs, cost }: Place, step: FlowStep, { input }: Move): Place {
  if (!input) return { step, inputs, cost };
  return { step, inputs: [...inputs, input], cost: cost + (input.keys === '' ? silenceCosts : 1) };
}

/** A service is not to be asked by the hundred: what lies behind the rest is not known. */
function sparing(ask: Ask): Ask {
  let asked = 0;
  return (what) => (++asked > mostAsked ? Promise.reject(new Error('asked often enough')) : ask(what));
}

async function movesFrom(set: FlowSet, { step }: Place, at: Instant, ask: Ask): Promise<Move[]> {
  const lookUp = step.effects.find((effect) => effect.type === 'look-up');
  if (!lookUp) return movesAt(set, step.state, at);
  if (lookUp.table === pinTable) return [];
  const found = await ask(lookUp).catch(() => undefined);
  return found === undefined ? [] : [{ event: { type: 'looked-up', at, request: lookUp.id, found } }];
}

/** @param open at least one */
function cheapest(open: Place[]): Place {
  const best = open.reduce((a, one, i) => (one.cost < nth(open, a).cost ? i : a), 0);
  return nth(open.splice(best, 1), 0);
}

/** Two callers at the same place who have the same in hand go on alike. */
function markOf({ flow, node, stack, values, doing }: FlowState): string {
  const counts = doing.kind === 'asking' ? [doing.silent, doing.wrong, doing.confirming] : [];
  return JSON.stringify([flow, node, stack, values, doing.kind, counts]);
}

/** What can happen where the call waits. */
function movesAt(set: FlowSet, state: FlowState, at: Instant): Move[] {
  const { doing, turn } = state;
  const key = keyOf(state);
  const node = nodeAt(set, key);
  const silence: Move = { event: { type: 'timer', name: `no-input.${turn}`, at }, input: { node: key, keys: '' } };
  if (doing.kind === 'playing') return [{ event: { type: 'playback-finished', playback: doing.effect, at } }];
  if (doing.kind === 'looking-up') return [{ event: { type: 'timer', name: `look-up.${turn}`, at } }];
  if (doing.kind !== 'asking' || !node) return [];
  return (kindOf(node).answers?.(node, doing, set) ?? ['']).map((keys) =>
    keys === '' ? silence : { event: { type: 'digits', digits: keys, final: true, at }, input: { node: key, keys } },
  );
}
