// What still lives at Twilio of the calls that were saved: asked once, when we come back.
import type { Legs } from '../../domain/call/view.ts';
import { type Leg, liveLegs } from '../../domain/hunt/state.ts';
import type { Living } from '../../domain/telephony/event.ts';
import type { LegId } from '../../domain/telephony/names.ts';
import { isCallSid } from './registry.ts';
import type { Answer, Rest } from './rest.ts';

type State = Living['channels'][number]['state'];
type Channel = Living['channels'][number];

/** Our clock and Twilio's may differ. */
const aMinute = 60_000;
const mostListed = 20;
const states: Record<string, State> = { queued: 'down', ringing: 'ringing', 'in-progress': 'up' };

/** `placed`: legs whose CallSid had not reached us when we went down. */
export type Found = Living & { placed: { leg: LegId; sid: string }[] };

/** Every channel of these calls that is not over. Without any, only whether the account is the right one. */
export async function living(rest: Rest, account: string, calls: readonly Legs[]): Promise<Answer<Found>> {
  const found: Found = { channels: [], bridges: [], placed: [] };
  if (calls.length === 0) {
    const answer = await rest.ask((client) => client.api.v2010.accounts(account).fetch());
    return answer.ok ? { ok: true, value: found } : answer;
  }
  const known = new Set(calls.flatMap((call) => legsOf(call).flatMap((leg) => leg.placed ?? [])));
  for (const call of calls) {
    const unnamed = await withoutName(rest, call, known);
    if (!unnamed.ok) return unnamed;
    for (const { sid } of unnamed.value) known.add(sid);
    found.placed.push(...unnamed.value);
    const answer = await ofCall(rest, call, unnamed.value);
    if (!answer.ok) return answer;
    found.channels.push(...answer.value);
    found.bridges.push(...together(call, answer.value));
  }
  return { ok: true, value: found };
}

const legsOf = ({ hunt }: Legs): Leg[] => (hunt ? liveLegs(hunt) : []);

/**
 * A request may have been taken, and its answer lost with us. The one call from this number to that one which nobody knows is this leg's;
 * of several, none is taken for it.
 */
async function withoutName(rest: Rest, call: Legs, known: ReadonlySet<string>): Promise<Answer<Found['placed']>> {
  const placed: Found['placed'] = [];
  for (const leg of legsOf(call).filter((one) => !one.placed)) {
    const asked = { to: leg.number, from: leg.callerId, startTimeAfter: new Date(leg.startedAt - aMinute) };
    const answer = await rest.ask((client) => client.calls.list({ ...asked, limit: mostListed }));
    if (!answer.ok) return answer;
    const unknown = answer.value.filter(({ sid, status }) => status in states && !known.has(sid));
    const [one, ...others] = unknown;
    if (one && others.length === 0) placed.push({ leg: leg.id, sid: one.sid });
  }
  return { ok: true, value: placed };
}

async function ofCall(rest: Rest, call: Legs, named: Found['placed']): Promise<Answer<Channel[]>> {
  const sidOf = (leg: Leg) => leg.placed ?? named.find((one) => one.leg === leg.id)?.sid;
  const asked = [
    ...(call.channel && isCallSid(call.channel) ? [{ channel: call.channel, sid: call.channel }] : []),
    ...legsOf(call).flatMap((leg) => {
      const sid = sidOf(leg);
      return sid ? [{ channel: leg.id, sid }] : [];
    }),
  ];
  const answers = await Promise.all(asked.map(({ sid }) => rest.ask((client) => client.calls(sid).fetch())));
  const channels: Channel[] = [];
  for (const [index, answer] of answers.entries()) {
    if (!answer.ok && !answer.gone) return answer;
    const state = answer.ok ? states[answer.value.status] : undefined;
    if (state) channels.push({ channel: asked[index]?.channel ?? '', state });
  }
  return { ok: true, value: channels };
}

/** Those who talk do so in a room at Twilio, which does not need us. */
function together(call: Legs, channels: readonly Channel[]): Living['bridges'] {
  const winner = call.hunt?.phase === 'talking' ? call.hunt.legs.find((leg) => leg.phase === 'taken') : undefined;
  const pair = [call.channel ?? '', winner?.id ?? ''];
  const both = pair.every((id) => channels.some(({ channel, state }) => channel === id && state === 'up'));
  return both ? [{ id: call.id, channels: pair }] : [];
}
