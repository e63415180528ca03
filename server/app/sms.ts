// The SMS of this line, built from the settings: its providers as one, every message on record, and who hears what comes in.
import { systemClock } from '../base/clock.ts';
import { randomIds } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Route } from '../base/route.ts';
import type { LiveConfiguration } from '../config/configuration.ts';
import { contactsFor, personWith } from '../domain/alert/contacts.ts';
import type { ConversationRule } from '../domain/conversation/conversation.ts';
import type { OptOuts } from '../domain/message/opt-outs.ts';
import type { IncomingSms, SmsProvider, SmsReport } from '../domain/message/port.ts';
import { planningsNaming } from '../domain/planning/take.ts';
import { refusal } from '../domain/trunk/numbers.ts';
import type { Alerting } from '../engine/alerts/alerting.ts';
import type { Codes } from '../engine/alerts/codes.ts';
import { tellOfStop } from '../engine/alerts/opt-outs.ts';
import { Replies } from '../engine/alerts/replies.ts';
import { Conversations } from '../engine/conversations/conversations.ts';
import { leftRow, reportRow, smsRow } from '../engine/conversations/rows.ts';
import { type InboxParts, taker } from '../engine/inbox.ts';
import { RecordedSms } from '../engine/messages/recorded-sms.ts';
import type { Taken } from '../engine/runner.ts';
import type { Saving } from '../engine/saving.ts';
import { SmsChain } from '../networks/sms/chain.ts';
import { SmsGateway } from '../networks/sms/gateway.ts';
import { SmsGateways } from '../networks/sms/gateways.ts';
import type { Store } from '../store/store.ts';
import type { Settings } from './settings.ts';

export type SmsParts = {
  settings: Settings;
  store: Store;
  config: LiveConfiguration;
  log: Log;
  optOuts: OptOuts;
  saving: Saving;
  env: Readonly<Record<string, string | undefined>>;
  /** The networks that carry SMS, best first. Gateways come before them. */
  networks: readonly SmsProvider[];
  alerting: () => Alerting;
  codes: Codes;
  /** What became of an SMS of ours, whoever sent it. */
  reported(report: SmsReport): void;
};

export type SmsRoom = {
  provider?: SmsProvider;
  routes: Route[];
  /** This process sends from now on. */
  led(): void;
  /** What becomes of that which comes in, as rows of the inbox. */
  takers: InboxParts['takers'];
  start(): Promise<void>;
  stop(): Promise<void>;
};

const clock = systemClock;
const hour = 3_600_000;

export function openSmsRoom(parts: SmsParts): SmsRoom {
  const { settings, store, config, log, optOuts, networks } = parts;
  const own = (number: string) => Object.hasOwn(config.flows().lines, number);
  const gateway = settings.sms ? new SmsGateway(settings.sms, { optOuts, own, log, clock }) : undefined;
  const specs = () => config.reading().messages.sms;
  const gateways =
    specs().length > 0
      ? new SmsGateways({ specs, env: parts.env, now: clock.now, idOf: store.sms.idOf, optOuts, own, log })
      : undefined;
  const all = [gateway, gateways, ...networks].filter((one) => one !== undefined);
  const [first] = all;
  if (!first) return { routes: [], led: () => {}, takers: {}, start: async () => {}, stop: async () => {} };
  const one = all.length > 1 ? new SmsChain(all) : first;
  const provider = new RecordedSms(one, { book: store.sms, clock, saving: parts.saving });
  const conversations = openRelay(parts, provider);
  const replies = later(() => openReplies(parts, provider, conversations));
  const incoming = (message: IncomingSms) => take(parts, replies(), conversations, message);
  const left = ([number, stopped]: [string, boolean]) => {
    conversations.left(number, stopped);
    if (stopped) staffStopped(parts, provider, number);
  };
  const told = (report: SmsReport) => {
    conversations.report(report.id, report.delivered, report.why);
    parts.reported(report);
  };
  /** Saved before the provider is thanked: whoever sends takes it from the inbox. */
  const put = (kind: string, body: unknown) => parts.alerting().put(kind, body);
  return {
    provider,
    routes: [gateway, gateways].flatMap((one) => one?.routes() ?? []),
    led: () => conversations.lead(),
    takers: {
      sms: taker(smsRow, incoming),
      'sms-left': taker(leftRow, done(left)),
      'sms-report': taker(reportRow, done(told)),
    },
    start: () =>
      provider.start({
        reported: (report) => put('sms-report', report),
        received: (message) => put('sms', message),
        left: (number, stopped) => put('sms-left', [number, stopped]),
      }),
    stop: async () => {
      conversations.stop();
      await provider.stop();
    },
  };
}

