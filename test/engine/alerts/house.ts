// An alerting room on a real database, with a clock that only the test moves, and a provider whose every message is seen.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomIds } from '../../../server/base/ids.ts';
import { openLog, silentLog } from '../../../server/base/log.ts';
import type { Contact } from '../../../server/domain/alert/alert.ts';
import { type PolicySet, usualPolicies, type Whom } from '../../../server/domain/alert/policy.ts';
import type { ConversationRule } from '../../../server/domain/conversation/conversation.ts';
import { askedForNone, OptOuts, takeIn } from '../../../server/domain/message/opt-outs.ts';
import type { Mail, Mailer, Sent, Sms, SmsListener, SmsProvider } from '../../../server/domain/message/port.ts';
import { Alerting } from '../../../server/engine/alerts/alerting.ts';
import { openCodes } from '../../../server/engine/alerts/codes.ts';
import { openLinks } from '../../../server/engine/alerts/links.ts';
import { tellOfStop } from '../../../server/engine/alerts/opt-outs.ts';
import { Replies } from '../../../server/engine/alerts/replies.ts';
import { openSenders } from '../../../server/engine/alerts/senders.ts';
import { Conversations } from '../../../server/engine/conversations/conversations.ts';
import { Inbox } from '../../../server/engine/inbox.ts';
import { Leader } from '../../../server/engine/leader.ts';
import { RecordedSms } from '../../../server/engine/messages/recorded-sms.ts';
import { Saving } from '../../../server/engine/saving.ts';
import { openSenderLock } from '../../../server/store/alerts.ts';
import { openStore, type Store } from '../../../server/store/store.ts';
import { countingIds } from '../../base/counting-ids.ts';
import { HandClock } from '../../base/hand-clock.ts';

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

export type Behaviour = 'delivers' | 'loses' | 'refuses' | 'is down' | 'never reports';

