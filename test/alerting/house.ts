// An alerting room on a real database, with a clock that only the test moves, and a provider whose every message is seen.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contact } from '../../server/alert/alert.ts';
import { type PolicySet, usualPolicies, type Whom } from '../../server/alert/policy.ts';
import { Alerting } from '../../server/alerting/alerting.ts';
import { openLinks } from '../../server/alerting/links.ts';
import { takeReply } from '../../server/alerting/replies.ts';
import { openSenders } from '../../server/alerting/senders.ts';
import { HandClock } from '../../server/base/clock.ts';
import { countingIds } from '../../server/base/ids.ts';
import { openLog } from '../../server/base/log.ts';
import type { Mail, Mailer, Sent, Sms, SmsListener, SmsProvider } from '../../server/messaging/port.ts';
import { openSenderLock } from '../../server/store/alerts.ts';
import { openStore } from '../../server/store/store.ts';

/** A wall clock that can be set, over a steady one that cannot: what NTP does to a machine. */
export class JumpClock extends HandClock {
  #jumped = 0;
  override now(): number {
    return super.now() + this.#jumped;
  }
  jump(ms: number): void {
    this.#jumped += ms;
  }
}

export type Behaviour = 'delivers' | 'loses' | 'refuses' | 'is down';

/** A provider at the other end of the port. It knows a repeated id, as good ones do. */
export class Provider implements SmsProvider {
  readonly name = 'stand-in';
  readonly seen: (Sms & { at: number })[] = [];
  behaviour: Behaviour = 'delivers';
  readonly #now: () => number;
  #listener: SmsListener | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }
  async start(listener: SmsListener): Promise<void> {
    this.#listener = listener;
  }
  async send(sms: Sms): Promise<Sent> {
    if (this.behaviour === 'is down') return { accepted: false, why: 'HTTP 503', again: true };
    if (this.behaviour === 'refuses') return { accepted: false, why: 'no such number', again: false };
    this.seen.push({ ...sms, at: this.#now() });
    if (this.behaviour === 'delivers')
      setImmediate(() => this.#listener?.reported({ id: sms.id, delivered: true, at: this.#now() }));
    return { accepted: true, reports: true };
  }
  /** Somebody writes to us. */
  receives(from: string, text: string): void {
    this.#listener?.received({ from, to: '+33199001000', text, at: this.#now() });
  }
  async stop(): Promise<void> {}
}

export class Mailbox implements Mailer {
  readonly seen: Mail[] = [];
  async send(mail: Mail): Promise<Sent> {
    this.seen.push(mail);
    return { accepted: true, reports: false };
  }
  async stop(): Promise<void> {}
}

export const contact = (person: string, last: number): Contact => ({
  ...{ person, name: `${person[0]?.toUpperCase()}${person.slice(1)}`, language: 'fr' },
  ...{ phones: [`+3363998000${last}`], sms: `+3363998000${last}`, email: `${person}@exemple.fr` },
});
export const lea = contact('lea', 1);
export const karim = contact('karim', 2);
export const marc = contact('marc', 3);

export type RoomOptions = {
  dir?: string;
  clock?: JumpClock;
  policies?: PolicySet;
  people?: Record<string, Contact[]>;
  log?: NodeJS.WritableStream;
};

export function openRoom({
  dir = mkdtempSync(join(tmpdir(), 'vigie-alerts-')),
  clock = new JumpClock(),
  policies = usualPolicies,
  people = { garde: [lea, karim], direction: [marc] },
  log,
}: RoomOptions = {}) {
  const opened = openStore(join(dir, 'vigie.db'));
  if (!opened.ok) throw new Error(opened.problems[0]?.message);
  const store = opened.value;
  const sms = new Provider(() => clock.now());
  const mailer = new Mailbox();
  const links = openLinks('0123456789abcdef0123456789abcdef');
  const everybody = Object.values(people).flat();
  const quiet = openLog(log ? 'info' : 'error', log);
  const alerting = new Alerting({
    clock,
    ids: countingIds(),
    log: quiet,
    store: store.alerts,
    lock: openSenderLock(join(dir, 'vigie.db')),
    policies: () => policies,
    people: (whom: Whom) => {
      const name = Object.values(whom)[0] ?? '';
      const found =
        'person' in whom ? everybody.filter(({ person }) => person === name).slice(0, 1) : (people[name] ?? []);
      return { people: found, because: found.length > 0 ? 'de garde' : 'personne de garde' };
    },
    senders: openSenders({
      clock,
      log: quiet,
      sms,
      mailer,
      links,
      publicUrl: 'https://astreinte.exemple.fr',
      report: (said) => alerting.report(said),
    }),
    about: () => undefined,
    other: () => {},
  });
  void sms.start({
    reported: ({ id, delivered }) =>
      alerting.report(
        delivered ? { type: 'delivered', notice: id } : { type: 'failed', notice: id, why: 'not delivered' },
      ),
    received: (message) =>
      void takeReply(
        {
          alerting,
          ids: countingIds(),
          log: quiet,
          sms,
          personOf: (number) => everybody.find((one) => one.sms === number),
        },
        message,
      ),
  });
  const close = () => {
    alerting.stop();
    store.close();
  };
  return {
    ...{ dir, clock, store, sms, mailer, links, alerting, close },
    /** As after kill -9: nothing is stopped or said, the lock and the file are simply let go. */
    dies: close,
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Lets promises and immediates that are under way settle; no time of the test's clock passes. */
export const settled = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise((done) => setImmediate(done));
};

/** Time passes, a second at a time, with everything that it brings. */
export async function pass(clock: JumpClock, seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    clock.advance(1000);
    if (i % 10 === 0) await settled();
  }
  await settled();
}
