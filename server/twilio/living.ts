// What still lives at Twilio of the calls that were saved: asked once, when we come back.
import type { Call } from '../call/call.ts';
import { type Leg, liveLegs } from '../hunt/state.ts';
import type { Living } from '../telephony/event.ts';
import type { Answer, Rest } from './rest.ts';

type State = Living['channels'][number]['state'];
type Channel = Living['channels'][number];

const states: Record<string, State> = { queued: 'down', ringing: 'ringing', 'in-progress': 'up' };

/** Every channel of these calls that is not over. Without any, only whether the account is the right one. */
export async function living(rest: Rest, account: string, calls: readonly Call[]): Promise<Answer<Living>> {
  if (calls.length === 0) {
    const answer = await rest.ask((client) => client.api.v2010.accounts(account).fetch());
    return answer.ok ? { ok: true, value: { channels: [], bridges: [] } } : answer;
  }
  const found: Living = { channels: [], bridges: [] };
  for (const call of calls) {
    const answer = await ofCall(rest, call);
    if (!answer.ok) return answer;
    found.channels.push(...answer.value);
    found.bridges.push(...together(call, answer.value));
  }
  return { ok: true, value: found };
}

async function ofCall(rest: Rest, call: Call): Promise<Answer<Channel[]>> {
  const legs = call.hunt ? liveLegs(call.hunt).filter((leg) => leg.placed) : [];
  const asked = [
    { channel: call.channel, sid: call.channel },
    ...legs.map((leg: Leg) => ({ channel: leg.id, sid: leg.placed as string })),
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
function together(call: Call, channels: readonly Channel[]): Living['bridges'] {
  const winner = call.hunt?.phase === 'talking' ? call.hunt.legs.find((leg) => leg.phase === 'taken') : undefined;
  const pair = [call.channel, winner?.id ?? ''];
  const both = pair.every((id) => channels.some(({ channel, state }) => channel === id && state === 'up'));
  return both ? [{ id: call.id, channels: pair }] : [];
}
