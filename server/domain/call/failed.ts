// What becomes of a call whose own step threw: that is a bug of ours, and the caller must not pay for it. Pure.
import type { Instant } from '../../base/clock.ts';
import { stateAt } from '../flow/run.ts';
import { isLive } from '../hunt/state.ts';
import type { EffectBody } from '../telephony/effect.ts';
import type { Arrival, CallEvent } from '../telephony/event.ts';
import type { CallId } from '../telephony/names.ts';
import { type Call, mintFor, type Step } from './call.ts';

/**
 * stays: as it was; its next event moves it on. ends: nobody is left to be served. rescued: the caller is handed to the last-resort
 * route, which needs none of our steps.
 */
export type Fate = 'stays' | 'ends' | 'rescued';

/** @param again a step of this call has thrown before */
export function fateOf(call: Call, event: CallEvent, again: boolean): Fate {
  if (event.type === 'caller-hung-up' || call.flow.gone) return 'ends';
  if (event.type === 'resumed' && !event.alive.caller) return 'ends';
  if (call.hunt?.phase === 'talking') return endsTalk(call, event) ? 'ends' : 'stays';
  // A hunt has a timer behind each event that it waits for; a flow has none behind the end of a sound.
  if (call.phase === 'hunt' && event.type !== 'resumed' && !again) return 'stays';
  // The last-resort route is for callers: it would ring whoever is on call for a technician who called back.
  return call.callBack ? 'ends' : 'rescued';
}

/** Whoever stays behind alone must not be left in silence. */
function endsTalk({ hunt }: Call, event: CallEvent): boolean {
  const taken = hunt?.legs.find((leg) => leg.phase === 'taken')?.id;
  if (event.type === 'leg-ended') return event.leg === taken;
  if (event.type === 'resumed') return taken === undefined || !event.alive.bridged.includes(taken);
  return event.type === 'timer' && event.name.startsWith('call.');
}

/** The call as it goes on record, its legs ended. A caller who is rescued keeps the channel; nobody else does. */
export function afterFailure(call: Call, fate: 'ends' | 'rescued', at: Instant): Step {
  const mint = mintFor(call);
  const outcome = call.talked ? 'talked' : 'lost';
  const live = (call.hunt?.legs ?? []).filter(isLive);
  const handed = fate === 'rescued' ? '; the caller was handed to the last-resort route' : '';
  const message = `a step of the call failed (see the log)${handed}`;
  const bodies: EffectBody[] = [
    ...live.map((leg): EffectBody => ({ type: 'hangup-leg', leg: leg.id })),
    ...(fate === 'ends' ? [{ type: 'hangup', reason: 'normal' } as const] : []),
    { type: 'warn', subject: 'a step failed', message },
    ...(outcome === 'lost' && !call.alerted ? [{ type: 'raise-alert', reason: message } as const] : []),
  ];
  const effects = bodies.map((body) => ({ id: mint.effect(), ...body }));
  const notes = [...call.notes, message];
  const alerted = call.alerted || outcome === 'lost' ? { alerted: true as const } : {};
  return { call: { ...call, ...mint.counts(), ...alerted, phase: 'over', outcome, endedAt: at, notes }, effects };
}

/** A caller with whom nothing has happened yet. */
export function bareCall(id: CallId, { called, caller, at, carrier, channel }: Arrival, version: string): Call {
  return {
    id,
    carrier,
    channel,
    called,
    caller,
    version,
    startedAt: at,
    phase: 'flow',
    effects: 0,
    legs: 0,
    flow: stateAt('', called, caller),
    pastLegs: [],
    path: [],
    notes: [],
  };
}
