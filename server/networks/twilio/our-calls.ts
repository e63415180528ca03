// The saved calls that Twilio carries, callers' and those that the line places: asked as they are now, and compared with what lives there.
import type { Call } from '../../domain/call/call.ts';
import type { Legs } from '../../domain/call/view.ts';
import type { Living, Recording } from '../../domain/telephony/event.ts';
import type { CallId, ChannelId, LegId } from '../../domain/telephony/names.ts';
import { living } from './living.ts';
import type { TwilioOptions } from './options.ts';
import { recordedMeanwhile } from './recorded.ts';
import type { Recordings } from './recordings.ts';
import { mostPast } from './registry.ts';
import type { Answer, Rest } from './rest.ts';

export class OurCalls {
  readonly #options: TwilioOptions;
  readonly #rest: Rest;
  readonly #recordings: Recordings;

  constructor(options: TwilioOptions, rest: Rest, recordings: Recordings) {
    this.#options = options;
    this.#rest = rest;
    this.#recordings = recordings;
  }

  all(): Legs[] {
    const { calls, own } = this.#options;
    return [...calls.all(), ...(own?.all() ?? [])].filter(({ carrier }) => carrier === 'twilio');
  }

  /** With a caller or without. */
  one(id: CallId): Legs | undefined {
    const { calls, own } = this.#options;
    return calls.one(id) ?? own?.one(id);
  }

  /** CallSids of calls that were. A database that cannot be read keeps nobody waiting. */
  past(): Promise<readonly ChannelId[]> {
    const { past, log } = this.#options;
    return past(mostPast).catch((error: unknown) => {
      log.error({ error }, 'past calls cannot be read: a request of theirs that comes again would begin a call');
      return [];
    });
  }

  /** What of them lives at Twilio, and what was recorded meanwhile. @param named told the names of legs that had not reached us */
  async living(named: (leg: LegId, sid: string) => void): Promise<Answer<Living>> {
    const found = await living(this.#rest, this.#options.access.accountSid, this.all());
    if (!found.ok) return found;
    const { placed, ...rest } = found.value;
    for (const { leg, sid } of placed) named(leg, sid);
    const recordings = await this.#recorded(rest.channels.map(({ channel }) => channel));
    return { ok: true, value: { ...rest, recordings } };
  }

  #recorded(channels: readonly ChannelId[]): Promise<Recording[]> {
    const mine = this.#options.calls.all().filter(isTwilio);
    const tools = { rest: this.#rest, recordings: this.#recordings, now: this.#options.clock.now() };
    return recordedMeanwhile(tools, mine, (channel) => channels.includes(channel));
  }
}

const isTwilio = ({ carrier }: Call): boolean => carrier === 'twilio';
