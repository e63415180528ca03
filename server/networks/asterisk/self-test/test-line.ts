// The line's test of itself at Asterisk: our number called over a trunk, our own caller at the door, and what answers in a person's place.
// It knows channels and tones, and not what a test is about.
import type { Clock } from '../../../base/clock.ts';
import type { Log } from '../../../base/log.ts';
import type { Arrival } from '../../../domain/telephony/event.ts';
import { hangup, hangupFrom } from '../../../domain/telephony/hangup.ts';
import type { ChannelId, PhoneNumber } from '../../../domain/telephony/names.ts';
import { plainNumber } from '../../../domain/telephony/numbers.ts';
import type { TestChannelEvent, TestDial, TestListener, TestNetwork } from '../../../domain/telephony/self-test.ts';
import { type AriEvent, at, type Request, succeeded, withQuery } from '../ari/words.ts';
import { dialString } from '../dial-string.ts';
import { notForwarded, testGuard } from '../render/dialplan.ts';
import { dialledBy, shownTo, type TrunkOf } from '../way-out.ts';

export type TestLineOptions = {
  request: Request;
  clock: Clock;
  log: Log;
  trunk: TrunkOf;
  /** Stasis application of our callers and answerers. */
  app: string;
  /** The channel was answered before a call adopted it. */
  answered(channel: ChannelId): void;
  /** Hands a caller to the switchboard. */
  admit(arrival: Arrival): void;
};

type Said = TestChannelEvent extends infer E ? (E extends unknown ? Omit<E, 'at'> : never) : never;

/** What a server that died left behind ends by itself. */
const longestSeconds = 300;
/** Tones and keys shorter than this are chance. */
const toneMs = 200;

export class TestLine implements TestNetwork {
  readonly #options: TestLineOptions;
  #listener: TestListener | undefined;
  /** Callers at the door that are held: their keys and their end are told here. */
  readonly #held = new Set<ChannelId>();

  constructor(options: TestLineOptions) {
    this.#options = options;
  }

  listen(listener: TestListener): void {
    this.#listener = listener;
  }

  /** @returns true: the arrival is no switchboard's business yet. */
  holds(arrival: Arrival, again: boolean): boolean {
    const held = this.#listener?.arrival(arrival, again) === true;
    if (held) this.#held.add(arrival.channel);
    return held;
  }

  lost(): void {
    this.#held.clear();
    this.#listener?.lost();
  }

  back(): void {
    this.#listener?.back();
  }

  /** An event of our own application. */
  own(event: AriEvent): void {
    const channel = event.channel?.id ?? '';
    if (event.type === 'StasisStart' && event.args?.[0] === 'answerer') this.#tell({ type: 'called', channel });
    else if (event.type === 'StasisStart') this.#tell({ type: 'answered', channel });
    else if (event.type === 'Dial') this.#dialled(event);
    else this.#happened(event, channel);
  }

  /** An event of a caller's channel, whoever it belongs to. */
  saw(event: AriEvent): void {
    const channel = event.channel?.id;
    if (channel !== undefined && this.#held.has(channel)) this.#happened(event, channel);
  }

  expect(shows: PhoneNumber, seconds: number): void {
    const until = Math.ceil(this.#options.clock.now() / 1000) + seconds;
    this.#set(testGuard.shows, plainNumber(shows).slice(-9));
    this.#set(testGuard.until, String(until));
  }

  dial(channel: ChannelId, { number, trunk, shows, ringMs }: TestDial): void {
    const words = this.#options.trunk(trunk);
    const endpoint = dialString(dialledBy(words, number), trunk);
    if (!endpoint) {
      this.#tell({ type: 'ended', channel, hangup: hangup('bad-number') });
      return;
    }
    const variables = {
      ...shownTo(words, shows),
      'TIMEOUT(absolute)': String(longestSeconds),
      ...notForwarded,
    };
    const timeout = Math.ceil(ringMs / 1000);
    const query = { endpoint, app: this.#options.app, appArgs: 'caller', channelId: channel, timeout };
    void this.#options.request('POST', withQuery('channels', query), { variables }).then((answer) => {
      if (succeeded(answer)) return;
      this.#tell({ type: 'ended', channel, hangup: hangup('unreachable', `Asterisk: ${answer.status}`) });
    });
  }

  answer(channel: ChannelId, ringing: boolean): void {
    if (ringing) this.#options.answered(channel);
    else this.#ask('POST', at('channels', channel, 'ring'));
    this.#ask('POST', at('channels', channel, 'answer'));
    if (ringing) this.#ask('POST', at('channels', channel, 'ring'));
    else this.#ask('DELETE', at('channels', channel, 'ring'));
  }

  press(channel: ChannelId, keys: string): void {
    const query = { dtmf: keys, duration: 100, between: 100 };
    this.#ask('POST', withQuery(at('channels', channel, 'dtmf'), query));
  }

  sound(channel: ChannelId, hertz: number): void {
    this.#ask('DELETE', at('channels', channel, 'ring'));
    const query = { media: `tone:${hertz}`, playbackId: toneOf(channel) };
    this.#ask('POST', withQuery(at('channels', channel, 'play'), query));
  }

  quiet(channel: ChannelId): void {
    this.#ask('DELETE', at('playbacks', toneOf(channel)));
  }

  hear(channel: ChannelId, hertz: number): void {
    const variable = `TONE_DETECT(${hertz},${toneMs},r)`;
    this.#ask('POST', withQuery(at('channels', channel, 'variable'), { variable, value: '' }));
  }

  hangUp(channel: ChannelId): void {
    this.#ask('DELETE', withQuery(at('channels', channel), { reason_code: 16 }));
  }

  admit(arrival: Arrival): void {
    this.#held.delete(arrival.channel);
    this.#options.admit(arrival);
  }

  #ask(method: 'POST' | 'DELETE', uri: string): void {
    void this.#options.request(method, uri).then(({ status, reason }) => {
      // What has ended by itself needs no end.
      if (status >= 300 && method !== 'DELETE')
        this.#options.log.warn({ uri, status, reason }, 'a test call is refused something');
    });
  }

  #set(variable: string, value: string): void {
    this.#ask('POST', withQuery('asterisk/variable', { variable, value }));
  }

  #dialled({ peer, dialstatus }: AriEvent): void {
    const channel = peer?.id ?? '';
    if (dialstatus === 'RINGING' || dialstatus === 'PROGRESS') this.#tell({ type: 'ringing', channel });
  }

  #happened(event: AriEvent, channel: ChannelId): void {
    const { type, digit, cause, tech_cause } = event;
    if (type === 'ChannelDtmfReceived' && digit) this.#tell({ type: 'pressed', channel, digit });
    else if (type === 'ChannelToneDetected') this.#tell({ type: 'heard', channel });
    else if (type === 'ChannelDestroyed' || (type === 'StasisEnd' && this.#held.delete(channel)))
      this.#tell({ type: 'ended', channel, hangup: hangupFrom(tech_cause, cause) });
  }

  #tell(said: Said): void {
    this.#listener?.event({ ...said, at: this.#options.clock.now() });
  }
}

const toneOf = (channel: ChannelId) => `${channel}.tone`;
