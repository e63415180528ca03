// Everything that is heard through this adapter: who answered a leg, and what a caller says. Routes effects and events to whoever listens.
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Effect } from '../../domain/telephony/effect.ts';
import type { CallEvent } from '../../domain/telephony/event.ts';
import type { ChannelId, EffectId } from '../../domain/telephony/names.ts';
import type { Recognizer } from '../speech/port.ts';
import type { Request } from './ari/words.ts';
import { AudioTaps } from './audio/taps.ts';
import { follow } from './detector/follow.ts';
import { Listening } from './listening/listening.ts';
import type { Detector, MakeDetector } from './media.ts';
import type { Channel } from './registry.ts';

export type HearingOptions = {
  /** Listens to legs that answered; without one nobody does. */
  detector?: MakeDetector;
  /** Understands callers who are asked to speak; without one they are asked with keys. */
  recognizer?: Recognizer;
  /** Address of ours to which Asterisk sends what is listened to; loopback unless said otherwise. */
  mediaHost?: string;
};

/** Somebody here wants to hear sound. */
export const hears = ({ detector, recognizer }: HearingOptions): boolean =>
  detector !== undefined || recognizer !== undefined;

export type HearingTools = {
  request: Request;
  /** The Stasis application that the listening channels live in. */
  app: string;
  clock: Clock;
  log: Log;
  /** Stops what a caller hears. */
  hush(caller: Channel, playback: EffectId): void;
  report(channel: Channel, event: CallEvent): void;
};

/** Whoever is asked to speak is listened to until they are to hear something else. */
const endsListening: ReadonlySet<Effect['type']> = new Set(['play', 'gather', 'record', 'wait', 'bridge', 'hangup']);

export class Hearing {
  readonly #taps: AudioTaps;
  readonly #detector: Detector | undefined;
  readonly #listening: Listening;
  readonly #report: HearingTools['report'];

  constructor({ detector, recognizer, mediaHost = '127.0.0.1' }: HearingOptions, tools: HearingTools) {
    const { request, app, clock, log, hush, report } = tools;
    this.#report = report;
    this.#taps = new AudioTaps(request, app, mediaHost);
    this.#detector = detector?.({ taps: this.#taps, clock, log });
    const understands = recognizer ? { recognizer } : {};
    this.#listening = new Listening({ taps: this.#taps, clock, log, hush, report, ...understands });
  }

  /** Before what the effect asks for: a channel that is snooped on is not bridged natively. */
  before(caller: Channel, effect: Effect): void {
    if (effect.type === 'bridge') for (const leg of [effect.leg, caller.id]) this.#detector?.detach(leg);
    if (effect.type === 'gather' && effect.speech) this.#listening.begin(caller, { ...effect, speech: effect.speech });
    else if (endsListening.has(effect.type)) this.#listening.end(caller.id);
  }

  /** Before the call hears of it. */
  happens(channel: Channel, event: CallEvent): void {
    if (event.type === 'caller-hung-up') this.#listening.end(channel.id);
  }

  /** Once the call has heard of it. */
  happened(channel: Channel, event: CallEvent): void {
    if (this.#detector) follow(this.#detector, channel, event, (heard) => this.#report(channel, heard));
  }

  /** What was said to a channel has ended. */
  said(channel: Channel, playback: EffectId): void {
    this.#listening.said(channel.id, playback);
  }

  /** A channel entered our application. */
  entered(channel: ChannelId): void {
    this.#taps.entered(channel);
  }

  /** The connection is gone, and with it all that was heard. */
  reset(): void {
    this.#detector?.reset();
    this.#listening.stop();
    this.#taps.reset();
  }

  stop(): void {
    this.#detector?.stop();
    this.#listening.stop();
    this.#taps.stop();
  }
}
