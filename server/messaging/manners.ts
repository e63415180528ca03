// What keeps SMS from doing harm: whoever says STOP is left alone, and two machines that answer each other are not fed. Knows no provider.
import type { Instant } from '../base/clock.ts';
import type { PhoneNumber } from '../telephony/names.ts';

const stopWords = /^\s*(stop|arr[eê]t|arr[eê]ter|unsubscribe|cancel|end|quit|stopall|desabonner|d[ée]sabonner)\W*$/i;
const startWords = /^\s*(start|unstop|reprendre)\W*$/i;

/** `stop` and `start` are for us; `flood`: more than a person writes; `own`: our own number came back; `again`: told before. */
export type Manner = 'welcome' | 'stop' | 'start' | 'flood' | 'own' | 'again';

const most = 10;
const withinMs = 60_000;
const remembered = 5_000;

export class Manners {
  readonly #stopped = new Set<PhoneNumber>();
  readonly #recent = new Map<PhoneNumber, Instant[]>();
  readonly #seen = new Set<string>();

  /** @param own is this one of our numbers? */
  judge(
    { from, text, reference }: { from: PhoneNumber; text: string; reference?: string },
    own: (number: PhoneNumber) => boolean,
    at: Instant,
  ): Manner {
    if (reference !== undefined && this.#isKnown(reference)) return 'again';
    if (own(from)) return 'own';
    if (stopWords.test(text)) {
      this.#stopped.add(from);
      return 'stop';
    }
    if (startWords.test(text)) {
      this.#stopped.delete(from);
      return 'start';
    }
    return this.#floods(from, at) ? 'flood' : 'welcome';
  }

  /** This number wants no message of ours: it said so, or its network did. */
  stop = (number: PhoneNumber): void => void this.#stopped.add(number);
  isStopped = (number: PhoneNumber): boolean => this.#stopped.has(number);

  #isKnown(reference: string): boolean {
    if (this.#seen.has(reference)) return true;
    this.#seen.add(reference);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= remembered) break;
      this.#seen.delete(oldest);
    }
    return false;
  }

  #floods(from: PhoneNumber, at: Instant): boolean {
    const times = [...(this.#recent.get(from) ?? []).filter((time) => time > at - withinMs), at];
    if (this.#recent.size > remembered) this.#recent.clear();
    this.#recent.set(from, times);
    return times.length > most;
  }
}
