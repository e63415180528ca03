// What each channel of a call should hear now, from the call's saved value alone: for carriers that come and ask.
// A view makes no step: asked twice, or late, it says the same.
import { type HuntState, type Leg, legOf } from '../hunt/state.ts';
import type { Effect } from '../telephony/effect.ts';
import type { CallId, ChannelId, EffectId, LegId } from '../telephony/names.ts';
import type { Prompt } from '../telephony/prompt.ts';
import type { Call, Sound, Step } from './call.ts';

export type CallerView =
  | { hears: 'sound'; sound: Sound; turn: number }
  /** A table is being asked: something to hear follows at once. */
  | { hears: 'nothing-yet'; turn: number }
  /** Waiting for somebody, or talking to them. */
  | { hears: 'company'; turn: number; talking: boolean }
  | { hears: 'end'; reason: 'normal' | 'busy' | 'rejected' };

export type LegView =
  | { hears: 'question'; prompts: Prompt[]; question: EffectId; waitMs: number }
  | { hears: 'company' }
  /** Somebody else took the call. */
  | { hears: 'farewell'; prompts: Prompt[] }
  | { hears: 'nothing-yet' }
  | { hears: 'end' };

/** A call as far as its legs go. One that the line places by itself has nothing else, and no caller's channel. */
export type Legs = {
  id: CallId;
  carrier: string;
  channel?: ChannelId;
  hunt?: HuntState;
  /** The last words to a leg: its answer was taken. */
  told?: { leg: LegId; prompts: Prompt[] };
  /** `leg`: of the technician of a call back who pressed their key. */
  callBack?: { leg?: LegId };
};

/** Once they pressed their key, the technician of a call back is its caller: they hear what a caller hears. */
export const isCaller = ({ callBack }: Legs, leg: LegId): boolean => callBack?.leg === leg;

const isSound = (effect: Effect): effect is Sound => ['play', 'gather', 'record'].includes(effect.type);

/** Keeps the flow's last sound in the call, where its carrier will ask for it. */
export function remember(step: Step): Step {
  if (step.call.carrier !== 'twilio' || step.call.phase === 'hunt') return step;
  const hears = step.effects.findLast(isSound);
  return hears ? { ...step, call: { ...step.call, hears } } : step;
}

export function callerView(call: Call): CallerView {
  const { flow, hunt, hears, phase } = call;
  const { turn, doing } = flow;
  if (doing.kind === 'ended') return { hears: 'end', reason: call.answeredAt ? 'normal' : doing.want.reason };
  if (phase === 'over' || flow.gone) return { hears: 'end', reason: 'normal' };
  if (phase === 'hunt') return { hears: 'company', turn, talking: hunt?.phase === 'talking' };
  const current = 'effect' in doing && hears?.id === doing.effect;
  return current ? { hears: 'sound', sound: hears, turn } : { hears: 'nothing-yet', turn };
}

export function legView({ hunt, told }: Legs, id: LegId): LegView {
  const leg = hunt && legOf(hunt, id);
  if (told?.leg === id) return farewell(told.prompts);
  if (!hunt || !leg) return { hears: 'end' };
  const { announce, confirm } = hunt.spec;
  if (leg.phase === 'taken') return { hears: 'company' };
  if (leg.phase === 'ended') return confirm.by === 'key' && wasOutrun(leg) ? farewell(confirm.taken) : { hears: 'end' };
  if (leg.phase !== 'asking' || !leg.question || confirm.by !== 'key') return { hears: 'nothing-yet' };
  const prompts = [...announce, ...confirm.question];
  return { hears: 'question', prompts, question: leg.question, waitMs: confirm.waitMs };
}

const farewell = (prompts: Prompt[]): LegView => ({ hears: 'farewell', prompts });
const wasOutrun = (leg: Leg): boolean => leg.hangup?.cause === 'answered-elsewhere' && leg.answeredAt !== undefined;
