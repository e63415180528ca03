// A step that threw, as the turn that is saved and performed in its place. What the caller's fate is stands in call/failed.ts.
import type { Instant } from '../../base/clock.ts';
import type { Call } from '../../domain/call/call.ts';
import { afterFailure, type Fate } from '../../domain/call/failed.ts';
import type { Settled } from './turn.ts';

export const said: Record<Fate, string> = {
  stays: 'a step failed; the call stays as it was',
  ends: 'a step failed; the call is ended',
  rescued: 'a step failed; the last-resort route takes the caller',
};

/** Sorted by hand: what sorts a step's effects may be what threw. */
export function turnOfFailure(call: Call, fate: 'ends' | 'rescued', at: Instant): Settled {
  const { call: over, effects } = afterFailure(call, fate, at);
  return {
    call: over,
    outside: effects.filter(({ type }) => type === 'hangup-leg' || type === 'hangup'),
    notices: effects.filter((effect) => effect.type === 'warn' || effect.type === 'raise-alert'),
    timers: new Map(),
  };
}
