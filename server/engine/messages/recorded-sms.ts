// Every SMS that leaves the house, on record with what became of it: whoever sent it, and whichever provider took it.
import type { Clock } from '../../base/clock.ts';
import type { Sent, Sms, SmsListener, SmsProvider } from '../../domain/message/port.ts';
import type { Saving } from '../saving.ts';
import type { SmsBook } from './ports.ts';

export class RecordedSms implements SmsProvider {
  readonly name: string;
  readonly #inner: SmsProvider;
  readonly #parts: { book: SmsBook; clock: Clock; saving: Saving };
  /** What is to be noted of each and is not yet, in order. */
  readonly #unsaved = new Map<string, (() => void)[]>();

  constructor(inner: SmsProvider, parts: { book: SmsBook; clock: Clock; saving: Saving }) {
    this.#inner = inner;
    this.#parts = parts;
    this.name = inner.name;
  }

  start(listener: SmsListener): Promise<void> {
    return this.#inner.start({
      ...listener,
      reported: (report) => {
        this.#note(report.id, () => this.#parts.book.reported(report));
        listener.reported(report);
      },
    });
  }

  async send(sms: Sms): Promise<Sent> {
    const { book, clock } = this.#parts;
    const began = clock.now();
    this.#note(sms.id, () => book.began(sms, began));
    const sent = await this.#inner.send(sms);
    const answered = clock.now();
    this.#note(sms.id, () => book.answered(sms.id, sent, this.#inner.name, answered));
    return sent;
  }

  stop(): Promise<void> {
    return this.#inner.stop();
  }

  /** A disk that refuses does not keep a message from leaving: it is on record later, with what became of it. */
  #note(id: string, write: () => void): void {
    const notes = this.#unsaved.get(id) ?? [];
    notes.push(write);
    this.#unsaved.set(id, notes);
    this.#parts.saving.save('SMS', id, () => {
      for (let next = notes[0]; next !== undefined; next = notes[0]) {
        next();
        notes.shift();
      }
      this.#unsaved.delete(id);
    });
  }
}
