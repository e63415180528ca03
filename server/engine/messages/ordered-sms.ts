// SMS to one person leave in the order in which they were written: sent side by side, the second may overtake the first, and an answer
// then stands before its question.
import type { Clock } from '../../base/clock.ts';
import type { Sent, Sms, SmsListener, SmsProvider } from '../../domain/message/port.ts';
import type { PhoneNumber } from '../../domain/telephony/names.ts';

/** A provider that hangs must not keep an alert back: order is worth so long, and no longer. */
const patienceMs = 2000;

export class OrderedSms implements SmsProvider {
  readonly name: string;
  readonly #inner: SmsProvider;
  readonly #clock: Clock;
  /** The latest to each number that is still on its way. */
  readonly #latest = new Map<PhoneNumber, Promise<unknown>>();

  constructor(inner: SmsProvider, clock: Clock) {
    this.#inner = inner;
    this.#clock = clock;
    this.name = inner.name;
  }

  start(listener: SmsListener): Promise<void> {
    return this.#inner.start(listener);
  }

  send(sms: Sms): Promise<Sent> {
    const before = this.#latest.get(sms.to);
    const sent = before ? this.#atMost(before).then(() => this.#inner.send(sms)) : this.#inner.send(sms);
    this.#latest.set(sms.to, sent);
    return sent.finally(() => {
      if (this.#latest.get(sms.to) === sent) this.#latest.delete(sms.to);
    });
  }

  stop(): Promise<void> {
    return this.#inner.stop();
  }

  #atMost(work: Promise<unknown>): Promise<void> {
    return new Promise((done) => {
      const cancel = this.#clock.after(patienceMs, done);
      const over = () => {
        cancel();
        done();
      };
      work.then(over, over);
    });
  }
}
