// One call at the loopback Twilio: it fetches documents, does what they say verb by verb, and can at any moment be hung up or sent elsewhere.
import type { Story } from '../../network/story.ts';
import type { Room } from './room.ts';
import { sid } from './sid.ts';
import { doVerb, type Next } from './verbs.ts';
import type { Answered, Asked } from './webhook.ts';
import type { XmlElement } from './xml.ts';

export type Status =
  | 'queued'
  | 'initiated'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'failed'
  | 'no-answer'
  | 'canceled';

export type World = {
  account: string;
  story: Story;
  /** Twilio's time runs so many times faster than ours. */
  speed: number;
  /** Every second time: what may be empty or absent is absent. */
  leavesOut(): boolean;
  document(asked: Asked): Promise<Answered | undefined>;
  /** Parses and checks; what breaks the contract is noted. @throws for what is no TwiML. */
  parse(document: Answered, from: string): XmlElement;
  /** The words of an audio file, and how long it plays. */
  audio(url: string): Promise<{ words: string; ms: number }>;
  tell(asked: Asked): void;
  /** Whether the way between two numbers of the account carries keys from this side. */
  carriesKeys(from: Channel): boolean;
  room(name: string): Room;
  dialChild(parent: Channel, dial: XmlElement): Promise<Child>;
  recorded(channel: Channel, seconds: number): string;
};
export type Child = { status: string; sid: string; bridged: boolean; seconds: number };

export type Facts = {
  direction: 'inbound' | 'outbound-api' | 'outbound-dial';
  from: string;
  to: string;
  parent?: string;
};
/** Something heard; `at` and `until` in ms since 1970, `until` once it ended. */
export type Heard = { at: number; words: string; until?: number };

/** Words of the person at the phone, and how sure recognition will be of them. */
export type Spoken = { words: string; confidence: number; language: string };

/** The channel was sent elsewhere, or is over: whatever its document was doing ends. */
export class Interrupted extends Error {}

export class Channel {
  readonly sid = sid('CA');
  readonly who: string;
  readonly facts: Facts;
  readonly world: World;
  readonly heard: Heard[] = [];
  readonly startedAt = Date.now();
  status: Status = 'queued';
  /** The final SIP status of the far side, where it refused. */
  sip: number | undefined;
  ringingAt: number | undefined;
  answeredAt: number | undefined;
  endedAt: number | undefined;
  /** Who it talks to, and since when: a room it shares, or the other side of a Dial. */
  room: Room | undefined;
  partner: Channel | undefined;
  /** The other end of a call to a number of the account: what one plays, the other's keys and recording take in. */
  far: Channel | undefined;
  talkingAt: number | undefined;
  /** Where keys go at this moment. */
  keys: ((key: string) => void) | undefined;
  /** Who recognises speech at this moment. */
  speech: { begins(): void; ends(spoken: Spoken): void } | undefined;
  /** Sound that this channel makes, ms: what is recorded of it. */
  spokenMs = 0;
  fallback: string | undefined;
  fallbackMethod: string | undefined;
  current = '';
  quietMs = 0;
  longestQuietMs = 0;
  onEnd: ((channel: Channel) => void)[] = [];
  onAnswer: (() => void)[] = [];
  /** Counts how often it was moved: what an earlier document still does in the background counts no more. */
  epoch = 0;
  #interrupt: ((why: Interrupted) => void) | undefined;
  #interrupted: Promise<never>;
  #moved: Asked | undefined;

  constructor(who: string, facts: Facts, world: World) {
    this.who = who;
    this.facts = facts;
    this.world = world;
    this.#interrupted = this.#arm();
  }

