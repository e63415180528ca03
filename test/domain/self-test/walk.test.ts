// Whatever comes at the door of a test call, in whatever order: everybody is let in or gone, and our own leg is nobody's caller.
import t from 'tap';
import type { TestEffect } from '../../../server/domain/self-test/test.ts';
import { hangup } from '../../../server/domain/telephony/hangup.ts';
import { arrival, begun, caller, number } from './begun.ts';

const elsewhere = '+33612345678';

/** A small random source that gives the same walk again for the same seed. */
const dice = (seed: number) => {
  let state = seed;
  return () => {
    state += 0x6d2b79f5;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** A network around the test: our own leg and its other end, callers, and what is wrong with the way. */
class World {
  readonly #one: ReturnType<typeof begun>;
  readonly #random: () => number;
  readonly #disguised: boolean;
  readonly #keysPass: boolean;
  readonly #atDoor = new Set<string>();
  #ourLeg = true;
  #came = false;
  #callers = 0;
  over = false;
  /** Who was let in, and whether as a test. */
  readonly inside = new Map<string, boolean>();
  readonly faults: string[] = [];

  constructor(seed: number) {
    this.#one = begun({ carrier: seed % 2 === 0 ? 'asterisk' : 'twilio' });
    this.#random = dice(seed);
    this.#disguised = this.#random() < 0.3;
    this.#keysPass = this.#random() < 0.7;
  }

  walk(): void {
    for (let turn = 0; turn < 14 && !this.over; turn++) {
      this.#pick(this.#events)();
      this.#farEnd();
    }
    for (const name of ['back', 'tones', 'longest', 'settled'] as const) {
      if (!this.over) this.#take(this.#one.sees({ type: 'timer', name }));
      this.#farEnd();
    }
    if (!this.over) this.#take(this.#one.sees({ type: 'timer', name: 'settled' }));
    if (!this.over) this.faults.push(`it never ends (${this.#one.test().stage})`);
    if (this.#atDoor.size > 0) this.faults.push(`${[...this.#atDoor].join()} still at the door`);
  }

  readonly #events: (() => void)[] = [
    () => this.#weCome(),
    () => this.#comes(`s${++this.#callers}`, this.#pick([number, elsewhere, ''])),
    () => this.#take(this.#one.sees({ type: 'answered', channel: caller })),
    () =>
      this.#take(
        this.#one.sees({ type: 'timer', name: this.#pick(['back', 'held', 'tones', 'longest', 'key'] as const) }),
      ),
    () => this.#weCome(),
    () => this.#weKey(),
    () => this.#weKey(),
    () => this.#hears(),
    () => this.#hears(),
    () => this.#ends(this.#pick([...this.#atDoor, caller])),
    () => this.#isLost(),
  ];

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T;
  }

  #weCome(): void {
    if (this.#came || !this.#ourLeg) return;
    this.#came = true;
    this.#comes('ours', this.#disguised ? '+33612340000' : number);
  }

  #weKey(): void {
    if (this.#keysPass && this.#atDoor.has('ours')) this.#take(this.#one.keys('ours', '4711'));
  }

  #hears(): void {
    this.#take(this.#one.sees({ type: 'heard', channel: 'ours' }));
    if (this.#random() < 0.8) this.#take(this.#one.sees({ type: 'heard', channel: caller }));
  }

  #comes(channel: string, shows: string): void {
    this.#atDoor.add(channel);
    this.#take(this.#one.sees({ type: 'arrival', arrival: arrival(channel, shows) }));
  }

  #ends(channel: string): void {
    this.#atDoor.delete(channel);
    if (channel === caller) this.#ourLeg = false;
    this.#take(this.#one.sees({ type: 'ended', channel, hangup: hangup('normal') }));
  }

  /** Whoever is at the door still is when the connection is back, and is asked about again. */
  #isLost(): void {
    this.#take(this.#one.sees({ type: 'lost', why: 'x' }));
    for (const channel of [...this.#atDoor])
      this.#take(this.#one.sees({ type: 'arrival', arrival: arrival(channel, elsewhere) }));
    this.#take(this.#one.sees({ type: 'back' }));
  }

  /** Once our leg has ended, its other end goes within the time that is left for it. */
  #farEnd(): void {
    if (!this.#ourLeg && this.#atDoor.has('ours')) this.#ends('ours');
  }

  #take(effects: TestEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'done') this.over = true;
      if (effect.type === 'hang-up') this.#hungUp(effect.channel);
      if (effect.type === 'admit') this.#letIn(effect.arrival.channel, effect.arrival.test !== undefined);
    }
  }

  #hungUp(channel: string): void {
    if (channel === caller) this.#ourLeg = false;
    this.#atDoor.delete(channel);
  }

  #letIn(channel: string, marked: boolean): void {
    if (this.inside.has(channel)) this.faults.push(`${channel} is let in twice`);
    if (marked !== (channel === 'ours'))
      this.faults.push(`${channel} is let in ${marked ? 'as a test' : 'as a caller'}`);
    this.inside.set(channel, marked);
    this.#atDoor.delete(channel);
  }
}

t.test('5000 walks', async (t) => {
  let tests = 0;
  for (let seed = 1; seed <= 5000; seed++) {
    const world = new World(seed);
    world.walk();
    if (world.faults.length > 0) t.fail(`seed ${seed}: ${world.faults.join(', ')}`);
    if (world.inside.get('ours')) tests++;
  }
  t.ok(tests > 100, `in ${tests} of them our own call came in as a test`);
});
