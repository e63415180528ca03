// Twilio on loopback: its REST API, the telephones it can call and the callers it brings, faithful to what its documentation says (and does not promise).
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Happening } from '../../network/story.ts';
import { Story } from '../../network/story.ts';
import { type Book, bookOf } from './book.ts';
import { Channel, type Child, type Facts, type Status, type World } from './channel.ts';
import type { RestContract, TwimlRules } from './contract.ts';
import { dialChild } from './dial.ts';
import { Line } from './line.ts';
import { OwnNumber } from './own-number.ts';
import { nobody, Phone } from './phone.ts';
import { restApi } from './rest.ts';
import { Room } from './room.ts';
import { sid } from './sid.ts';
import { type Answered, type Asked, fetchDocument, knock } from './webhook.ts';
import { parseXml, type XmlElement } from './xml.ts';

export type TwilioNumber = {
  sid: string;
  number: string;
  voiceUrl: string;
  voiceFallbackUrl: string;
  voiceFallbackMethod: string;
  statusCallback: string;
  smsUrl: string;
  smsFallbackUrl: string;
};
export type NetworkOptions = {
  /** WAV files and what they say. */
  prompts?: { all(): { text: string; path: string }[] };
  speed?: number;
  onHappening?: (happening: Happening) => void;
  /** False: nothing is held against Twilio's own description, which needs packages that only tests have. */
  judged?: boolean;
};
export type CallOptions = { from?: string; to: string; diversion?: string; name?: string; via?: string };
/** What may go wrong between Twilio and us, as it does in life. */
export type Chaos = { duplicates: boolean; reorders: boolean };
/** What Twilio's REST API does wrong next. */
export type Trouble = { times: number; http: number; code: number; message: string };

/** What comes as plain text is read to the caller. */
const aloud = (text: string): XmlElement => ({
  name: 'Response',
  attributes: {},
  text: '',
  children: [{ name: 'Say', attributes: {}, children: [], text }],
});

/** Twilio's own limit, in its time. */
const deadlineMs = 15_000;
/** Most that a status callback is late when they come out of order, ms of our time. */
const mostLateMs = 40;

export class Caller extends Line {}

export class TwilioNetwork {
  readonly account = sid('AC');
  readonly token = sid('');
  readonly story = new Story();
  readonly channels = new Map<string, Channel>();
  readonly numbers = new Map<string, TwilioNumber>();
  readonly recordings = new Map<string, { wav: Uint8Array; asked: number; call: string; seconds: number }>();
  /** What broke Twilio's contract: a request or a document. Stays empty. */
  readonly violations: string[] = [];
  readonly requests: { method: string; path: string; form: Record<string, unknown>; query: Record<string, string> }[] =
    [];
  readonly chaos: Chaos = { duplicates: false, reorders: false };
  readonly trouble: Trouble[] = [];
  /** What the way between two of its own numbers loses. */
  loses: 'nothing' | 'keys to the line' | 'keys from the line' = 'nothing';
  /** Its REST API cannot be reached: every connection breaks off. */
  isAway = false;
  /** AMD verdict for the next answered legs, and how late it comes (ms of Twilio's time). */
  amd: { answeredBy: string; afterMs: number } | undefined;
  /** Twilio's own description of requests and documents. */
  contract: { rest: RestContract; twiml: TwimlRules } | undefined;
  /** How many times faster than ours its time runs; may be changed between calls. */
  speed: number;
  readonly #judged: boolean;
  readonly #book: Book;
  readonly #phones = new Map<string, Phone>();
  readonly #rooms = new Map<string, Room>();
  readonly #world: World;
  readonly #server: Server;
  #port = 0;

