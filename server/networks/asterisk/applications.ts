// Our Stasis applications, all on one connection, and what each of them is told. It knows no call.
import type { ChannelId } from '../../domain/telephony/names.ts';
import { type Answer, at, type Request, withQuery } from './ari/words.ts';
import { readTypes } from './events.ts';
import { testAppOf } from './render/dialplan.ts';
import { trunkTypes } from './trunks.ts';

/**
 * `calls`: callers, and legs that answered. `trunks`: endpoints; an application that hears both a channel and its endpoint hears everything
 * twice. `tests`: the line's calls to itself. `ears`: what is listened to, where somebody listens.
 */
export type Applications = { calls: string; trunks: string; tests: string; ears?: string };

export const applicationsOf = (app: string, hears: boolean): Applications => ({
  calls: app,
  trunks: `${app}-trunks`,
  tests: testAppOf(app),
  ...(hears ? { ears: `${app}-ears` } : {}),
});

/**
 * Lets only the events through that are read (the rest is a third of all traffic), and subscribes the second application to the trunks:
 * they tell of their legs from the first instant on. A leg of its own that were asked for would be asked for too late (measured on a busy
 * machine: a carrier's 403 came before).
 * `RESTResponse` is filtered like an event: without it no request would ever be answered (measured).
 */
export async function prepareApplications(request: Request, { calls, trunks, ears }: Applications): Promise<void> {
  const only = (types: string[]) => ({ allowed: ['RESTResponse', ...types].map((type) => ({ type })) });
  await Promise.all([
    request(
      'PUT',
      at('applications', calls, 'eventFilter'),
      only([...readTypes, 'ChannelToneDetected', 'ApplicationReplaced']),
    ),
    request('PUT', at('applications', trunks, 'eventFilter'), only(trunkTypes)),
    request('POST', withQuery(at('applications', trunks, 'subscription'), { eventSource: 'endpoint:PJSIP' })),
    ...(ears ? [request('PUT', at('applications', ears, 'eventFilter'), only(['StasisStart']))] : []),
  ]);
}

/** Has the application told what happens to this channel, from now on. */
export const hear = (request: Request, app: string, channel: ChannelId): Promise<Answer> =>
  request('POST', withQuery(at('applications', app, 'subscription'), { eventSource: `channel:${channel}` }));
