// One step of a walk as the rules see it. A check says what is wrong in one sentence, or nothing.
import type { Call, Step } from '../../../server/domain/call/call.ts';
import type { callerView, legView } from '../../../server/domain/call/view.ts';
import type { Leg } from '../../../server/domain/hunt/state.ts';
import type { Effect } from '../../../server/domain/telephony/effect.ts';
import type { CallEvent } from '../../../server/domain/telephony/event.ts';
import type { Config } from './house.ts';
import type { World } from './world.ts';

/** What a channel should hear, asked of the saved call. */
export type Views = { callerView: typeof callerView; legView: typeof legView };
export type Edge = {
  config: Config;
  views: Views;
  before?: Call;
  worldBefore: World;
  event?: CallEvent;
  foreign: boolean;
  after: Call;
  world: World;
  effects: readonly Effect[];
  /** Steps on from `after`: for rules that compare two steps. */
  step: (call: Call, event: CallEvent) => Step;
};
export type Wrong = string | false | undefined;
export type Check = (edge: Edge) => Wrong;
/** A check that looks at the moment a step leads to, and not at the step: where a step changes nothing it has been made already. */
export type MomentCheck = (moment: Pick<Edge, 'config' | 'views' | 'after' | 'world'>) => Wrong;
export type Rule = 'joined' | 'winner' | 'outcome' | 'originate' | 'view' | 'pinned' | 'resolver';

export const of = <T extends Effect['type']>(edge: Edge, type: T) =>
  edge.effects.filter((effect): effect is Extract<Effect, { type: T }> => effect.type === type);
export const legsOf = (call: Call | undefined): Leg[] => [...(call?.pastLegs ?? []), ...(call?.hunt?.legs ?? [])];
export const live = (call: Call | undefined) => legsOf(call).filter((leg) => leg.phase !== 'ended');
export const freeing = (edge: Edge) =>
  [...of(edge, 'hangup-leg'), ...of(edge, 'tell-and-hangup')].map((effect) => effect.leg);