  constructor(options: NetworkOptions = {}) {
    this.speed = options.speed ?? 20;
    this.#judged = options.judged ?? true;
    this.#book = bookOf(options.prompts);
    if (options.onHappening) this.story.on('happening', options.onHappening);
    this.#world = this.#makeWorld();
    const answers = restApi(this);
    this.#server = createServer((request, response) =>
      this.isAway ? void request.socket.destroy() : answers(request, response),
    );
  }

  async start(): Promise<this> {
    if (this.#judged) {
      const { RestContract, TwimlRules } = await import('./contract.ts');
      this.contract = { rest: new RestContract(), twiml: new TwimlRules() };
    }
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    for (const channel of this.channels.values()) channel.end('completed');
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Where its REST API is. */
  get api(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  phone(number: string, name?: string): Phone {
    const known = this.#phones.get(number);
    if (known) return known;
    const phone = new Phone(number, name ?? number, this);
    this.#phones.set(number, phone);
    return phone;
  }

  get phones(): Phone[] {
    return [...this.#phones.values()];
  }

  /** Buys a number: its addresses are to be set by the line. */
  number(number: string, addresses: Partial<TwilioNumber> = {}): TwilioNumber {
    const blank = {
      voiceUrl: '',
      voiceFallbackUrl: '',
      voiceFallbackMethod: 'POST',
      statusCallback: '',
      smsUrl: '',
      smsFallbackUrl: '',
    };
    const bought = { sid: sid('PN'), number, ...blank, ...addresses };
    this.numbers.set(bought.sid, bought);
    return bought;
  }

  /** A caller dials one of the account's numbers. */
  async call({ from, to, diversion, name }: CallOptions): Promise<Caller> {
    const number = [...this.numbers.values()].find((one) => one.number === to);
    if (!number?.voiceUrl) throw new Error(`${to} is no number of this account, or has no voice URL`);
    const extra = { ...(diversion ? { ForwardedFrom: diversion } : {}), ...(name ? { CallerName: name } : {}) };
    return new Caller(this.#comes(number, from, extra));
  }

  /** A call comes to a number of the account, in a channel of its own. */
  #comes(number: TwilioNumber, from: string | undefined, extra: Record<string, string> = {}): Channel {
    const [shown, to] = [from ?? '+266696687', number.number];
    const channel = this.#channel(`caller ${from ?? 'without a number'}`, { direction: 'inbound', from: shown, to });
    channel.status = 'ringing';
    if (number.voiceFallbackUrl) channel.fallback = number.voiceFallbackUrl;
    channel.fallbackMethod = number.voiceFallbackMethod;
    this.story.tell(channel.who, `calls ${to}`);
    channel.onEnd.push(() => this.#told(channel, number.statusCallback, channel.status));
    void channel
      .run({ url: number.voiceUrl, params: channel.params(extra) })
      .catch((error) => this.#broken(channel, error));
    return channel;
  }

  /** POST /Calls: rings the phone, and asks for the leg's document when it is picked up. */
  place(form: Record<string, string>, events: readonly string[]): Channel {
    const { To = '', From = '', Url = '', FallbackUrl, StatusCallback = '', Timeout = '60' } = form;
    const number = [...this.numbers.values()].find((one) => one.number === To && one.voiceUrl !== '');
    const phone = number ? new OwnNumber(() => this.#comes(number, From)) : this.#phones.get(To);
    const channel = this.#channel(phone?.name ?? To, { direction: 'outbound-api', from: From, to: To });
    if (FallbackUrl) channel.fallback = FallbackUrl;
    const tell = (event: string, status: Status) =>
      events.includes(event) && this.#told(channel, StatusCallback, status);
    setImmediate(() => {
      channel.status = 'initiated';
      tell('initiated', 'initiated');
      void this.#ring(channel, phone, { form, timeoutMs: Number(Timeout) * 1000, tell, url: Url });
    });
    return channel;
  }

  async #ring(
    channel: Channel,
    phone: Phone | OwnNumber | undefined,
    {
      form,
      timeoutMs,
      tell,
      url,
    }: {
      form: Record<string, string>;
      timeoutMs: number;
      tell: (event: string, status: Status) => void;
      url: string;
    },
  ): Promise<void> {
    const ringing = () => {
      channel.status = 'ringing';
      channel.ringingAt = Date.now();
      tell('ringing', 'ringing');
    };
    channel.onEnd.push(() => tell('completed', channel.status));
    if (!phone) {
      channel.sip = nobody.sip;
      this.story.tell(channel.facts.to, 'is called: there is no such number');
      return channel.end(nobody.status);
    }
    const ring = await phone.called(channel, ringing);
    if (channel.isOver) return;
    const late = setTimeout(() => channel.answeredAt ?? channel.end('no-answer'), timeoutMs / this.speed);
    channel.onEnd.push(() => clearTimeout(late));
    await ring.pickedUp;
    clearTimeout(late);
    if (channel.isOver) return;
    channel.answer();
    tell('answered', 'in-progress');
    this.#limit(channel, form);
    this.#detect(channel, form);
    await channel.run({ url, params: channel.params() }).catch((error) => this.#broken(channel, error));
  }

  /** The longest that a call placed by REST may last, when it says so. */
  #limit(channel: Channel, { TimeLimit }: Record<string, string>): void {
    if (TimeLimit === undefined) return;
    const late = setTimeout(() => channel.end('completed'), (1000 * Number(TimeLimit)) / this.speed);
    channel.onEnd.push(() => clearTimeout(late));
  }

  /** Asynchronous machine detection: only four parameters, and whenever it is ready. */
  #detect(channel: Channel, { AsyncAmdStatusCallback }: Record<string, string>): void {
    if (!this.amd || !AsyncAmdStatusCallback) return;
    const { answeredBy, afterMs } = this.amd;
    const params = {
      CallSid: channel.sid,
      AccountSid: this.account,
      AnsweredBy: answeredBy,
      MachineDetectionDuration: String(afterMs),
    };
    setTimeout(() => this.#world.tell({ url: AsyncAmdStatusCallback, params }), afterMs / this.speed);
  }

  /** Text messages that we sent, oldest first. */
  readonly messages: { sid: string; to: string; from: string; body: string }[] = [];
  readonly optedOut = new Set<string>();
  /** Numbers whose messages never arrive. */
  readonly unreachable = new Set<string>();

  /** A message is on its way: told step by step, `delivered` perhaps before `sent`. */
  sent({ To = '', From = '', Body = '', StatusCallback }: Record<string, string>): { sid: string } {
    const message = { sid: sid('SM'), to: To, from: From, body: Body };
    this.messages.push(message);
    this.story.tell(To, `is sent « ${Body} »`);
    const failed = this.unreachable.has(To);
    for (const MessageStatus of ['sent', failed ? 'undelivered' : 'delivered']) {
      const base = { MessageSid: message.sid, SmsSid: message.sid, AccountSid: this.account, From, To };
      const params = { ...base, MessageStatus, SmsStatus: MessageStatus, ApiVersion: '2010-04-01' };
      if (StatusCallback)
        this.#world.tell({
          url: StatusCallback,
          params: MessageStatus === 'undelivered' ? { ...params, ErrorCode: '30003' } : params,
        });
    }
    return message;
  }

  /** Somebody writes to one of our numbers. Resolves with the status of our answer. */
  async text({
    from,
    to,
    body,
    sid: name = sid('SM'),
    more = {},
  }: {
    from: string;
    to: string;
    body: string;
    sid?: string;
    more?: Record<string, string>;
  }) {
    const number = [...this.numbers.values()].find((one) => one.number === to);
    this.story.tell(from, `writes « ${body} »`);
    const params = {
      MessageSid: name,
      SmsSid: name,
      SmsMessageSid: name,
      AccountSid: this.account,
      From: from,
      To: to,
      Body: body,
      NumMedia: '0',
      NumSegments: '1',
      SmsStatus: 'received',
      ApiVersion: '2010-04-01',
      ...more,
    };
    const answer = await knock({ url: number?.smsUrl ?? '', params }, this.#habits);
    if (answer.body !== '<Response/>') this.violations.push(`an SMS was answered with ${answer.body}`);
    return answer.status;
  }

  #channel(who: string, facts: Facts): Channel {
    const channel = new Channel(who, facts, this.#world);
    this.channels.set(channel.sid, channel);
    channel.onEnd.push(() => this.story.stir());
    return channel;
  }

  #empties = 0;
  readonly #sequence = new Map<string, number>();

  #told(channel: Channel, url: string, status: Status): void {
    if (!url) return;
    const number = this.#sequence.get(channel.sid) ?? 0;
    this.#sequence.set(channel.sid, number + 1);
    const over = channel.isOver;
    const seconds = String(Math.round(((channel.endedAt ?? Date.now()) - (channel.answeredAt ?? Date.now())) / 1000));
    const params = channel.params({
      CallStatus: status,
      CallbackSource: 'call-progress-events',
      SequenceNumber: String(number),
      Timestamp: new Date().toUTCString(),
      ...(over ? { CallDuration: seconds, Duration: '1' } : {}),
      ...(over && channel.sip ? { SipResponseCode: String(channel.sip) } : {}),
    });
    this.#world.tell({ url, params });
  }

  #broken(channel: Channel, error: Error): void {
    // Sound that stands at a server which is dead in this moment: Twilio says so to the caller, and it breaks no contract.
    if (error.message === 'fetch failed') this.story.tell(channel.who, 'hears « an application error has occurred »');
    else this.violations.push(`${channel.who}: ${error.message}`);
    channel.end('failed');
  }

  get #habits() {
    return {
      token: this.token,
      deadlineMs: deadlineMs / this.speed + 2_000,
      times: () => (this.chaos.duplicates ? 2 : 1),
    };
  }

  #makeWorld(): World {
    const network = this;
    return {
      account: this.account,
      story: this.story,
      get speed() {
        return network.speed;
      },
      leavesOut: () => ++this.#empties % 2 === 0,
      document: (asked) => fetchDocument(asked, this.#habits),
      parse: (document, from) => this.#parse(document, from),
      audio: (url) => this.#book.audio(url),
      tell: (asked) => this.#tell(asked),
      carriesKeys: ({ facts }) =>
        this.loses !== (facts.direction === 'inbound' ? 'keys from the line' : 'keys to the line'),
      room: (name) => this.#room(name),
      dialChild: (parent, dial) => this.#dial(parent, dial),
      recorded: (channel, seconds) => this.#recorded(channel, seconds),
    };
  }

  #parse(document: Answered, from: string): XmlElement {
    if (document.type.startsWith('text/plain')) return aloud(document.body);
    const element = parseXml(document.body);
    const problems = this.contract?.twiml.problems(element) ?? [];
    this.violations.push(...problems.map((problem) => `${from}: ${problem}`));
    return element;
  }

  /** A callback whose answer nobody waits for; late and repeated when the network is in that mood. */
  #tell(asked: Asked): void {
    const lateMs = this.chaos.reorders ? Math.random() * mostLateMs : 0;
    const deliver = () =>
      void knock(asked, this.#habits).catch((error: Error) =>
        this.story.tell('Twilio', `could not tell ${asked.url}: ${error.message}`),
      );
    setTimeout(deliver, lateMs);
    if (this.chaos.duplicates) setTimeout(deliver, lateMs + 5);
  }

  /** Rooms that have begun and are not over. */
  get rooms(): Room[] {
    return [...this.#rooms.values()].filter(({ started }) => started);
  }

  #room(name: string): Room {
    const room = this.#rooms.get(name) ?? new Room(name);
    this.#rooms.set(name, room);
    return room;
  }

  #dial(parent: Channel, dial: XmlElement): Promise<Child> {
    return dialChild(parent, dial, {
      phone: (number) => this.#phones.get(number),
      channel: (who, facts) => this.#channel(who, facts),
      broken: (channel, error) => this.#broken(channel, error),
    });
  }

  #recorded({ sid: call }: Channel, seconds: number): string {
    const name = sid('RE');
    this.recordings.set(name, { wav: this.#book.silence(seconds), asked: 0, call, seconds });
    return name;
  }
}
