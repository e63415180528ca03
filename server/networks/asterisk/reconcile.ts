// What lives in Asterisk for us after a start or a loss: channels of our application, bridges of ours. What is no longer of use is ended.
import type { Instant } from '../../base/clock.ts';
import type { Living } from '../../domain/telephony/event.ts';
import type { ChannelId } from '../../domain/telephony/names.ts';
import {
  type Answer,
  type AriBridge,
  type AriChannel,
  application,
  at,
  bridgeList,
  channelList,
  parsed,
  type Request,
  withQuery,
} from './ari/words.ts';
import { isTap } from './audio/channels.ts';
import { arrivalOf, readTypes } from './events.ts';
import { isLeg } from './registry.ts';
import { trunkTypes } from './trunks.ts';

/** Asks three questions at once (answered in order). Undefined when Asterisk did not answer: the connection is gone again. */
export async function livingNow(request: Request, app: string, now: () => Instant): Promise<Living | undefined> {
  const [mine, channels, bridges] = await Promise.all([
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
  return {
    channels: channels.filter(({ id }) => ours.has(id) || isLeg(id)).map((channel) => describe(channel, now())),
    bridges: keepFull(
      request,
      bridges.filter((bridge) => isOurs(bridge.id)),
    ),
  };
}

/**
 * Lets only the events through that are read (the rest is a third of all traffic), and subscribes the second application to the trunks:
 * they tell of their legs from the first instant on. A leg of its own that were asked for would be asked for too late (measured on a busy
 * machine: a carrier's 403 came before).
 * `RESTResponse` is filtered like an event: without it no request would ever be answered (measured).
 */
export async function prepareApplications(
  request: Request,
  { app, trunkApp, earApp }: { app: string; trunkApp: string; earApp?: string },
): Promise<void> {
  const only = (types: string[]) => ({ allowed: ['RESTResponse', ...types].map((type) => ({ type })) });
  await Promise.all([
    request(
      'PUT',
      at('applications', app, 'eventFilter'),
      only([...readTypes, 'ChannelToneDetected', 'ApplicationReplaced']),
    ),
    request('PUT', at('applications', trunkApp, 'eventFilter'), only(trunkTypes)),
    request('POST', withQuery(at('applications', trunkApp, 'subscription'), { eventSource: 'endpoint:PJSIP' })),
    ...(earApp ? [request('PUT', at('applications', earApp, 'eventFilter'), only(['StasisStart']))] : []),
  ]);
}

/** Has the application told what happens to this channel, from now on. */
export const hear = (request: Request, app: string, channel: ChannelId): Promise<Answer> =>
  request('POST', withQuery(at('applications', app, 'subscription'), { eventSource: `channel:${channel}` }));

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
