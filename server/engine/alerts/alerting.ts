// The alerts of this line, on the durable runner: raised, answered, reported. One process of the house does this, whoever else may run.
import { type About, type Alert, type AlertEffect, type AlertEvent, alertOf } from '../../domain/alert/alert.ts';
import { policyNamed } from '../../domain/alert/policy.ts';
import { leftOf } from '../../domain/alert/saved.ts';
import { raiseAlert } from '../../domain/alert/step.ts';
import type { Step } from '../machine.ts';
import type { Row } from '../ports.ts';
import { Runner, type Taken } from '../runner.ts';
import { alertMachine } from './machine.ts';
import type { AlertPorts, Answered, Raise, Said } from './ports.ts';
import { raiseRow, saidRow } from './rows.ts';

export class Alerting implements Answered {
  readonly #ports: AlertPorts;
  readonly #runner: Runner<Alert, AlertEvent, AlertEffect>;
  /** The highest number that was given. */
  #last = 0;
  #aside = 0;

  constructor(ports: AlertPorts) {
    const failed = (notice: string, why: string) => queueMicrotask(() => this.report({ type: 'failed', notice, why }));
    this.#ports = ports;
    this.#runner = new Runner(alertMachine(ports, ports.senders(this), failed), ports);
    ports.inbox.takes('raise', raiseRow, (raise) => this.#raise(raise));
    ports.inbox.takes('said', saidRow, ({ alert, said }) => this.#said(alert, said));
    ports.leader.whenLed(() => this.#led());
  }

  stop(): void {
    this.#runner.stop();
  }

  /** True when this process is the one that sends. */
  get leading(): boolean {
    return this.#ports.leader.leading;
  }

  /** Saved alerts that cannot be read, and rows of the inbox that could not be taken in. */
  get setAside(): number {
    return this.#aside + this.#ports.inbox.failed;
  }

  /** Alerts that may still do something, oldest first. */
  live(): Alert[] {
    return [...this.#runner.all()].sort((a, b) => a.n - b.n);
  }

  /** By id or number; also those that are over. */
  find(idOrNumber: string): Alert | undefined {
    const numbered = [...this.#runner.all(), ...this.#runner.unsaved()].find(({ n }) => String(n) === idOrNumber);
    return this.#runner.get(idOrNumber) ?? numbered ?? this.#runner.find(idOrNumber);
  }

  /** Takes an urgency in. Never throws: what cannot be saved is told all the same. */
  raise(raise: Raise): void {
    this.#ports.inbox.put('raise', raise);
  }

  /** Takes in what another room raised, after the step that did. @param saved it is a row of the inbox; else it does not wait for a disk */
  raised(raise: Raise, saved: boolean): void {
    const { inbox } = this.#ports;
    queueMicrotask(() => (saved ? inbox.wake() : inbox.now('raise', raise)));
  }

  /** What somebody says of an alert, once this process leads. @returns the alert as it then is; undefined when there is none. */
  act(idOrNumber: string, said: Said): Alert | undefined {
    const alert = this.find(idOrNumber);
    if (!alert || !this.leading) return alert;
    this.#event(alert.id, said);
    return this.find(alert.id);
  }

  /** What became of a notice; `notice` carries its alert's id. */
  report(said: Said<Extract<AlertEvent, { notice: string }>>): void {
    if (this.leading) this.#event(alertOf(said.notice), said);
  }

  /** A call is over, or more is known of it. */
  learned(call: string, about: About): void {
    for (const { id } of this.#runner.all().filter((one) => one.about.call === call))
      this.#event(id, { type: 'learned', about });
  }

  /** Somebody was raised for this call already. */
  knows(call: string): boolean {
    return this.live().some((one) => one.about.call === call) || this.#ports.store.ofCall(call).length > 0;
  }

  /** It was raised already, whatever became of it. */
  knowsId = (id: string): boolean =>
    this.#runner.find(id) !== undefined ||
    this.#tolerant('saved alerts cannot be read', false, () => this.#ports.store.has(id));

  /** Everything saved goes on from where it was: what may not have been sent is sent again, under the same id. */
  #led(): void {
    const { store, log } = this.#ports;
    const rows = store.live();
    this.#last = store.lastNumber();
    const aside = this.#runner.load(rows);
    this.#aside = aside.length;
    this.#runner.release();
    for (const { row } of aside) this.#lost(row);
    log.info({ alerts: rows.length - aside.length }, 'this process sends the alerts');
  }

  /** An urgency that cannot be read is one all the same: somebody is told, once. */
  #lost({ id, state }: Row): void {
    const { reason, ...left } = leftOf(state);
    const why = reason === undefined ? '' : ` : ${reason}`;
    const at = this.#ports.clock.now();
    this.raise({ id: `${id}.unread`, at, reason: `Une alerte enregistrée ne peut plus être lue${why}`, ...left });
  }

  #said(id: string, said: Said): Taken {
    const found = this.find(id);
    const taken = found ? this.#event(found.id, said) : 'unknown';
    if (taken === 'unknown') this.#ports.log.warn({ alert: id }, 'somebody spoke of an alert that does not exist');
    return taken;
  }

  #raise(raise: Raise): Taken {
    if (this.knowsId(raise.id)) return 'done';
    return this.#runner.begin(raise.id, this.#ports.clock.now(), () => this.#first(raise));
  }

  #first({ id, at, reason, call, target, policy, about, notBefore }: Raise): Step<Alert, AlertEffect> {
    const { log, policies } = this.#ports;
    const known = call === undefined ? {} : { call, ...this.#ports.about(call) };
    const { alert, effects } = raiseAlert({
      id,
      at,
      reason,
      n: this.#number(),
      about: { ...known, ...about },
      ...(target ? { target } : {}),
      ...(notBefore === undefined ? {} : { notBefore }),
      policy: policyNamed(policies(), policy),
    });
    log.warn({ alert: id, n: alert.n, call: call ?? null }, 'alert raised');
    return { value: alert, effects };
  }

  #number(): number {
    const stored = this.#tolerant('saved alerts cannot be counted', 0, () => this.#ports.store.lastNumber());
    this.#last = Math.max(this.#last, stored) + 1;
    return this.#last;
  }

  #event(id: string, said: Said): Taken {
    // `Omit` over a union of events: with its instant it is one of them again.
    return this.#runner.event(id, { ...said, at: this.#ports.clock.now() } as AlertEvent);
  }

  /** A disk that fails does not keep an urgency from being told. */
  #tolerant<T>(what: string, otherwise: T, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#ports.log.error({ error }, what);
      return otherwise;
    }
  }
}
