// Carries what waits: each delivery once at a time, tried again with longer and longer pauses for a day, then kept as a dead letter.
import type { Cancel, Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { afterFailure, afterSuccess, type Delivery, type DeliveryContent } from '../../domain/message/deliveries.ts';
import type { Mailer, Sent, SmsProvider } from '../../domain/message/port.ts';
import type { DeliveryStore } from './ports.ts';

export type CourierOptions = {
  clock: Clock;
  log: Log;
  store: DeliveryStore;
  sms?: SmsProvider;
  mailer?: Mailer;
  ticket(tool: string, id: string, body: string): Promise<Sent>;
  /** Only the one process that sends may. */
  leading(): boolean;
  /** It has left the house; `reference` is what the other side calls it. */
  onDone(delivery: Delivery, reference: string | undefined): void;
};

const pollMs = 1000;
const atOnce = 20;

export class Courier {
  readonly #options: CourierOptions;
  readonly #under = new Set<string>();
  #cancel: Cancel = () => {};
  #stopped = false;

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#stopped) return;
    this.wake();
    this.#cancel = this.#options.clock.after(pollMs, () => this.start());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Takes a parcel in. The same id twice is kept once. */
  hand(id: string, parcel: DeliveryContent, about?: string): void {
    const now = this.#options.clock.now();
    const delivery: Delivery = {
      id,
      parcel,
      state: 'waiting',
      tries: 0,
      madeAt: now,
      dueAt: now,
      ...(about ? { about } : {}),
    };
    this.#try('a message could not be kept', () => this.#options.store.add(delivery));
  }

  /** Looks for what is due now. */
  wake(): void {
    const { store, clock, leading } = this.#options;
    if (!leading()) return;
    const free = atOnce - this.#under.size;
    if (free <= 0) return;
    const due = this.#try('messages cannot be read', () => store.due(clock.now(), free + this.#under.size)) ?? [];
    for (const delivery of due) if (!this.#under.has(delivery.id)) void this.#carry(delivery);
  }

  async #carry(delivery: Delivery): Promise<void> {
    const { clock, log, store, onDone } = this.#options;
    this.#under.add(delivery.id);
    const sent = await this.#send(delivery).catch(
      (error: Error): Sent => ({ accepted: false, why: error.message, again: true }),
    );
    this.#under.delete(delivery.id);
    if (this.#stopped) return;
    const after = sent.accepted
      ? afterSuccess(delivery, sent.reference, clock.now())
      : afterFailure(delivery, sent.why, sent.again, clock.now());
    this.#try('what became of a message could not be kept', () => store.update(after));
    if (after.state === 'dead')
      log.error(
        { delivery: delivery.id, why: after.answer ?? '' },
        'a message is given up: vigie messages --dead lists it',
      );
    if (sent.accepted) this.#try('a reference could not be passed on', () => onDone(after, sent.reference));
  }

  async #send({ id, parcel }: Delivery): Promise<Sent> {
    const { sms, mailer, ticket } = this.#options;
    const nobody = (what: string): Sent => ({ accepted: false, why: `${what} is not set up`, again: true });
    if (parcel.by === 'ticket') return ticket(parcel.tool, id, parcel.body);
    if (parcel.by === 'sms')
      return sms ? sms.send({ id, to: parcel.to, text: parcel.text }) : nobody('an SMS provider');
    return mailer ? mailer.send({ id, ...parcel }) : nobody('a mail server');
  }

  #try<T>(what: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#options.log.error({ error }, what);
      return undefined;
    }
  }
}
