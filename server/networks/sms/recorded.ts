// Every SMS that leaves the house, on record with what became of it: whoever sent it, and whichever provider took it.
import type { Clock, Instant } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Sent, Sms, SmsListener, SmsProvider, SmsReport } from '../../domain/message/port.ts';

/** sending: handed over, no answer yet. accepted: taken by a provider. delivered, failed: reported, or refused by all providers. */
export type SmsState = 'sending' | 'accepted' | 'delivered' | 'failed';
export type SmsRecord = {
  id: string;
  to: string;
  from?: string;
  text: string;
  state: SmsState;
  provider?: string;
  /** What the provider calls it. */
  reference?: string;
  /** false: this provider never says whether a message arrived. */
  reports?: boolean;
  why?: string;
  tries: number;
  at: Instant;
  endedAt?: Instant;
};

/** Local and synchronous. */
export interface SmsBook {
  began(sms: Sms, at: Instant): void;
  answered(id: string, sent: Sent, provider: string, at: Instant): void;
  /** Delivered is the last word; a late report of it corrects a failure. */
  reported(report: SmsReport): void;
  get(id: string): SmsRecord | undefined;
  /** Those whose id begins so. */
  ofPrefix(prefix: string): SmsRecord[];
  /** The latest first. */
  list(options: { state?: SmsState; limit: number }): SmsRecord[];
  /** Our id of what a provider calls so. */
  idOf(reference: string): string | undefined;
}

export class RecordedSms implements SmsProvider {
  readonly name: string;
  readonly #inner: SmsProvider;
  readonly #parts: { book: SmsBook; clock: Clock; log: Log };

  constructor(inner: SmsProvider, parts: { book: SmsBook; clock: Clock; log: Log }) {
    this.#inner = inner;
    this.#parts = parts;
    this.name = inner.name;
  }

  start(listener: SmsListener): Promise<void> {
    return this.#inner.start({
      ...listener,
      reported: (report) => {
        this.#keep(() => this.#parts.book.reported(report));
        listener.reported(report);
      },
    });
  }

  async send(sms: Sms): Promise<Sent> {
    const { book, clock } = this.#parts;
    this.#keep(() => book.began(sms, clock.now()));
    const sent = await this.#inner.send(sms);
    this.#keep(() => book.answered(sms.id, sent, this.#inner.name, clock.now()));
    return sent;
  }

  stop(): Promise<void> {
    return this.#inner.stop();
  }

  /** A disk that refuses does not keep a message from leaving. */
  #keep(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#parts.log.error({ error }, 'what became of an SMS could not be kept');
    }
  }
}
