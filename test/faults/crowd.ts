// Callers and technicians as they come: each caller follows a plan thrown with dice, so that at any instant calls stand in every state.
import { setTimeout as wait } from 'node:timers/promises';
import type { OptOutRule, PeerCall } from '../bench/peer.ts';
import type { Dice } from './fault.ts';
import { guardLine, type Stage, within } from './stage.ts';

export type Caller = {
  number: string;
  plan: Plan;
  call: PeerCall;
  /** Presses, waits and hangs up; resolves when the call is over. */
  done: Promise<void>;
};

export type Plan = 'patient' | 'hasty' | 'wrong keys' | 'no keys' | 'message';
const plans: readonly Plan[] = ['patient', 'patient', 'patient', 'hasty', 'wrong keys', 'no keys', 'message'];

/** A caller who has waited so long has been forgotten. */
const longestMs = 120_000;

/** Technicians who take it, who do not hear it, who are busy, who leave it to their voicemail, who refuse. */
export const technicians = (dice: Dice) => (): OptOutRule =>
  dice.one<() => OptOutRule>([
    () => ({ ringMs: dice.between(200, 2500), presses: '1' }),
    () => ({ ringMs: dice.between(200, 2500), presses: '1' }),
    () => ({ ringMs: dice.between(200, 2500), presses: '1' }),
    () => ({ refuses: 'rings' }),
    () => ({ refuses: 486 }),
    () => ({ ringMs: dice.between(500, 1500) }),
    () => ({ ringMs: dice.between(200, 1000), presses: '2' }),
    () => ({ ringMs: dice.between(200, 1000), refuses: 603 }),
  ])();

export class Crowd {
  readonly callers: Caller[] = [];
  readonly #stage: Stage;
  readonly #dice: Dice;
  #coming = false;
  #next = 0;

  constructor(stage: Stage, dice: Dice) {
    this.#stage = stage;
    this.#dice = dice;
  }

  /** One more caller, now. */
  rings(plan: Plan = this.#dice.one(plans), to = guardLine): Caller {
    const number = `+33612${String(100_000 + this.#next++)}`;
    const call = this.#stage.callers.invite(to, number);
    const caller: Caller = { number, plan, call, done: this.#lives(call, plan) };
    this.callers.push(caller);
    return caller;
  }

  /** So many callers a second, until `stops`. */
  async comes(perSecond: number, plan?: Plan, to?: string): Promise<void> {
    this.#coming = true;
    const start = performance.now();
    for (let placed = 0; this.#coming; await wait(10)) {
      const due = ((performance.now() - start) / 1000) * perSecond;
      for (; placed < due; placed++) this.rings(plan, to);
    }
  }

  stops(): void {
    this.#coming = false;
  }

  /** Resolves once every call is over; a caller that nobody serves gives up by itself. */
  async allGone(): Promise<void> {
    this.stops();
    await Promise.all(this.callers.map(({ done }) => done));
  }

  async #lives(call: PeerCall, plan: Plan): Promise<void> {
    const { callers } = this.#stage;
    const over = () => call.endedAt !== undefined;
    const pause = (ms: number) => within(ms, () => over() || undefined);
    if (plan === 'hasty') {
      await pause(this.#dice.between(300, 9000));
      return this.#leaves(call);
    }
    if (!(await within(longestMs, () => over() || call.answeredAt !== undefined || undefined)) || over())
      return this.#leaves(call);
    if (plan === 'message') callers.speak(call);
    for (const keys of keysOf[plan]) {
      await pause(this.#dice.between(300, 3500));
      if (!over()) callers.press(call, keys);
    }
    // Who is put through talks for a while; who is not stays until the line ends the call.
    await within(longestMs, () => over() || call.heard.markedAt !== undefined || undefined);
    if (call.heard.markedAt !== undefined) {
      callers.speak(call);
      await pause(this.#dice.between(800, 5000));
    }
    this.#leaves(call);
  }

  #leaves(call: PeerCall): void {
    if (call.endedAt === undefined) this.#stage.callers.bye(call);
  }
}

const keysOf: Record<Plan, string[]> = {
  patient: ['1', '4711'],
  hasty: [],
  'wrong keys': ['7', '1', '47', '11'],
  'no keys': [],
  message: ['2'],
};
