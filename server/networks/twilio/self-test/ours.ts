// Our own caller of a test at Twilio, as far as it is known.
import type { ChannelId } from '../../../domain/telephony/names.ts';
import type { TestDial } from '../../../domain/telephony/self-test.ts';
import type { Script } from './script.ts';

export type Ours = {
  channel: ChannelId;
  dial: TestDial;
  script: Script;
  sid?: string;
  over: boolean;
  /** The place at which it gathers what is to be heard, once it does. */
  hears?: { place: number; keys: string; gathers: boolean };
};

/** `t1.caller` is the caller of the test `t1`. */
export const testOf = (channel: ChannelId): string => channel.slice(0, channel.indexOf('.'));
