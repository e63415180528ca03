// Where alerts happen: an event in, the step, saved, and only then sent. One process of the house does this, whoever else may run.

import type { Instant } from '../../base/clock.ts';
import {
  type About,
  type Alert,
  type AlertEffect,
  type AlertEvent,
  type AlertStep,
  alertOf,
  type Contact,
  isOver,
  liveNotice,
  type Notice,
} from '../../domain/alert/alert.ts';
import { policyNamed } from '../../domain/alert/policy.ts';
import { raiseAlert, stepAlert } from '../../domain/alert/step.ts';
import type { AlertPorts, Raise, SavedAlert, SetTimer } from './ports.ts';
import { AlertTimers } from './timers.ts';

/** How often the inbox is looked into, and the lock asked for again. */
const pollMs = 1000;
const atOnce = 100;

/** An event without its instant: the room's own clock says when. */
export type Said<E extends AlertEvent = AlertEvent> = E extends unknown ? Omit<E, 'at'> : never;

export class Alerting {
  readonly #ports: AlertPorts;
  readonly #alerts = new Map<string, Alert>();
  readonly #timers: AlertTimers;
  #leading = false;
  #stopped = false;
  #cancelPoll: () => void = () => {};
  /** When saving began to fail, if it does now. */
  failingSince: Instant | undefined;

  constructor(ports: AlertPorts) {
    this.#ports = ports;
    this.#timers = new AlertTimers(ports.clock, (alert, name) => this.#event(alert, { type: 'timer', name }));
  }

  /** Takes the lead if no other process has it, and goes on asking for it otherwise. */
  start(): void {
    this.#beat();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelPoll();
    this.#timers.stopAll();
    this.#ports.lock.release();
  }

  /** True when this process is the one that sends. */
  get leading(): boolean {
    return this.#leading;
  }