  #arm(): Promise<never> {
    const armed = new Promise<never>((_, reject) => {
      this.#interrupt = reject;
    });
    armed.catch(() => undefined);
    return armed;
  }

  get isOver(): boolean {
    return this.endedAt !== undefined;
  }

  /** The parameters of every request about this call. */
  params(extra: Record<string, string> = {}): Record<string, string> {
    const { direction, from, to, parent } = this.facts;
    return {
      CallSid: this.sid,
      AccountSid: this.world.account,
      From: from,
      To: to,
      Caller: from,
      Called: to,
      CallStatus: this.status,
      ApiVersion: '2010-04-01',
      Direction: direction,
      FromCountry: 'FR',
      FromCity: '',
      ...(parent ? { ParentCallSid: parent } : {}),
      ...extra,
    };
  }

  /** Answers: the first verb that makes sound, or a phone that is picked up. */
  answer(): void {
    if (this.answeredAt !== undefined) return;
    this.status = 'in-progress';
    this.answeredAt = Date.now();
    this.world.story.tell(this.who, 'is answered');
    for (const told of this.onAnswer) told();
  }

  /** Runs documents until one ends the call, or somebody does. */
  async run(first: Asked): Promise<void> {
    let next: Next = { go: first };
    while (!this.isOver) {
      try {
        if ('end' in next) break;
        next = await this.race(this.#document(next.go));
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        const moved: Asked | undefined = this.#moved;
        this.#moved = undefined;
        if (moved) next = { go: moved };
      }
    }
    this.end('completed');
  }

  /** A whisper: its end ends nothing. */
  async runWhisper(asked: Asked): Promise<void> {
    for (let next: Next = { go: asked }; 'go' in next && !this.isOver; ) {
      next = await this.race(this.#document(next.go)).catch((error: Error): Next => {
        if (error instanceof Interrupted) return { end: true };
        throw error;
      });
    }
  }

  async #document(asked: Asked): Promise<Next> {
    const began = Date.now();
    const { epoch } = this;
    this.current = asked.url;
    const withFallback = this.fallback
      ? { ...asked, fallback: this.fallback, fallbackMethod: this.fallbackMethod }
      : asked;
    const answer = asked.twiml
      ? { status: 200, type: 'text/xml', body: asked.twiml, ms: 0 }
      : await this.world.document(withFallback);
    if (epoch !== this.epoch) throw new Interrupted();
    this.quiet(Date.now() - began);
    if (!answer) {
      this.world.story.tell(this.who, 'hears « an application error has occurred »');
      return { end: true };
    }
    return this.#verbs(this.world.parse(answer, asked.url).children);
  }

  async #verbs(verbs: XmlElement[]): Promise<Next> {
    const { epoch } = this;
    for (const verb of verbs) {
      if (epoch !== this.epoch) throw new Interrupted();
      const next = await doVerb(this, verb);
      if (next) return next;
    }
    return { end: true };
  }

  /** Sends the call to another document at once. */
  move(asked: Asked): void {
    this.#moved = asked;
    this.#cut();
  }

  /** The call is over. Whoever asks later gets the same end. */
  end(status: Status): void {
    if (this.isOver) return;
    this.status = status;
    this.endedAt = Date.now();
    this.world.story.tell(this.who, `is over (${status})`);
    for (const told of this.onEnd) told(this);
    this.#cut();
  }

  #cut(): void {
    this.epoch++;
    const interrupt = this.#interrupt;
    this.#interrupted = this.#arm();
    interrupt?.(new Interrupted());
  }

  /** What is awaited, unless the call is moved or over before. */
  race<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#interrupted]);
  }

  /** Lets time pass, in Twilio's milliseconds. Of a pause that was cut short nothing is left: it would keep the process alive. */
  async pass(ms: number): Promise<void> {
    let passed: NodeJS.Timeout | undefined;
    const time = new Promise<void>((done) => {
      passed = setTimeout(done, ms / this.world.speed);
    });
    await this.race(time).finally(() => clearTimeout(passed));
  }

  /** Sound that the person at this phone hears, for so long. */
  async hears(words: string, ms: number): Promise<void> {
    this.quietMs = 0;
    const heard: Heard = { at: Date.now(), words };
    this.heard.push(heard);
    this.world.story.tell(this.who, `hears « ${words} »`);
    try {
      await this.pass(ms);
    } finally {
      heard.until = Date.now();
      this.world.story.stir();
    }
  }

  /** Time in which nothing is heard by one who waits. */
  quiet(ms: number): void {
    if (this.answeredAt === undefined || this.talkingAt !== undefined) return;
    this.quietMs += ms;
    this.longestQuietMs = Math.max(this.longestQuietMs, this.quietMs);
  }
}
