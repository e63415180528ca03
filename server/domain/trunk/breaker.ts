// Which trunks are worth trying now: a value per trunk, changed only by what was observed. No clock, no timer of its own.
import type { Instant } from '../../base/clock.ts';
import type { Hangup } from '../telephony/hangup.ts';
import type { TrunkId } from '../telephony/names.ts';
import type { BreakerRule } from './schema.ts';

export type TrunkState = {
  /** Carrier faults in a row. */
  faults: number;
  /** Left alone until then; afterwards one call may try it. Absent: closed, calls flow. */
  openUntil?: Instant;
  /** It does not answer OPTIONS (or our registration): open until it does again. */
  unreachable?: true;
  /** One call is trying it; if nothing is heard of that call by then, another may. */
  probeUntil?: Instant;
};

/** A trunk that is not named has never failed. */
export type TrunkHealth = Readonly<Record<TrunkId, TrunkState>>;

/** `originated`: a call was sent to it. `carried`: it rang or was answered. A Hangup: how a leg ended. The rest: qualify. */
export type Observation = 'originated' | 'carried' | 'reachable' | 'unreachable' | Hangup;

export type Breaker = 'closed' | 'open' | 'half-open' | 'probing';

export const noHealth: TrunkHealth = {};
export const defaultBreaker: BreakerRule = { faults: 3, openMs: 30_000 };

/** `half-open`: the next call may try it. `probing`: a call is trying it, others stay away. */
export function breakerOf(health: TrunkHealth, trunk: TrunkId, at: Instant): Breaker {
  const state = health[trunk];
  if (!state) return 'closed';
  if (state.unreachable) return 'open';
  if (state.openUntil === undefined) return 'closed';
  if (at < state.openUntil) return 'open';
  return state.probeUntil !== undefined && at < state.probeUntil ? 'probing' : 'half-open';
}

/** The health after something was seen of a trunk. The same object comes back when it changes nothing. */
export function observe(
  health: TrunkHealth,
  trunk: TrunkId,
  what: Observation,
  at: Instant,
  rule: BreakerRule = defaultBreaker,
): TrunkHealth {
  const before = health[trunk] ?? { faults: 0 };
  const after = changed(before, breakerOf(health, trunk, at), what, at, rule);
  return after === before ? health : { ...health, [trunk]: after };
}

function changed(state: TrunkState, breaker: Breaker, what: Observation, at: Instant, rule: BreakerRule): TrunkState {
  switch (what) {
    case 'originated':
      return breaker === 'half-open' ? { ...state, probeUntil: at + rule.openMs } : state;
    case 'carried':
      return closed(state);
    case 'reachable':
      return state.unreachable ? { faults: rule.faults, openUntil: at } : state;
    case 'unreachable':
      return state.unreachable ? state : { faults: state.faults, unreachable: true };
    default:
      return afterHangup(state, breaker, what, at, rule);
  }
}

function afterHangup(
  state: TrunkState,
  breaker: Breaker,
  { whose }: Hangup,
  at: Instant,
  rule: BreakerRule,
): TrunkState {
  if (whose === 'callee') return closed(state);
  if (whose !== 'carrier') return freed(state);
  const faults = state.faults + 1;
  if (state.unreachable) return { ...state, faults };
  const opens = breaker !== 'closed' || faults >= rule.faults;
  return opens ? { faults, openUntil: at + rule.openMs } : { faults };
}

/** The trunk carried a call to the callee's side. It is no proof against `unreachable`: that is for qualify to say. */
function closed(state: TrunkState): TrunkState {
  if (state.unreachable) return state;
  return state.faults === 0 && state.openUntil === undefined ? state : { faults: 0 };
}

/** A probe that ended without telling anything makes room for the next. */
function freed(state: TrunkState): TrunkState {
  if (state.probeUntil === undefined) return state;
  const { probeUntil: _, ...rest } = state;
  return rest;
}
