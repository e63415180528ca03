// Every SMS that leaves the house, on record with what became of it: whoever sent it, and whichever provider took it.
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Sent, Sms, SmsListener, SmsProvider } from '../../domain/message/port.ts';
import type { SmsBook } from './ports.ts';

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
