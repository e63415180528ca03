// What keeps SMS from doing harm: whoever says STOP is left alone, and two machines that answer each other are not fed. Knows no provider.
import type { Instant } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { PhoneNumber } from '../telephony/names.ts';
import type { IncomingSms, Sent, SmsListener } from './port.ts';

/** Exact, and only words that mean nothing else: « Arrêt » and « Arrêté » say that a machine stands still. */
const stopWords = /^\s*(?:stop|stop ?all|stop sms|unsubscribe|d[ée]sabonner|d[ée]sabonnement)[\s.!]*$/iu;
const startWords = /^\s*(?:start|unstop)[\s.!]*$/iu;

export type Judged = { from: PhoneNumber; text: string; reference?: string; optOut?: string };
/** `stop` and `start` are for us, `help` is answered by the network; `flood`: more than a person writes; `own`: our own number came back; `again`: told before. */
export type OptOutRule = 'welcome' | 'stop' | 'start' | 'help' | 'flood' | 'own' | 'again';

const most = 10;
const withinMs = 60_000;
const remembered = 5_000;

/** Who asked for no messages. Kept on disk, or a restart would write to them again. */
export interface StopBook {
  has(number: PhoneNumber): boolean;
  /** With the instant at which each was said first. */
  all(): { number: PhoneNumber; at: Instant }[];
  add(number: PhoneNumber, at: Instant): void;
  remove(number: PhoneNumber): void;
}

/** For a provider that stands alone. */
export const stopsInMemory = (): StopBook => {
  const numbers = new Map<PhoneNumber, Instant>();
  return {
    has: (number) => numbers.has(number),
    all: () => [...numbers].map(([number, at]) => ({ number, at })),
    add: (number, at) => void numbers.set(number, at),
    remove: (number) => void numbers.delete(number),
  };
};

/** One for all providers of a line: what was said to one holds for the next. */
export class OptOuts {
  readonly #stops: StopBook;
  readonly #staff: (number: PhoneNumber) => boolean;
  readonly #recent = new Map<PhoneNumber, Instant[]>();
  readonly #seen = new Set<string>();

  readonly #log: Log | undefined;

  /** @param staff whether this is a number of our people: their alerts are never silenced by an SMS, which anybody can forge */
  constructor(stops: StopBook = stopsInMemory(), log?: Log, staff: (number: PhoneNumber) => boolean = () => false) {
    this.#stops = stops;
    this.#log = log;
    this.#staff = staff;
  }

  /**
   * @param own is this one of our numbers?
   * `optOut` is the network's own word for a text of that kind (Twilio's OptOutType): it holds whatever the text says.
   */
  judge({ from, text, reference, optOut }: Judged, own: (number: PhoneNumber) => boolean, at: Instant): OptOutRule {
    if (reference !== undefined && this.#isKnown(reference)) return 'again';
    if (own(from)) return 'own';
    if (optOut === 'HELP') return 'help';
    if (optOut === 'STOP' || stopWords.test(text)) {
      this.stop(from, at);
      return 'stop';
    }
    if (optOut === 'START' || startWords.test(text)) {
      this.#keep(() => this.#stops.remove(from), undefined);
      return 'start';
    }
    return this.#floods(from, at) ? 'flood' : 'welcome';
  }

  /** This number wants no message of ours: it said so, or its network did. */
  stop = (number: PhoneNumber, at: Instant): void => this.#keep(() => this.#stops.add(number, at), undefined);
  isStopped = (number: PhoneNumber): boolean =>
    this.#keep(() => this.#stops.has(number) && !this.#staff(number), false);

  /** A book that cannot be read or written stops no message. */
  #keep<T>(work: () => T, otherwise: T): T {
    try {
      return work();
    } catch (error) {
      this.#log?.error({ error }, 'the numbers that want no SMS cannot be kept');
      return otherwise;
    }
  }

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

export type Reception = { optOuts: OptOuts; own: (number: PhoneNumber) => boolean; log: Log };

/** A message came in by whichever provider: repeated, from ourselves, STOP, or too many in a minute, it goes no further. */
export function takeIn(
  { optOuts, own, log }: Reception,
  listener: SmsListener | undefined,
  { optOut, ...sms }: IncomingSms & { optOut?: string },
): void {
  const manner = optOuts.judge({ ...sms, ...(optOut ? { optOut } : {}) }, own, sms.at);
  if (manner === 'welcome') listener?.received(sms);
  else log.info({ from: sms.from, manner }, 'an SMS that is not passed on');
  if (manner === 'stop' || manner === 'start') listener?.left?.(sms.from, manner === 'stop');
}

export const askedForNone: Sent = { accepted: false, why: 'this number asked for no messages (STOP)', again: false };
