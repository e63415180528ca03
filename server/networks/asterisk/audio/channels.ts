// The channels that carry a channel's sound to us: a snoop on it, external media to our socket, a bridge that joins the two.
// (AudioSocket in place of external media loses all sound once the channel is bridged natively, measured with 22.10.)
import { z } from 'zod';
import type { ChannelId, EffectId, LegId } from '../../../domain/telephony/names.ts';
import { type Answer, at, parsed, type Request, succeeded, withQuery } from '../ari/words.ts';

/** What an ear is named after: the leg that is listened to, or the question that a caller answers. */
export type TapName = LegId | EffectId;

export const tapOf = (name: TapName) => ({ snoop: `${name}.snoop`, media: `${name}.media`, bridge: `${name}.ear` });

export type TapWanted = {
  name: TapName;
  /** Whose sound is wanted. */
  channel: ChannelId;
  /** What a server that died left behind ends by itself after so long. */
  longestSeconds: number;
};

/** Asks for the three at once; they may be joined when both channels have entered `app`. @returns `host:port` that the sound comes from. */
export async function openTap(
  request: Request,
  { name, channel, longestSeconds }: TapWanted,
  app: string,
  ourAddress: string,
): Promise<string | undefined> {
  const { snoop, media, bridge } = tapOf(name);
  const spying = withQuery(at('channels', channel, 'snoop'), { spy: 'in', app, snoopId: snoop });
  const sending = withQuery('channels/externalMedia', {
    app,
    channelId: media,
    external_host: ourAddress,
    format: 'alaw',
  });
  const variables = { 'TIMEOUT(absolute)': String(longestSeconds) };
  const answers = await Promise.all([
    request('POST', sending, { variables }),
    request('POST', spying),
    request('POST', withQuery(at('bridges', bridge), { type: 'mixing' })),
  ]);
  return answers.every(succeeded) ? senderOf(answers[0]) : undefined;
}

const sending = z.object({ channelvars: z.record(z.string(), z.string()) });

/** Asterisk answers with the channel, and in its variables where it sends from. */
function senderOf(made: Answer): string | undefined {
  const { UNICASTRTP_LOCAL_ADDRESS: host, UNICASTRTP_LOCAL_PORT: port } = parsed(made, sending)?.channelvars ?? {};
  return host && port ? `${host}:${port}` : undefined;
}

export async function joinTap(request: Request, name: TapName): Promise<boolean> {
  const { snoop, media, bridge } = tapOf(name);
  const channel = `${snoop},${media}`;
  return succeeded(await request('POST', withQuery(at('bridges', bridge, 'addChannel'), { channel })));
}

/** Ends whatever of it is there. What has ended by itself (a snoop ends with its channel) answers 404, which is as good. */
export function closeTap(request: Request, name: TapName): void {
  const { snoop, media, bridge } = tapOf(name);
  for (const gone of [at('channels', snoop), at('channels', media), at('bridges', bridge)])
    void request('DELETE', gone);
}

/** A channel or bridge that only carries sound to us. */
export const isTap = (id: string): boolean => /^[^.]+\.[le]\d+\.(snoop|media|ear)$/.test(id);