  /** Alerts that may still do something, oldest first. */
  live(): Alert[] {
    return [...this.#alerts.values()].filter((alert) => !isOver(alert)).sort((a, b) => a.n - b.n);
  }

  /** By id or number; also those that are over. */
  find(idOrNumber: string): Alert | undefined {
    const known = this.#alerts.get(idOrNumber) ?? this.live().find(({ n }) => String(n) === idOrNumber);
    return known ?? this.#ports.store.get(idOrNumber);
  }

  /** Takes an urgency in. Never throws: what cannot be saved is sent all the same. */
  raise(raise: Raise): void {
    if (!this.#leading) {
      this.#try('an alert could not be handed on', () => this.#ports.store.post('raise', raise));
      return;
    }
    this.#guard(raise.id, () => this.#raise(raise));
  }

  /** What somebody says of an alert. @returns the alert as it then is; undefined when there is none. */
  act(idOrNumber: string, said: Said): Alert | undefined {
    const alert = this.find(idOrNumber);
    if (!alert || !this.#leading) return alert;
    this.#event(alert.id, said);
    return this.find(alert.id);
  }

  /** What became of a notice; `notice` carries its alert's id. */
  report(said: Said<Extract<AlertEvent, { notice: string }>>): void {
    this.#event(alertOf(said.notice), said);
  }

  /** A call is over, or more is known of it. */
  learned(call: string, about: About): void {
    for (const alert of [...this.#alerts.values()].filter((one) => one.about.call === call && !isOver(one)))
      this.#event(alert.id, { type: 'learned', about });
  }

  /** Somebody was raised for this call already. */
  knows(call: string): boolean {
    return this.live().some((one) => one.about.call === call) || this.#ports.store.ofCall(call).length > 0;
  }

  /** It was raised already, whatever became of it. */
  knowsId = (id: string): boolean => this.#alerts.has(id) || this.#stored(id);

  /** Looks into the inbox now rather than at the next beat. */
  wake(): void {
    if (this.#leading) this.#drain();
  }

  #beat(): void {
    if (this.#stopped) return;
    this.#try('the lock of the sender cannot be taken', () => {
      if (!this.#leading && this.#ports.lock.held()) this.#lead();
    });
    if (this.#leading) this.#drain();
    this.#cancelPoll = this.#ports.clock.after(pollMs, () => this.#beat());
  }

  /** Everything saved goes on from where it was: what may not have been sent is sent again, under the same id. */
  #lead(): void {
    const saved = this.#ports.store.live();
    this.#leading = true;
    for (const { alert } of saved) this.#alerts.set(alert.id, alert);
    for (const one of saved) this.#resume(one);
    this.#ports.led?.();
    this.#ports.log.info({ alerts: saved.length }, 'this process sends the alerts');
  }

  #resume({ alert, timers }: SavedAlert): void {
    for (const [name, set] of Object.entries(timers)) this.#timers.start(alert.id, name, set);
    for (const notice of alert.notices.filter((one) => liveNotice(one) && unsure(one))) this.#again(alert, notice);
    if (alert.request !== undefined) this.#guard(alert.id, () => this.#askAgain(alert));
  }

  /** The question to the planning that was on its way when we went down. */
  #askAgain(alert: Alert): void {
    const { policy, level, towards, target, request } = alert;
    const named = policy.levels[level]?.whom;
    const asked = towards !== undefined ? { person: towards } : named === 'raised' ? target : named;
    const whom = alert.everybody === alert.turn ? ({ everybody: true } as const) : asked;
    if (!whom || request === undefined) return;
    const found = this.#ports.people(whom, this.#ports.clock.now());
    this.#event(alert.id, { type: 'resolved', request, ...found });
  }

  #again(alert: Alert, notice: Notice): void {
    const to = alert.contacts.find(({ person }) => person === notice.person);
    if (!to) return;
    if (notice.kind === 'alert') this.#ports.senders.notify(alert, notice, to);
    else this.#ports.senders.tell(alert, notice, to, alert.phase === 'resolved' ? 'closed' : 'taken');
  }

  #drain(): void {
    this.#try('the inbox of alerts cannot be read', () => {
      for (const { k, kind, body } of this.#ports.store.inbox(atOnce)) {
        if (kind === 'raise') this.#guard('inbox', () => this.#raise(body as Raise));
        if (kind === 'said') this.#guard('inbox', () => this.#said(body as { alert: string; said: Said }));
        if (kind !== 'raise' && kind !== 'said') this.#guard('inbox', () => this.#ports.other(kind, body));
        this.#ports.store.taken(k);
      }
    });
  }

  #said({ alert, said }: { alert: string; said: Said }): void {
    if (!this.act(alert, said)) this.#ports.log.warn({ alert }, 'somebody spoke of an alert that does not exist');
  }

  #raise({ id, at, reason, call, target, policy, about, notBefore }: Raise): void {
    if (this.knowsId(id)) return;
    const known = call === undefined ? {} : { call, ...this.#ports.about(call) };
    const step = raiseAlert({
      ...{ id, at, reason, n: this.#nextNumber() },
      about: { ...known, ...about },
      ...(target ? { target } : {}),
      ...(notBefore === undefined ? {} : { notBefore }),
      policy: policyNamed(this.#ports.policies(), policy),
    });
    this.#ports.log.warn({ alert: id, n: step.alert.n, call: call ?? null }, 'alert raised');
    this.#settle(step);
  }

  /** A disk that fails does not keep an urgency from being told. */
  #stored(id: string): boolean {
    return this.#try('saved alerts cannot be read', () => this.#ports.store.get(id) !== undefined) ?? false;
  }

  #nextNumber(): number {
    const most = Math.max(0, ...[...this.#alerts.values()].map(({ n }) => n));
    const next = this.#try('saved alerts cannot be counted', () => this.#ports.store.nextNumber()) ?? 0;
    return Math.max(most + 1, next);
  }

  #event(id: string, said: Said): void {
    const alert = this.#alerts.get(id) ?? this.#overNow(id);
    if (!alert || !this.#leading) return;
    this.#guard(id, () => {
      const step = stepAlert(alert, { ...said, at: this.#ports.clock.now() } as AlertEvent);
      if (step.alert !== alert || step.effects.length > 0) this.#settle(step);
    });
  }

  /** Late reports of an alert that is over still belong to its story. */
  #overNow(id: string): Alert | undefined {
    return this.#try('a saved alert cannot be read', () => this.#ports.store.get(id));
  }

  /** Answers at once what the house itself can answer, saves, then sends. */
  #settle(first: AlertStep): void {
    const at = this.#ports.clock.now();
    const set = new Map<string, number | null>();
    const outside: AlertEffect[] = [];
    let { alert } = first;
    const queue = [...first.effects];
    for (let effect = queue.shift(); effect; effect = queue.shift()) {
      if (effect.type === 'start-timer') set.set(effect.name, effect.ms);
      else if (effect.type === 'cancel-timer') set.set(effect.name, null);
      else if (effect.type === 'resolve') {
        const found = this.#ports.people(effect.whom, at);
        const next = stepAlert(alert, { type: 'resolved', at, request: effect.request, ...found });
        alert = next.alert;
        queue.push(...next.effects);
      } else outside.push(effect);
    }
    this.#save(alert, set, at);
    for (const effect of outside) this.#send(alert, effect);
  }

  #save(alert: Alert, set: Map<string, number | null>, at: Instant): void {
    for (const [name, ms] of set) {
      if (ms === null) this.#timers.stop(alert.id, name);
      else this.#timers.start(alert.id, name, { dueAt: at + ms, ms });
    }
    if (isOver(alert)) this.#timers.stopAlert(alert.id);
    this.#alerts.set(alert.id, alert);
    try {
      this.#ports.store.save({ alert, timers: this.#timers.of(alert.id) });
      this.failingSince = undefined;
      if (isOver(alert)) this.#alerts.delete(alert.id);
    } catch (error) {
      this.failingSince ??= at;
      this.#ports.log.error({ alert: alert.id, error }, 'the alert could not be saved; it goes on unsaved');
    }
  }

  #send(alert: Alert, effect: AlertEffect): void {
    const notice = 'notice' in effect ? alert.notices.find(({ id }) => id === effect.notice) : undefined;
    const { senders, log } = this.#ports;
    this.#guard(alert.id, () => {
      if (effect.type === 'warn') log.error({ alert: alert.id }, effect.message);
      if (!notice) return;
      if (effect.type === 'notify') senders.notify(alert, notice, effect.to as Contact);
      if (effect.type === 'tell') senders.tell(alert, notice, effect.to, effect.news);
      if (effect.type === 'stop') senders.stop(alert, notice);
    });
  }

  /** What goes wrong in one alert is our bug: it stands in the log, and no other alert feels it. */
  #guard(alert: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#ports.log.error({ alert, error }, 'a step of an alert failed; it stays as it was');
    }
  }

  #try<T>(what: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#ports.log.error({ error }, what);
      return undefined;
    }
  }
}

/** Handed over, never confirmed; a call that was under way has ended with us. */
const unsure = (notice: Notice): boolean => notice.state === 'sending' || notice.channel === 'call';

export type { SetTimer };
