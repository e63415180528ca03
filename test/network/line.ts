// One telephone line in a call: what it hears, presses and says, and how the call went. Callers and phones are both lines.
import { writeFileSync } from 'node:fs';
import type { Ari, AriEvent } from './ari.ts';
import { audible, longestSilence, loudness, rate, sounds, tone, toneShare, writeWav } from './audio.ts';
import type { Entry, PromptBook } from './book.ts';
import { Ear } from './ear.ts';
import { bestMatch, same } from './match.ts';
import type { Story } from './story.ts';
import { Wire } from './wire.ts';

export type Within = { within?: number };
export type Tools = { ari: Ari; host: string; story: Story; book: PromptBook };

/** Each check of two-way sound has a pitch of its own, so that an old one cannot pass for it. */
let pitch = 0;
const nextPitch = () => 1700 + 37 * (pitch++ % 23);

export class Line {
  /** The channel at the network's Asterisk. */
  readonly id: string;
  readonly who: string;
  readonly startedAt = Date.now();
  readonly ear: Ear;
  ringingAt: number | undefined;
  answeredAt: number | undefined;
  endedAt: number | undefined;
  /** Q.850, once ended. */
  cause: number | undefined;
  talkingAt: number | undefined;
  protected readonly tools: Tools;
  #wire: Wire | undefined;
  /** Up to here, in samples, what was heard has been recognised. */
  #heardUpTo = 0;

  constructor(id: string, who: string, tools: Tools) {
    this.id = id;
    this.who = who;
    this.tools = tools;
    this.ear = new Ear(this.startedAt);
  }

  /** Makes the way for the sound: an external media channel in a bridge, ready for the line to join. */
  async prepareSound(): Promise<void> {
    const { ari, host } = this.tools;
    const wire = await Wire.open(host, (frame, follows) => this.ear.hear(frame, Date.now(), follows));
    this.#wire = wire;
    const sound = `sound-${this.id}`;
    const there = ari.next((event) => event.type === 'StasisStart' && event.channel?.id === sound);
    const media = { external_host: wire.address, format: 'alaw' };
    await Promise.all([
      there,
      ari.request('POST', `bridges/bridge-${this.id}`, { type: 'mixing' }),
      ari.request('POST', 'channels/externalMedia', { app: 'network', channelId: sound, ...media }),
    ]);
    const [address, port] = await Promise.all([
      ari.variable(sound, 'UNICASTRTP_LOCAL_ADDRESS'),
      ari.variable(sound, 'UNICASTRTP_LOCAL_PORT'),
      ari.request('POST', `bridges/bridge-${this.id}/addChannel`, { channel: sound }),
    ]);
    wire.sendsTo(address, Number(port));
    if (this.isOver) this.#endSound();
  }

  async joinSound(): Promise<void> {
    // Without inhibition the bridge would overwrite the number that the caller shows.
    const query = { channel: this.id, inhibitConnectedLineUpdates: 'true' };
    await this.tools.ari.tell('POST', `bridges/bridge-${this.id}/addChannel`, query);
  }

  /** What Asterisk reports of this channel. */
  happened(event: AriEvent): void {
    const state =
      event.type === 'Dial' ? event.dialstatus : event.type === 'ChannelStateChange' ? event.channel?.state : undefined;
    if (this.ringingAt === undefined && /^ringing$/i.test(state ?? '')) this.#note('ringingAt', 'rings');
    if (this.answeredAt === undefined && (state === 'ANSWER' || state === 'Up'))
      this.#note('answeredAt', 'is answered');
    if (event.type === 'ChannelDestroyed') this.#ended(event.cause);
  }