function openRelay({ config, store, log, saving, alerting }: SmsParts, sms: SmsProvider): Conversations {
  const ruleOf = (number: string): ConversationRule | undefined => {
    const { lines } = config.flows();
    const given = Object.hasOwn(lines, number) ? lines[number]?.sms : undefined;
    if (!given) return undefined;
    const { planning, policy, hours } = given;
    return { planning, quietMs: hours * hour, ...(policy ? { policy } : {}) };
  };
  return new Conversations({
    clock,
    log,
    saving,
    sms,
    store: store.threads,
    ids: randomIds(clock.now),
    line: (number) => {
      const { lines } = config.flows();
      const line = Object.hasOwn(lines, number) ? lines[number] : undefined;
      const rule = ruleOf(number);
      return line && { name: line.name, ...(rule ? { rule } : {}) };
    },
    lines: () => Object.keys(config.flows().lines).filter((number) => ruleOf(number)),
    people: (planning, at) => contactsFor(config, { planning }, at),
    refusal: (number) => refusal(config.trunks(), number),
    passedOnTo: store.sms.passedOnTo,
    // After the step that raised it.
    raised: (raise, saved) => queueMicrotask(() => (saved ? alerting().wake() : alerting().raiseNow(raise))),
  });
}

const done =
  <T>(work: (body: T) => void) =>
  (body: T): Taken => {
    work(body);
    return 'done';
  };

/** The alerts are built after the SMS that they are told by. */
function later<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const openReplies = (
  { config, store, log, alerting, codes }: SmsParts,
  sms: SmsProvider,
  conversations: Conversations,
): Replies =>
  new Replies({
    alerting: alerting(),
    clock,
    ids: randomIds(clock.now),
    log,
    sms,
    codes,
    conversations,
    bareWords: () => config.reading().policies.answers === 'word',
    lastTo: (number) => lastTo(store, number, log),
  });

function lastTo(store: Store, number: string, log: Log): string | undefined {
  try {
    return store.sms.lastTo(number);
  } catch (error) {
    log.error({ error }, 'the last SMS to somebody cannot be read');
    return undefined;
  }
}

/** A technician's STOP silences no alert: whoever plans is told, and they are told that. */
function staffStopped({ config, log, alerting }: SmsParts, sms: SmsProvider, number: string): void {
  const { plannings, policies, overlay } = config.reading();
  const person = personWith(plannings, number);
  if (!person) return;
  const [planning] = planningsNaming(plannings, overlay, person.person);
  const tools = { alerting: alerting(), sms, log, ids: randomIds(clock.now), clock };
  tellOfStop(tools, person, number, { planning, policy: policies.planner });
}

/** One of our people answers an alert, or in a conversation; anybody else begins one, or goes on with theirs. */
function take({ config, log }: SmsParts, replies: Replies, conversations: Conversations, message: IncomingSms): Taken {
  const person = personWith(config.reading().plannings, message.from);
  const left = person ? replies.take(person, message) : message;
  if (!left) return 'done';
  const taken = person ? conversations.replied(person, left) : conversations.received(left);
  if (taken === 'unknown') log.info({ from: message.from, to: message.to }, 'an SMS that nobody is concerned with');
  return taken;
}
