// A call that the line began: as long as the technician is sought nobody is there to hear anything; once they pressed 1, their leg is the caller.
import type { Instant } from '../../base/clock.ts';
import type { HuntState } from '../hunt/state.ts';
import type { Effect, EffectType } from '../telephony/effect.ts';
import type { CallEvent } from '../telephony/event.ts';
import { hangup } from '../telephony/hangup.ts';
import type { EffectId } from '../telephony/names.ts';
import type { Call } from './call.ts';

/** The technician of a call back is still sought. */
export const isAlone = ({ callBack, phase }: Call): boolean =>
  callBack !== undefined && callBack.leg === undefined && phase !== 'over';

const forCaller: ReadonlySet<EffectType> = new Set(['answer', 'play', 'wait', 'stop-wait', 'bridge']);

/** What a caller would hear is left out: there is none yet. */
export const withoutCaller = (effects: readonly Effect[]): Effect[] =>
  effects.filter(({ type }) => !forCaller.has(type));

/** What happens to the technician's leg happens to the caller. Undefined: it means nothing, or no caller is there for it. */
export function asCaller(call: Call, event: CallEvent): CallEvent | undefined {
  if (!call.callBack || call.phase === 'over') return event;
  if (isAlone(call)) return isOfCaller(event) ? undefined : event;
  if (!('leg' in event) || event.leg !== call.callBack.leg) return event;
  const { at } = event;
  switch (event.type) {
    case 'leg-ended':
      return { type: 'caller-hung-up', at };
    case 'leg-prompt-finished':
      return { type: 'playback-finished', playback: event.playback, at };
    case 'leg-pressed':
      return { type: 'digits', digits: event.digit, at };
    default:
      return undefined;
  }
}

const isOfCaller = (event: CallEvent): boolean =>
  event.type === 'caller-hung-up' ||
  event.type === 'unheard' ||
  (event.type === 'timer' && event.name.startsWith('call.'));

/** Their key was pressed: the call with them as its caller, and the question that they may still be hearing. */
export function technicianTook(
  call: Call,
  hunt: HuntState,
  at: Instant,
): { call: Call; question?: EffectId } | undefined {
  const leg = hunt.legs.find((one) => one.phase === 'taken');
  if (!call.callBack || !leg) return undefined;
  const { hunt: _, ...rest } = call;
  // Only a leg that got the customer has taken a caller.
  const { takenAt: __, ...technician } = leg;
  const said = { at, flow: call.flow.flow, node: '', kind: 'call-back', note: `${leg.name} takes it` };
  return {
    call: {
      ...rest,
      phase: 'flow',
      channel: leg.placed ?? leg.id,
      caller: leg.number,
      answeredAt: at,
      flow: { ...call.flow, caller: leg.number },
      pastLegs: hunt.legs.map((one) => (one.id === leg.id ? technician : one)),
      callBack: { ...call.callBack, leg: leg.id },
      path: [...call.path, said],
    },
    ...(leg.question && !leg.questionSaid ? { question: leg.question } : {}),
  };
}

/** The call is over, and with it the technician's leg. */
export const closed = (call: Call, at: Instant): Call =>
  call.callBack?.leg
    ? {
        ...call,
        pastLegs: call.pastLegs.map((leg) =>
          leg.phase === 'ended' ? leg : { ...leg, phase: 'ended' as const, endedAt: at, hangup: hangup('normal') },
        ),
      }
    : call;
