// Carries what waits: each delivery once at a time, tried again with longer and longer pauses for a day, then kept as a dead letter.
// What became of it is noted; where the disk does not take that, the note is kept here, holds meanwhile, and is written as soon as it can be.
import type { Cancel, Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import {
  afterFailure,
  afterReport,
  afterSuccess,
  type Delivery,
  type DeliveryContent,
} from '../../domain/message/deliveries.ts';
import type { Mailer, Sent, SmsProvider } from '../../domain/message/port.ts';
import type { Saving } from '../saving.ts';
import type { DeliveryStore } from './ports.ts';

export type CourierOptions = {
  clock: Clock;
  log: Log;
  saving: Saving;
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
/** What is on its way when we stop may arrive for so long, and is noted. */
const graceMs = 2000;

export class Courier {
  readonly #options: CourierOptions;
  readonly #under = new Map<string, Promise<void>>();
  /** As they are, where the row does not say so yet. */
  readonly #unsaved = new Map<string, Delivery>();
  #cancel: Cancel = () => {};
  #stopped = false;
  /** Whatever is noted from now on is noted nowhere. */
  #closed = false;
  #unreadable = false;

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#stopped) return;
    this.wake();
    this.#cancel = this.#options.clock.after(pollMs, () => this.start());
  }

  /** Nothing leaves any more; what is on its way is waited for, though not for long. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    if (this.#under.size > 0) await this.#atMost(graceMs, Promise.all(this.#under.values()));
    this.#closed = true;
  }

  /** Takes a parcel in. The same id twice is kept once. */
  hand(id: string, parcel: DeliveryContent, about?: string): void {
    if (this.#find(id)) return;
    const now = this.#options.clock.now();
    const delivery: Delivery = { id, parcel, state: 'waiting', tries: 0, madeAt: now, dueAt: now };
    this.#keep(about === undefined ? delivery : { ...delivery, about });
  }

  /** Its provider had taken it, and it did not arrive: a dead letter, which somebody may send again. */
  lost(id: string, why: string): void {
    const found = this.#find(id);
    if (found?.state === 'done') this.#keep(afterReport(found, why, this.#options.clock.now()));
  }

  /** Looks for what is due now. */
  wake(): void {
    if (this.#stopped || !this.#options.leading()) return;
    const free = atOnce - this.#under.size;
    if (free <= 0) return;
    for (const delivery of this.#due(free).slice(0, free))
      this.#under.set(
        delivery.id,
        this.#carry(delivery).finally(() => this.#under.delete(delivery.id)),
      );
  }

  /** Those not under way. Of one that is noted here, its row knows less. */
  #due(free: number): Delivery[] {
    const { store, clock } = this.#options;
    const now = clock.now();
    const rows = this.#read([], () => store.due(now, free + this.#under.size + this.#unsaved.size));
    const kept = [...this.#unsaved.values()].filter(({ state, dueAt }) => state === 'waiting' && dueAt <= now);
    const saved = rows.filter(({ id }) => !this.#unsaved.has(id));
    return [...saved, ...kept].filter(({ id }) => !this.#under.has(id));
  }

  async #carry(delivery: Delivery): Promise<void> {
    const { clock, log } = this.#options;
    const sent = await this.#send(delivery).catch(
      (error: unknown): Sent => ({ accepted: false, why: String(error), again: true }),
    );
    if (this.#closed) return;
    const after = sent.accepted
      ? afterSuccess(delivery, sent.reference, clock.now())
      : afterFailure(delivery, sent.why, sent.again, clock.now());
    this.#keep(after);
    if (after.state === 'dead')
      log.error(
        { delivery: delivery.id, why: after.answer ?? '' },
        'a message is given up: vigie messages --dead lists it',
      );
    if (sent.accepted) this.#done(after, sent.reference);
  }

  #done(delivery: Delivery, reference: string | undefined): void {
    try {
      this.#options.onDone(delivery, reference);
    } catch (error) {
      this.#options.log.error({ delivery: delivery.id, error }, 'a reference could not be passed on');
    }
  }

  async #send({ id, parcel }: Delivery): Promise<Sent> {
    const { sms, mailer, ticket } = this.#options;
    const nobody = (what: string): Sent => ({ accepted: false, why: `${what} is not set up`, again: true });
    if (parcel.by === 'ticket') return ticket(parcel.tool, id, parcel.body);
    if (parcel.by === 'sms')
      return sms ? sms.send({ id, to: parcel.to, text: parcel.text }) : nobody('an SMS provider');
    return mailer ? mailer.send({ id, ...parcel }) : nobody('a mail server');
  }

  #find(id: string): Delivery | undefined {
    return this.#unsaved.get(id) ?? this.#read(undefined, () => this.#options.store.get(id));
  }

  #keep(delivery: Delivery): void {
    const { saving, store } = this.#options;
    this.#unsaved.set(delivery.id, delivery);
    saving.save('message', delivery.id, () => {
      if (!store.add(delivery)) store.update(delivery);
      this.#unsaved.delete(delivery.id);
    });
  }

  /** Told when it begins: it is asked for each second. */
  #read<T>(otherwise: T, work: () => T): T {
    try {
      const read = work();
      this.#unreadable = false;
      return read;
    } catch (error) {
      if (!this.#unreadable) this.#options.log.error({ error }, 'messages cannot be read; they are asked for again');
      this.#unreadable = true;
      return otherwise;
    }
  }

  #atMost(ms: number, work: Promise<unknown>): Promise<unknown> {
    return new Promise((done) => {
      const cancel = this.#options.clock.after(ms, () => done(undefined));
      void work.then(() => {
        cancel();
        done(undefined);
      });
    });
  }
}
