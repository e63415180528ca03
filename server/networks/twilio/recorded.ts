// What callers were recording when we went away: it goes on at Twilio without us, or ended, and its end was told to nobody.
import type { Instant } from '../../base/clock.ts';
import type { Call } from '../../domain/call/call.ts';
import type { Recording } from '../../domain/telephony/event.ts';
import type { ChannelId } from '../../domain/telephony/names.ts';
import type { Recordings } from './recordings.ts';
import type { Rest } from './rest.ts';

/** The newest come first; a call has seldom more than one. */
const mostListed = 5;

/**
 * One for each call that waits for a recording; what ended is fetched. A recording that Twilio does not tell of now keeps nobody waiting.
 * @param lives whether the caller's channel does
 */
export async function recordedMeanwhile(
  { rest, recordings, now }: { rest: Rest; recordings: Recordings; now: Instant },
  calls: readonly Call[],
  lives: (channel: ChannelId) => boolean,
): Promise<Recording[]> {
  const all = calls.map(async (call): Promise<Recording[]> => {
    const { doing } = call.flow;
    if (doing.kind !== 'recording') return [];
    if (lives(call.channel)) return [{ recording: doing.effect, state: 'live' }];
    const asked = { callSid: call.channel, limit: mostListed };
    const answer = await rest.ask((client) => client.recordings.list(asked));
    // One that an earlier message of this call named is not this one.
    const found = answer.ok && answer.value.find(({ sid }) => recordings.file(call.id, sid) !== call.recording);
    if (!found) return [];
    recordings.fetch(call.id, found.sid, call);
    const told = Number(found.duration);
    const seconds = told > 0 ? told : longestOf(call, now);
    return [{ recording: doing.effect, state: 'ended', seconds, file: recordings.file(call.id, found.sid) }];
  });
  return (await Promise.all(all)).flat();
}

/** Twilio tells no length until the recording is ready. Where nothing was said there is none at all, so this one is taken for as long as it can be. */
const longestOf = ({ path, startedAt }: Call, now: Instant): number => (now - (path.at(-1)?.at ?? startedAt)) / 1000;
