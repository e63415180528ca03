// A telephone behind a carrier: it rings when the line calls it, and does what its owner does: by hand in tests, by habit in the demo.
import { tone } from './audio.ts';
import { Line, type Tools, type Within } from './line.ts';

/** Q.850 causes and the SIP status Asterisk makes of them. */
const refusals = { busy: 17, declines: 16, unallocated: 1, unavailable: 20, 'no codec': 58, congested: 34 } as const;

export type Habit =
  | 'rings' // and leaves the rest to the test
  | 'takes' // answers, listens, presses 1
  | 'declines with 2'
  | 'never answers'
  | 'voicemail' // a greeting, a beep, never a key
  | 'sleeps' // answers and says nothing
  | 'hangs up' // answers, listens for a moment, rings off
  | 'no sign of life' // not even a ringing
  | keyof typeof refusals;

/** One time that the phone was called. */
export class Ring extends Line {
  readonly carrier: string;
  /** Number shown to the owner. */
  readonly shows: string;
  /** SIP Call-ID: finds the signalling in the carrier's `seen`. */
  readonly callId: string;

  constructor(
    id: string,
    who: string,
    tools: Tools,
    { carrier, shows, callId }: { carrier: string; shows: string; callId: string },
  ) {
    super(id, who, tools);
    this.carrier = carrier;
    this.shows = shows;
    this.callId = callId;
  }

  async sounds(): Promise<void> {
    this.ringingAt = Date.now();
    this.tools.story.tell(this.who, `rings, by carrier ${this.carrier}, showing ${this.shows || 'no number'}`);
    await this.tools.ari.tell('POST', `channels/${this.id}/ring`);
  }

  async answers(): Promise<this> {
    this.tools.story.tell(this.who, 'answers');
    await this.prepareSound();
    await this.tools.ari.tell('POST', `channels/${this.id}/answer`);
    await this.joinSound();
    return this;
  }

  /** The carrier itself speaks before anybody answers (early media), then refuses with this cause. */
  async announces(samples: Int16Array, cause: number): Promise<void> {
    this.tools.story.tell(this.who, 'does not ring: the carrier speaks in its place');
    await this.prepareSound();
    await this.tools.ari.tell('POST', `channels/${this.id}/progress`);
    await this.joinSound();
    await this.says(samples);
    await this.refuses(cause);
  }

  async refuses(cause: number): Promise<void> {
    this.tools.story.tell(this.who, `refuses (cause ${cause})`);
    await this.tools.ari.tell('DELETE', `channels/${this.id}`, { reason_code: cause });
    await this.isHungUp();
  }
}

export class Phone {
  readonly number: string;
  readonly name: string;
  /** Every time it was called, oldest first. */
  readonly rung: Ring[] = [];
  /** How long a scripted phone rings before it is answered, ms. */
  ringMs = 1500;
  readonly #tools: Tools;
  readonly #greeting: () => Promise<Int16Array>;
  #habit: Habit = 'rings';
  #claimed = 0;

  constructor(number: string, name: string, tools: Tools, greeting: () => Promise<Int16Array>) {
    this.number = number;
    this.name = name;
    this.#tools = tools;
    this.#greeting = greeting;
  }

  /** From the next call on. */
  behaves(habit: Habit, { ringMs = this.ringMs }: { ringMs?: number } = {}): this {
    this.#habit = habit;
    this.ringMs = ringMs;
    return this;
  }

  get habit(): Habit {
    return this.#habit;
  }

  /** The call that the words below are about: the last one that `rings` gave, or the last of all. */
  get call(): Ring {
    const ring = this.rung[Math.max(0, this.#claimed - 1)] ?? this.rung.at(-1);
    if (!ring) throw new Error(`${this.name} was never called.\nThe story so far:\n${this.#tools.story.text()}`);
    return ring;
  }

  /** Waits for the next call to this phone, one that no `rings` has given before. */
  async rings({ within }: Within = {}): Promise<Ring> {
    const ring = await this.#tools.story.until(`${this.name} rings`, () => this.rung[this.#claimed], within);
    this.#claimed++;
    return ring;
  }

  /** @throws when it was called and no `rings` asked for it. */
  isNotRung(): this {
    if (this.rung.length > this.#claimed)
      throw new Error(`${this.name} was rung, and should not.\nThe story so far:\n${this.#tools.story.text()}`);
    return this;
  }

  answers = (): Promise<Ring> => this.call.answers();
  presses = (keys: string): Promise<Ring> => this.call.presses(keys);
  hears = (words: string, options?: Within & { whole?: boolean }): Promise<Ring> => this.call.hears(words, options);
  hangsUp = (): Promise<void> => this.call.hangsUp();
  isHungUp = (options?: Within): Promise<Ring> => this.call.isHungUp(options);
  isTalkingTo = (other: Line, options?: Within): Promise<Ring> => this.call.isTalkingTo(other, options);
  declines = (): Promise<void> => this.call.refuses(refusals.declines);
  busy = (): Promise<void> => this.call.refuses(refusals.busy);

  /** A call arrives: the phone does what its habit says. Ends early, and quietly, when the call does. */
  async called(ring: Ring): Promise<void> {
    this.rung.push(ring);
    const habit = this.#habit;
    if (habit in refusals) {
      this.#tools.story.tell(ring.who, `is called, by carrier ${ring.carrier}`);
      return ring.refuses(refusals[habit as keyof typeof refusals]);
    }
    if (habit === 'no sign of life') return this.#tools.story.tell(ring.who, 'is called, and gives no sign of life');
    await ring.sounds();
    const answered = habits[habit];
    if (!answered) return;
    await this.#wait(ring, this.ringMs);
    if (ring.isOver) return;
    await ring.answers();
    await answered(ring, this.#greeting, (ms) => this.#wait(ring, ms));
  }

  /** Time in the owner's life; cut short by the end of the call. */
  async #wait(ring: Ring, ms: number): Promise<void> {
    const due = Date.now() + ms;
    await this.#tools.story.until(`${this.name} waits`, () => Date.now() >= due || ring.isOver);
  }
}

type Answered = (ring: Ring, greeting: () => Promise<Int16Array>, wait: (ms: number) => Promise<void>) => Promise<void>;

/** What happens after the answer. A call that ends in between is a phone's ordinary life. */
const habits: Partial<Record<Habit, Answered>> = {
  takes: (ring, _, wait) => pressing(ring, '1', wait),
  'declines with 2': (ring, _, wait) => pressing(ring, '2', wait),
  voicemail: async (ring, greeting) => {
    await ring.says(await greeting());
    await ring.says(tone(1000, 500));
  },
  sleeps: async () => {},
  'hangs up': async (ring, _, wait) => {
    await wait(1000);
    if (!ring.isOver) await ring.hangsUp();
  },
};

async function pressing(ring: Ring, key: string, wait: (ms: number) => Promise<void>): Promise<void> {
  const listening = await ring.hearsSound().catch(() => undefined);
  if (!listening) return;
  await wait(1500);
  if (!ring.isOver) await ring.presses(key);
}
