// A telephone that Twilio can call: it rings, and does what its owner does: by hand in tests, by habit in the demo.

import type { Habit } from '../../network/phone.ts';
import type { Story } from '../../network/story.ts';
import type { Channel, Status } from './channel.ts';
import { Line, type Within } from './line.ts';

/** How a refused call ends, as Twilio tells it. */
const refusals: Partial<Record<Habit, { status: Status; sip: number }>> = {
  busy: { status: 'busy', sip: 486 },
  declines: { status: 'busy', sip: 603 },
  unallocated: { status: 'failed', sip: 404 },
  unavailable: { status: 'no-answer', sip: 480 },
  'no codec': { status: 'failed', sip: 488 },
  congested: { status: 'failed', sip: 503 },
};
export const nobody = { status: 'failed', sip: 404 } as const;

/** One time that the phone was called. */
export class Ring extends Line {
  #answered: (() => void) | undefined;
  /** Resolves when the owner picks up. */
  readonly pickedUp = new Promise<void>((go) => {
    this.#answered = go;
  });

  /** The number that the phone shows. */
  get shows(): string {
    return this.channel.facts.from;
  }

  async answers(): Promise<this> {
    this.#answered?.();
    return this.isAnswered();
  }

  refuses(status: Status, sip: number): void {
    this.channel.sip = sip;
    this.channel.end(status);
  }
}

export class Phone {
  readonly number: string;
  readonly name: string;
  readonly rung: Ring[] = [];
  ringMs = 1500;
  readonly #story: Story;
  readonly #speed: number;
  #habit: Habit = 'rings';
  #claimed = 0;

  constructor(number: string, name: string, { story, speed }: { story: Story; speed: number }) {
    this.number = number;
    this.name = name;
    this.#story = story;
    this.#speed = speed;
  }

  behaves(habit: Habit, { ringMs = this.ringMs }: { ringMs?: number } = {}): this {
    this.#habit = habit;
    this.ringMs = ringMs;
    return this;
  }

  get habit(): Habit {
    return this.#habit;
  }

  get call(): Ring {
    const ring = this.rung[Math.max(0, this.#claimed - 1)] ?? this.rung.at(-1);
    if (!ring) throw new Error(`${this.name} was never called.\nThe story so far:\n${this.#story.text()}`);
    return ring;
  }

  async rings({ within }: Within = {}): Promise<Ring> {
    const ring = await this.#story.until(`${this.name} rings`, () => this.rung[this.#claimed], within);
    this.#claimed++;
    return ring;
  }

  isNotRung(): this {
    if (this.rung.length > this.#claimed)
      throw new Error(`${this.name} was rung, and should not.\nThe story so far:\n${this.#story.text()}`);
    return this;
  }

  answers = (): Promise<Ring> => this.call.answers();
  presses = (keys: string): Promise<Ring> => this.call.presses(keys);
  hears = (words: string, options?: Within & { whole?: boolean }): Promise<Ring> => this.call.hears(words, options);
  hangsUp = (): Promise<void> => this.call.hangsUp();
  isHungUp = (options?: Within): Promise<Ring> => this.call.isHungUp(options);
  isTalkingTo = (other: Line, options?: Within): Promise<Ring> => this.call.isTalkingTo(other, options);
  declines = async (): Promise<void> => this.call.refuses('busy', 603);
  busy = async (): Promise<void> => this.call.refuses('busy', 486);

  /** A call arrives. Resolves when the phone is picked up, or never will be. */
  async called(channel: Channel, ringing: () => void): Promise<Ring> {
    const ring = new Ring(channel);
    this.rung.push(ring);
    const refusal = refusals[this.#habit];
    if (refusal) {
      this.#story.tell(ring.who, `refuses (SIP ${refusal.sip})`);
      ring.refuses(refusal.status, refusal.sip);
      return ring;
    }
    if (this.#habit === 'no sign of life') return ring;
    this.#story.tell(ring.who, `rings, showing ${channel.facts.from}`);
    ringing();
    void this.#live(ring);
    return ring;
  }

  async #live(ring: Ring): Promise<void> {
    const wait = (ms: number) => new Promise((later) => setTimeout(later, ms / this.#speed));
    const habit = this.#habit;
    if (!['takes', 'declines with 2', 'voicemail', 'sleeps', 'hangs up'].includes(habit)) return;
    await wait(this.ringMs);
    if (ring.isOver) return;
    await ring.answers();
    if (habit === 'hangs up') {
      await wait(1000);
      if (!ring.isOver) await ring.hangsUp();
    }
    if (habit !== 'takes' && habit !== 'declines with 2') return;
    await ring.hears('').catch(() => undefined);
    await wait(1500);
    if (!ring.isOver) await ring.presses(habit === 'takes' ? '1' : '2');
  }
}
