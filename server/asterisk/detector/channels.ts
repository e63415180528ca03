// The channels that carry a leg's sound to us: a snoop on the leg, external media to our socket, a bridge that joins the two.
// (AudioSocket in place of external media loses all sound once the leg is bridged natively, measured with 22.10.)
import type { LegId } from '../../telephony/names.ts';
import { type Answer, at, type Request, succeeded, withQuery } from '../ari/words.ts';

export const earOf = (leg: LegId) => ({ snoop: `${leg}.snoop`, media: `${leg}.media`, bridge: `${leg}.ear` });

/** Longer than any leg is listened to: what a server that died left behind ends by itself. */
const longestSeconds = 30;

/** Asks for the three at once; they may be joined when both channels have entered `app`. @returns `host:port` that the sound comes from. */
export async function openEar(
  request: Request,
  leg: LegId,
  app: string,
  ourAddress: string,
): Promise<string | undefined> {
  const { snoop, media, bridge } = earOf(leg);
  const spying = withQuery(at('channels', leg, 'snoop'), { spy: 'in', app, snoopId: snoop });
  const sending = withQuery('channels/externalMedia', {
    ...{ app, channelId: media, external_host: ourAddress, format: 'alaw' },
  });
  const variables = { 'TIMEOUT(absolute)': String(longestSeconds) };
  const answers = await Promise.all([
    request('POST', sending, { variables }),
    request('POST', spying),
    request('POST', withQuery(at('bridges', bridge), { type: 'mixing' })),
  ]);
  return answers.every(succeeded) ? senderOf(answers[0]) : undefined;
}

/** Asterisk answers with the channel, and in its variables where it sends from. */
function senderOf(made: Answer): string | undefined {
  const { channelvars = {} } = JSON.parse(made.body) as { channelvars?: Record<string, string> };
  const { UNICASTRTP_LOCAL_ADDRESS: host, UNICASTRTP_LOCAL_PORT: port } = channelvars;
  return host && port ? `${host}:${port}` : undefined;
}

export async function joinEar(request: Request, leg: LegId): Promise<boolean> {
  const { snoop, media, bridge } = earOf(leg);
  const channel = `${snoop},${media}`;
  return succeeded(await request('POST', withQuery(at('bridges', bridge, 'addChannel'), { channel })));
}

/** Ends whatever of it is there. What has ended by itself (a snoop ends with its leg) answers 404, which is as good. */
export function closeEar(request: Request, leg: LegId): void {
  const { snoop, media, bridge } = earOf(leg);
  for (const gone of [at('channels', snoop), at('channels', media), at('bridges', bridge)])
    void request('DELETE', gone);
}

/** A channel or bridge that only carries sound to a detector. */
export const isEar = (id: string): boolean => /^[^.]+\.l\d+\.(snoop|media|ear)$/.test(id);