/** A provider at the other end of the port. It knows a repeated id, as good ones do. */
export class Provider implements SmsProvider {
  readonly name = 'stand-in';
  readonly seen: (Sms & { at: number })[] = [];
  behaviour: Behaviour = 'delivers';
  /** Numbers that behave otherwise. */
  readonly apart = new Map<string, Behaviour>();
  optOuts = new OptOuts();
  own: (number: string) => boolean = () => false;
  readonly #now: () => number;
  #listener: SmsListener | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }
  async start(listener: SmsListener): Promise<void> {
    this.#listener = listener;
  }
  async send(sms: Sms): Promise<Sent> {
    if (this.optOuts.isStopped(sms.to)) return askedForNone;
    const behaviour = this.apart.get(sms.to) ?? this.behaviour;
    if (behaviour === 'is down') return { accepted: false, why: 'HTTP 503', again: true };
    if (behaviour === 'refuses') return { accepted: false, why: 'no such number', again: false };
    this.seen.push({ ...sms, at: this.#now() });
    if (behaviour === 'delivers') setImmediate(() => this.reports(sms.id, true));
    return { accepted: true, reports: behaviour !== 'never reports' };
  }
  reports(id: string, delivered: boolean): void {
    this.#listener?.reported({ id, delivered, at: this.#now(), ...(delivered ? {} : { why: 'unreachable' }) });
  }
  /** Somebody writes to us. */
  receives(from: string, text: string, more: { to?: string; reference?: string } = {}): void {
    const reception = { optOuts: this.optOuts, own: this.own, log: silentLog };
    takeIn(reception, this.#listener, { from, to: '+33199001000', text, at: this.#now(), ...more });
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
  person,
  name: `${person[0]?.toUpperCase()}${person.slice(1)}`,
  language: 'fr',
  phones: [`+3363998000${last}`],
  sms: `+3363998000${last}`,
  email: `${person}@exemple.fr`,
});
export const lea = contact('lea', 1);
export const karim = contact('karim', 2);
export const marc = contact('marc', 3);

export type RoomOptions = {
  dir?: string;
  clock?: JumpClock;
  policies?: PolicySet;
  people?: Record<string, Contact[]>;
  /** Our numbers that pass SMS on. */
  lines?: Record<string, { name: string; rule?: ConversationRule }>;
  log?: NodeJS.WritableStream;
  /** A disk that does not do what it is told. */
  through?: (store: Store) => Store;
  /** Asked each time. */
  policiesNow?: () => PolicySet;
  peopleNow?: () => { people: Contact[]; because: string };
};

export function openRoom({
  dir = mkdtempSync(join(tmpdir(), 'vigie-alerts-')),
  clock = new JumpClock(),
  policies = usualPolicies,
  people = { garde: [lea, karim], direction: [marc] },
  lines = {},
  log,
  through = (store) => store,
  policiesNow = () => policies,
  peopleNow,
}: RoomOptions = {}) {
  const opened = openStore(join(dir, 'vigie.db'));
  if (!opened.ok) throw new Error(opened.problems[0]?.message);
  const store = through(opened.value);
  const sms = new Provider(() => clock.now());
  sms.optOuts = new OptOuts(store.stops, undefined, (number) => everybody.some((one) => one.sms === number));
  sms.own = (number) => Object.hasOwn(lines, number);
  const mailer = new Mailbox();
  const links = openLinks('0123456789abcdef0123456789abcdef');
  const codes = openCodes('0123456789abcdef0123456789abcdef');
  const everybody = Object.values(people).flat();
  const quiet = openLog(log ? 'info' : 'error', log);
  const recovered: string[] = [];
  const saving = new Saving({ clock, log: quiet, recovered: (message) => recovered.push(message) });
  const recorded = new RecordedSms(sms, { book: store.sms, clock, saving });
  const inbox = new Inbox({ clock, log: quiet, saving, store: store.inbox });
  const leader = new Leader({ clock, log: quiet, lock: openSenderLock(join(dir, 'vigie.db')), inbox });
  const senders = {
    clock,
    log: quiet,
    sms: recorded,
    mailer,
    links,
    codes,
    byCode: () => policies.answers === 'code',
    publicUrl: 'https://astreinte.exemple.fr',
  };
  const alerting = new Alerting({
    clock,
    ids: countingIds(),
    log: quiet,
    saving,
    store: store.alerts,
    inbox,
    leader,
    policies: policiesNow,
    people: (whom: Whom) => {
      if (peopleNow) return peopleNow();
      const name = Object.values(whom)[0] ?? '';
      const found =
        'person' in whom ? everybody.filter(({ person }) => person === name).slice(0, 1) : (people[name] ?? []);
      return { people: found, because: found.length > 0 ? 'de garde' : 'personne de garde' };
    },
    senders: (answered) => openSenders(senders, answered),
    about: () => undefined,
  });
  const conversations = new Conversations({
    clock,
    log: quiet,
    saving,
    leader,
    sms: recorded,
    store: store.threads,
    ids: randomIds(() => clock.now()),
    line: (number) => lines[number],
    lines: () => Object.keys(lines).filter((number) => lines[number]?.rule),
    people: (planning) => ({ people: people[planning] ?? [], because: 'de garde' }),
    refusal: (number) => (number.startsWith('+33') ? undefined : 'no allowed prefix covers it'),
    raised: (raise, saved) => alerting.raised(raise, saved),
    passedOnTo: store.sms.passedOnTo,
  });
  const replies = new Replies({
    alerting,
    clock,
    ids: randomIds(() => clock.now()),
    log: quiet,
    sms: recorded,
    codes,
    conversations,
    bareWords: () => policies.answers === 'word',
    lastTo: store.sms.lastTo,
  });
  void recorded.start({
    reported: ({ id, delivered, why }) => {
      conversations.report(id, delivered, why);
      alerting.report(
        delivered ? { type: 'delivered', notice: id } : { type: 'failed', notice: id, why: 'not delivered' },
      );
    },
    received: (message) => {
      const person = everybody.find((one) => one.sms === message.from);
      if (!person) return void conversations.received(message);
      const left = replies.take(person, message);
      if (left) conversations.replied(person, left);
    },
    left: (number, stopped) => {
      conversations.left(number, stopped);
      const person = everybody.find((one) => one.sms === number);
      const tools = { alerting, sms: recorded, ids: randomIds(() => clock.now()), log: quiet, clock };
      if (person && stopped) tellOfStop(tools, person, number, { planning: undefined, policy: null });
    },
  });
  const close = () => {
    leader.stop();
    alerting.stop();
    conversations.stop();
    store.close();
  };
  return {
    dir,
    clock,
    store,
    sms,
    mailer,
    links,
    codes,
    saving,
    recovered,
    inbox,
    leader,
    alerting,
    conversations,
    close,
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
