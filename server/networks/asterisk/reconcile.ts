// What lives in Asterisk for us after a start or a loss: channels of our application, bridges of ours. What is no longer of use is ended.
import type { Instant } from '../../base/clock.ts';
import type { Living } from '../../domain/telephony/event.ts';
import type { EffectId } from '../../domain/telephony/names.ts';
import {
  type AriBridge,
  type AriChannel,
  type AriEvent,
  application,
  at,
  bridgeList,
  channelList,
  parsed,
  type Request,
  status,
} from './ari/words.ts';
import { isTap } from './audio/channels.ts';
import { arrivalOf } from './events.ts';
import { type Channel, isLeg } from './registry.ts';

/** Asks four questions at once (answered in order). Undefined when Asterisk did not answer: the connection is gone again. */
export async function livingNow(request: Request, app: string, now: () => Instant): Promise<Living | undefined> {
  const [started, mine, channels, bridges] = await Promise.all([
    request('GET', 'asterisk/info?only=status').then((answer) => parsed(answer, status)),
    request('GET', at('applications', app)).then((answer) => parsed(answer, application)),
    request('GET', 'channels').then((answer) => parsed(answer, channelList)),
    request('GET', 'bridges').then((answer) => parsed(answer, bridgeList)),
  ]);
  if (!mine || !channels || !bridges) return undefined;
  // Nobody listens to them any more: the connection they were made on is gone.
  for (const { id } of channels.filter((channel) => isTap(channel.id))) void request('DELETE', at('channels', id));
  for (const { id } of bridges.filter((bridge) => isTap(bridge.id))) void request('DELETE', at('bridges', id));
  // Other channels run through the dialplan (the last-resort route, say): they are none of our business.
  const ours = new Set(mine.channel_ids);
  const since = readInstant(started?.status.startup_time ?? '');
  return {
    ...(since === undefined ? {} : { since }),
    channels: channels.filter(({ id }) => ours.has(id) || isLeg(id)).map((channel) => describe(channel, now())),
    bridges: keepFull(
      request,
      bridges.filter((bridge) => isOurs(bridge.id)),
    ),
  };
}

/** Asterisk writes +0100, ISO 8601's basic form, which Date.parse does not promise to read. */
export function readInstant(text: string): Instant | undefined {
  const instant = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(instant) ? undefined : instant;
}

const isOurs = (bridge: string) => /^[^.]+\.b$/.test(bridge);

function describe(channel: AriChannel, now: Instant): Living['channels'][number] {
  const { id } = channel;
  if (isLeg(id)) return { channel: id, state: legState(channel) };
  const state = channel.state === 'Up' ? 'up' : /^Ring/.test(channel.state ?? '') ? 'ringing' : 'down';
  const arrival = arrivalOf(channel, argsOf(channel), now);
  return { channel: id, state, ...(arrival ? { arrival } : {}) };
}

/** One that answered while no server lived is not with us yet: it is told as answered when it enters, as always. */
function legState({ state, dialplan }: AriChannel): Living['channels'][number]['state'] {
  if (state === 'Up') return dialplan?.app_name === 'Stasis' ? 'up' : 'ringing';
  return state === 'Ringing' ? 'ringing' : 'down';
}

/** A channel that is already inside tells its arguments only through the dialplan step it stands on. */
const argsOf = (channel: AriChannel): string[] => (channel.dialplan?.app_data ?? '').split(',').slice(1);

/** Empty bridges stay for ever unless somebody ends them. */
function keepFull(request: Request, bridges: AriBridge[]): Living['bridges'] {
  for (const { id, channels } of bridges) if (!channels?.length) void request('DELETE', at('bridges', id));
  return bridges.flatMap(({ id, channels = [] }) => (channels.length ? [{ id, channels }] : []));
}

/** Of the events that came before the snapshot was told: those that it does not hold already. A leg that answered since enters now. */
export function newsIn(held: readonly AriEvent[], living: Living): AriEvent[] {
  const states = new Map(living.channels.map(({ channel, state }) => [channel, state]));
  const isTold = (id: string) => states.has(id) && (!isLeg(id) || states.get(id) === 'up');
  return held.filter((event) => event.type !== 'StasisStart' || !isTold(event.channel?.id ?? ''));
}

/** Playbacks that were asked for, and of which Asterisk knows nothing any more. */
export async function* endedPlaybacks(
  request: Request,
  channels: Iterable<Channel>,
): AsyncGenerator<{ channel: Channel; id: EffectId }> {
  const asked = [...channels].flatMap((channel) => [...channel.playing].map((id) => ({ channel, id })));
  for (const one of asked) if ((await request('GET', at('playbacks', one.id))).status === 404) yield one;
}
