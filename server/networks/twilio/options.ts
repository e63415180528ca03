// What the Twilio carrier is built from.
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Call } from '../../domain/call/call.ts';
import type { Legs } from '../../domain/call/view.ts';
import type { CallId, ChannelId } from '../../domain/telephony/names.ts';
import type { TwilioAccess } from './access.ts';
import type { Media } from './media.ts';

export type TwilioOptions = {
  access: TwilioAccess;
  media: Media;
  /** Folder for what callers record. */
  recordings: string;
  /** The saved calls, as they are now. */
  calls: { all: () => readonly Call[]; one: (id: CallId) => Call | undefined };
  /** Saved calls that the line places by itself: those that live, and one also when it is over. */
  own?: { all: () => readonly Legs[]; one: (id: CallId) => Legs | undefined };
  /** CallSids of calls that were, at most so many, oldest first: asked once, at start. */
  past: (most: number) => Promise<readonly ChannelId[]>;
  /** Ten random digits that nobody can guess: by them a test knows its own calls. */
  code: () => string;
  log: Log;
  clock: Clock;
};