  #note(what: 'ringingAt' | 'answeredAt', words: string): void {
    this[what] = Date.now();
    if (what === 'answeredAt') this.#wire?.opens();
    this.tools.story.tell(this.who, words);
  }

  #ended(cause: number | undefined): void {
    this.endedAt = Date.now();
    this.cause = cause;
    this.#endSound();
    this.tools.story.tell(this.who, `is over (cause ${cause})`);
  }

  #endSound(): void {
    this.#wire?.close();
    for (const gone of [`channels/sound-${this.id}`, `bridges/bridge-${this.id}`]) {
      this.tools.ari
        .tell('DELETE', gone)
        .catch((error: Error) => this.tools.story.tell('the network', `failed: ${error.message}`));
    }
  }

  /** @throws unless the other side answers in time. */
  async isAnswered({ within }: Within = {}): Promise<this> {
    await this.#until('is answered', () => this.answeredAt !== undefined, within);
    return this;
  }

  /** @throws unless the other side ends the call in time. */
  async isHungUp({ within }: Within = {}): Promise<this> {
    await this.tools.story.until(`${this.who} is hung up`, () => this.endedAt !== undefined, within);
    return this;
  }

  get isOver(): boolean {
    return this.endedAt !== undefined;
  }

  async hangsUp(): Promise<void> {
    this.tools.story.tell(this.who, 'hangs up');
    await this.tools.ari.tell('DELETE', `channels/${this.id}`);
    await this.isHungUp();
  }

  /** Presses keys one after the other (RFC 4733 telephone-events). */
  async presses(keys: string): Promise<this> {
    this.tools.story.tell(this.who, `presses ${keys}`);
    await this.tools.ari.tell('POST', `channels/${this.id}/dtmf`, { dtmf: keys, duration: 90, between: 60 });
    return this;
  }

  /**
   * Hears a prompt whose text is, or holds, these words, after what it heard before. Resolves as soon as the part that tells the
   * prompt from the others has been heard; with `whole`, at its end. @throws with the story otherwise.
   */
  async hears(words: string, { within, whole = false }: Within & { whole?: boolean } = {}): Promise<this> {
    const wanted = this.tools.book.find(words);
    const from = this.#heardUpTo;
    let searched = from;
    const search = (all: boolean) => {
      const fresh = this.ear.sound.length - searched;
      if (fresh < (all ? 1 : rate / 10)) return undefined;
      const found = this.#match(wanted, from, searched);
      searched = this.ear.sound.length;
      return found;
    };
    const look = () => search(this.isOver);
    const { entry, at } = await this.#until(
      `hears « ${words} »`,
      look,
      within,
      (why) => `${why}; it heard ${this.#heardText(from)}`,
    );
    const end = at - entry.piece.at + entry.length;
    this.#heardUpTo = at + entry.piece.samples.length;
    this.tools.story.tell(this.who, `hears « ${entry.text} »`);
    if (whole) {
      await this.#until(`hears « ${words} » to its end`, () => this.ear.sound.length >= end, within);
      this.#heardUpTo = end;
    }
    return this;
  }

  #match(wanted: Entry[], from: number, searched: number): { entry: Entry; at: number } | undefined {
    for (const entry of wanted) {
      // A second more than needed: a gap that proves to be our own machine's moves what came after it.
      const start = Math.max(from, searched - entry.piece.samples.length - rate);
      const match = bestMatch(this.ear.sound.subarray(start), entry.piece);
      if (match.score >= same) return { entry, at: start + match.at };
    }
    return undefined;
  }

  /** Hears anything at all, from now on. */
  async hearsSound({ within }: Within = {}): Promise<this> {
    let from = this.ear.sound.length;
    const look = () => {
      const heard = sounds(this.ear.sound.subarray(from)).length > 0;
      from = Math.max(from, this.ear.sound.length - rate / 50);
      return heard;
    };
    await this.#until('hears something', look, within);
    return this;
  }

  /** Waits until nothing has been heard for `ms` (the other side has finished speaking). */
  async hearsPause(ms = 700, { within }: Within = {}): Promise<this> {
    const look = () => loudness(this.ear.last(ms, Date.now())) < audible;
    await this.#until('hears a pause', look, within);
    return this;
  }

  /** Hears the music on hold given when the network was started. */
  async hearsMusic({ within }: Within = {}): Promise<this> {
    let from = this.ear.sound.length;
    const look = () => {
      if (this.ear.sound.length < from + rate) return undefined;
      const found = this.tools.book.isMusic(this.ear.sound.slice(from, from + rate));
      from += rate / 2;
      return found;
    };
    await this.#until('hears the music', look, within);
    return this;
  }

  /** @throws unless a tone of this pitch (Hz) lasts a tenth of a second. */
  async hearsTone(
    hertz: number,
    { within, from = this.ear.sound.length }: Within & { from?: number } = {},
  ): Promise<this> {
    let looked = from;
    const look = () => {
      const upTo = this.#toneUpTo(hertz, looked);
      looked = upTo ?? looked;
      return upTo === undefined;
    };
    await this.#until(`hears a tone of ${hertz} Hz`, look, within);
    return this;
  }

  #heardTone(hertz: number, from: number): boolean {
    return this.#toneUpTo(hertz, from) === undefined;
  }

  /** Nothing when the tone is there, else up to where it is not. */
  #toneUpTo(hertz: number, from: number): number | undefined {
    const step = rate / 20;
    let at = from;
    for (; at + 2 * step <= this.ear.sound.length; at += step) {
      const piece = this.ear.sound.subarray(at, at + 2 * step);
      if (loudness(piece) > 10 * audible && toneShare(piece, hertz) > 0.7) return undefined;
    }
    return at;
  }

  /** Says this sound; resolves when all of it has been sent. */
  async says(samples: Int16Array): Promise<void> {
    if (!this.#wire) throw new Error(`${this.who} cannot speak before the call is answered`);
    await this.#wire.say(samples);
  }

  /** Sound goes both ways: a tone that each sends is heard by the other. */
  async isTalkingTo(other: Line, { within }: Within = {}): Promise<this> {
    await Promise.all([this.#isHeardBy(other, within), other.#isHeardBy(this, within)]);
    this.talkingAt ??= Date.now();
    other.talkingAt ??= Date.now();
    this.tools.story.tell(this.who, `is talking to ${other.who}`);
    return this;
  }

  async #isHeardBy(other: Line, within: number | undefined): Promise<void> {
    const patience = within === undefined ? {} : { within };
    await Promise.all([this.#canSpeak(within), other.#canSpeak(within)]);
    const hertz = nextPitch();
    let heard = false;
    const waits = other.hearsTone(hertz, patience).finally(() => {
      heard = true;
    });
    const sends = (async () => {
      while (!heard && !this.isOver) await this.says(tone(hertz, 300));
    })();
    await Promise.all([waits, sends]);
  }

  #canSpeak = (within: number | undefined) =>
    this.#until('is answered', () => this.answeredAt !== undefined && this.#wire !== undefined, within);

  /** Neither hears a second of the other's tone. */
  async isNotTalkingTo(other: Line): Promise<this> {
    for (const [speaker, listener] of [
      [this, other],
      [other, this],
    ] as const) {
      const hertz = nextPitch();
      const from = listener.ear.sound.length;
      await speaker.says(tone(hertz, 1000));
      if (listener.#heardTone(hertz, from))
        throw new Error(`${listener.who} hears ${speaker.who}, and should not.\n${this.tools.story.text()}`);
    }
    return this;
  }

  /**
   * The longest stretch without sound, in seconds: from the beginning of the call (while it rings, the caller hears ringing) until it
   * talks to somebody, hangs up, or now.
   */
  longestSilence(): number {
    const from = Math.round((((this.answeredAt ?? this.startedAt) - this.startedAt) * rate) / 1000);
    const beforeRing = ((this.ringingAt ?? this.answeredAt ?? this.endedAt ?? Date.now()) - this.startedAt) / 1000;
    const until = this.talkingAt ?? this.endedAt ?? Date.now();
    return Math.max(beforeRing, longestSilence(this.ear.soundUntil(until).subarray(from)));
  }

  /** What was heard, with seconds from the beginning of the call and how long it lasted. */
  heard(begin = 0): { at: number; seconds: number; what: string }[] {
    const sound = this.ear.sound.subarray(begin);
    return sounds(sound, 400).flatMap(({ from, until }) =>
      this.tools.book.name(sound.slice(from, until)).map((part) => ({
        at: (begin + from + part.at) / rate,
        seconds: (part.until - part.at) / rate,
        what: part.what,
      })),
    );
  }

  #heardText(from: number): string {
    // Naming is slow where there are many prompts: only what is asked about, and no more than its last half minute.
    const begin = Math.max(0, from - rate, this.ear.sound.length - 30 * rate);
    const lines = this.heard(begin).map(({ at, what }) => `${what} at ${at.toFixed(1)} s`);
    return lines.length > 0 ? lines.join(', ') : 'nothing';
  }

  /** Keeps what was heard as a WAV file, for a person to listen to. */
  recording(path: string): void {
    writeFileSync(path, writeWav(this.ear.soundUntil(this.endedAt ?? Date.now())));
  }

  async #until<T>(
    what: string,
    check: () => T | undefined | false,
    within: number | undefined,
    dress = (why: string) => why,
  ): Promise<T> {
    const hopeless = () => (this.isOver ? `the call is over (cause ${this.cause})` : undefined);
    try {
      return await this.tools.story.until(`${this.who} ${what}`, check, within, hopeless);
    } catch (error) {
      if (process.env.DUMP) this.recording(`${process.env.DUMP}/${this.id}-${Date.now()}.wav`);
      throw new Error(dress((error as Error).message), { cause: error });
    }
  }
}
