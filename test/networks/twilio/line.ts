// One side of a call at the loopback Twilio, in the words of test/network/line.ts: hears, presses, says, hangs up, is talking to.
import type { Channel } from './channel.ts';

export type Within = { within?: number };

const plain = (text: string) => text.normalize('NFC').toLowerCase().replace(/[’']/g, "'").replace(/\s+/g, ' ').trim();
/** A person presses once the line listens; a moment before is forgiven. */
const listensMs = 3_000;

export class Line {
  readonly channel: Channel;
  #heardUpTo = 0;

  constructor(channel: Channel) {
    this.channel = channel;
  }

  get who(): string {
    return this.channel.who;
  }

  get isOver(): boolean {
    return this.channel.isOver;
  }

  get ringingAt(): number | undefined {
    return this.channel.ringingAt;
  }

  get answeredAt(): number | undefined {
    return this.channel.answeredAt;
  }

  get endedAt(): number | undefined {
    return this.channel.endedAt;
  }

  async isAnswered({ within }: Within = {}): Promise<this> {
    await this.#until('is answered', () => this.channel.answeredAt !== undefined, within);
    return this;
  }

  async isHungUp({ within }: Within = {}): Promise<this> {
    await this.channel.world.story.until(`${this.who} is hung up`, () => this.isOver, within);
    return this;
  }

  /** Hears words that are, or are part of, a prompt, after what it heard before. */
  async hears(words: string, { within, whole }: Within & { whole?: boolean } = {}): Promise<this> {
    const wanted = plain(words);
    const found = await this.#until(
      `hears « ${words} »`,
      () => {
        const at = this.channel.heard.findIndex((one, i) => i >= this.#heardUpTo && plain(one.words).includes(wanted));
        return at < 0 ? undefined : { at };
      },
      within,
    );
    this.#heardUpTo = found.at + 1;
    if (whole) await this.#until(`hears all of « ${words} »`, () => this.channel.heard[found.at]?.until, within);
    return this;
  }

  hearsSound = (options?: Within): Promise<this> => this.hears('', options);

  /** Nothing has been heard for `ms` of Twilio's time. */
  async hearsPause(ms = 700, { within }: Within = {}): Promise<this> {
    const { speed } = this.channel.world;
    const quiet = () => {
      const last = this.channel.heard.at(-1);
      return !last || (last.until !== undefined && Date.now() - last.until >= ms / speed);
    };
    await this.#until('hears a pause', quiet, within);
    return this;
  }

  hearsMusic = (options?: Within): Promise<this> => this.hears('music', options);

  async presses(keys: string): Promise<this> {
    const { story, speed } = this.channel.world;
    story.tell(this.who, `presses ${keys}`);
    for (const key of keys) {
      await this.#listening(listensMs);
      this.channel.keys?.(key);
      await new Promise((later) => setTimeout(later, 100 / speed));
    }
    return this;
  }

  async #listening(ms: number): Promise<void> {
    for (const end = Date.now() + ms; !this.channel.keys && Date.now() < end && !this.isOver; )
      await new Promise((later) => setTimeout(later, 5));
  }

  /** Says something: a sound of 8 kHz, or anything for so long (Twilio's milliseconds). */
  async says(sound: Int16Array | number): Promise<void> {
    const ms = typeof sound === 'number' ? sound : sound.length / 8;
    const { speed } = this.channel.world;
    const step = 100;
    for (let said = 0; said < ms && !this.isOver; said += step) {
      this.channel.spokenMs += step;
      await new Promise((later) => setTimeout(later, step / speed));
    }
  }

  /** Says words, to whoever recognises speech at that moment; a mumble is no word at all. */
  async speaks(words: string, { confidence = 0.91, language = 'fr-FR' } = {}): Promise<void> {
    const { story, speed } = this.channel.world;
    story.tell(this.who, words === '' ? 'mumbles' : `says « ${words} »`);
    for (const end = Date.now() + listensMs; !this.channel.speech && Date.now() < end && !this.isOver; )
      await new Promise((later) => setTimeout(later, 5));
    const { speech } = this.channel;
    speech?.begins();
    await this.says(Math.max(500, 70 * words.length));
    // A pause says that it was all; then recognition takes a moment.
    await new Promise((later) => setTimeout(later, 1500 / speed));
    speech?.ends({ words, confidence, language });
  }

  async hangsUp(): Promise<void> {
    this.channel.world.story.tell(this.who, 'hangs up');
    this.channel.end('completed');
  }

  async isTalkingTo(other: Line, { within }: Within = {}): Promise<this> {
    await this.#until(`is talking to ${other.who}`, () => together(this.channel, other.channel), within);
    for (const one of [this.channel, other.channel]) one.talkingAt ??= Date.now();
    this.channel.world.story.tell(this.who, `is talking to ${other.who}`);
    return this;
  }

  /** For a while that would be long enough to be joined. */
  async isNotTalkingTo(other: Line): Promise<this> {
    const { story, speed } = this.channel.world;
    for (const end = Date.now() + 2000 / speed; Date.now() < end; await new Promise((later) => setTimeout(later, 10)))
      if (together(this.channel, other.channel))
        throw new Error(`${this.who} talks to ${other.who}, and should not.\n${story.text()}`);
    return this;
  }

  /** The longest stretch without sound, in seconds of Twilio's time. */
  longestSilence(): number {
    return this.channel.longestQuietMs / 1000;
  }

  #until<T>(what: string, check: () => T | undefined | false, within?: number): Promise<T> {
    const heard = () => this.channel.heard.slice(this.#heardUpTo).map(({ words }) => `« ${words} »`);
    const hopeless = () => (this.isOver ? `the call is over; it heard ${heard().join(', ') || 'nothing'}` : undefined);
    return this.channel.world.story.until(`${this.who} ${what}`, check, within, hopeless);
  }
}

/** In one room that has started, or joined by a Dial. */
const together = (one: Channel, other: Channel): boolean =>
  (one.room !== undefined && one.room === other.room && one.room.started) || one.partner === other;
