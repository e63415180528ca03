// What was seen of the trunks, call by call: keeps the breakers' health up to date. The rules stand in trunk/breaker.ts.
import type { Instant } from '../../base/clock.ts';
import type { Call } from '../../domain/call/call.ts';
import { legOf } from '../../domain/hunt/state.ts';
import type { CallEvent } from '../../domain/telephony/event.ts';
import { noHealth, type Observation, observe, type TrunkHealth } from '../../domain/trunk/breaker.ts';
import type { TrunkPlan } from '../../domain/trunk/schema.ts';

export class TrunkWatch {
  #health: TrunkHealth = noHealth;
  readonly #plan: () => TrunkPlan;

  constructor(plan: () => TrunkPlan) {
    this.#plan = plan;
  }

  get health(): TrunkHealth {
    return this.#health;
  }

  /** An event that says something about the trunk of one of the call's legs. */
  observe(call: Call, event: CallEvent): void {
    const seen = whatOf(call, event);
    if (!seen) return;
    const leg = call.hunt && legOf(call.hunt, seen.leg);
    if (leg && leg.phase !== 'ended') this.#note(leg.trunk, seen.what, event.at);
  }

  originated(trunk: string, at: Instant): void {
    this.#note(trunk, 'originated', at);
  }

  reach(trunk: string, reachable: boolean, at: Instant): void {
    this.#note(trunk, reachable ? 'reachable' : 'unreachable', at);
  }

  #note(trunk: string, what: Observation, at: Instant): void {
    this.#health = observe(this.#health, trunk, what, at, this.#plan().breaker);
  }
}

function whatOf(call: Call, event: CallEvent): { leg: string; what: Observation } | undefined {
  switch (event.type) {
    case 'leg-ringing':
    case 'leg-answered':
      return { leg: event.leg, what: 'carried' };
    case 'leg-ended':
      return { leg: event.leg, what: event.hangup };
    case 'effect-failed': {
      const leg = call.hunt?.legs.find((one) => one.sent === event.effect);
      return leg && event.hangup ? { leg: leg.id, what: event.hangup } : undefined;
    }
    case 'timer': {
      const [what, ...rest] = event.name.split('.');
      return what === 'silent' ? { leg: rest.join('.'), what: { cause: 'unreachable', whose: 'carrier' } } : undefined;
    }
    default:
      return undefined;
  }
}
