// What comes in by SMS, and who hears it: one of our people answers an alert or in a conversation, anybody else begins one.
import type { Log } from '../base/log.ts';
import { contactsFor, personWith } from '../domain/alert/contacts.ts';
import type { ConversationRule } from '../domain/conversation/conversation.ts';
import type { IncomingSms, SmsProvider } from '../domain/message/port.ts';
import { planningsNaming } from '../domain/planning/take.ts';
import { refusal } from '../domain/trunk/numbers.ts';
import type { Alerting } from '../engine/alerts/alerting.ts';
import type { Codes } from '../engine/alerts/codes.ts';
import { tellOfStop } from '../engine/alerts/opt-outs.ts';
import { Replies } from '../engine/alerts/replies.ts';
import { Conversations } from '../engine/conversations/conversations.ts';
import { leftRow, reportRow, smsRow } from '../engine/conversations/rows.ts';
import type { Messages } from '../engine/messages/messages.ts';
import type { Taken } from '../engine/runner.ts';
import type { Store } from '../store/store.ts';
import { clock, newIds, type Parts } from './parts.ts';

export type Texts = { start(): Promise<void>; stop(): Promise<void> };
type Rooms = { alerting: Alerting; messages: Messages; codes: Codes };

const hour = 3_600_000;

export function openTexts(parts: Parts, sms: SmsProvider, rooms: Rooms): Texts {
  const { inbox } = parts;
  const conversations = openConversations(parts, sms, rooms.alerting);
  const replies = openReplies(parts, sms, rooms, conversations);
  inbox.takes('sms', smsRow, (message) => take(parts, replies, conversations, message));
  inbox.takes('sms-left', leftRow, ([number, stopped]) => {
    conversations.left(number, stopped);
    if (stopped) staffStopped(parts, sms, rooms.alerting, number);
    return 'done';
  });
  inbox.takes('sms-report', reportRow, ({ id, delivered, why }) => {
    conversations.report(id, delivered, why);
    const failed = { type: 'failed' as const, notice: id, why: why ?? 'not delivered' };
    rooms.alerting.report(delivered ? { type: 'delivered', notice: id } : failed);
    rooms.messages.reported(id, delivered, why);
    return 'done';
  });
  return {
    // Saved before the provider is thanked: whoever sends takes it from the inbox.
    start: () =>
      sms.start({
        reported: (report) => inbox.put('sms-report', report),
        received: (message) => inbox.put('sms', message),
        left: (number, stopped) => inbox.put('sms-left', [number, stopped]),
      }),
    stop: async () => {
      conversations.stop();
      await sms.stop();
    },
  };
}

function openConversations(
  { config, store, log, saving, leader }: Parts,
  sms: SmsProvider,
  alerting: Alerting,
): Conversations {
  const lineOf = (number: string) => {
    const { lines } = config.flows();
    return Object.hasOwn(lines, number) ? lines[number] : undefined;
  };
  const ruleOf = (number: string): ConversationRule | undefined => {
    const given = lineOf(number)?.sms;
    if (!given) return undefined;
    const { planning, policy, hours } = given;
    return { planning, quietMs: hours * hour, ...(policy ? { policy } : {}) };
  };
  return new Conversations({
    clock,
    log,
    saving,
    leader,
    sms,
    store: store.threads,
    ids: newIds(),
    line: (number) => {
      const line = lineOf(number);
      const rule = ruleOf(number);
      return line && { name: line.name, ...(rule ? { rule } : {}) };
    },
    lines: () => Object.keys(config.flows().lines).filter((number) => ruleOf(number)),
    people: (planning, at) => contactsFor(config, { planning }, at),
    refusal: (number) => refusal(config.trunks(), number),
    passedOnTo: store.sms.passedOnTo,
    raised: (raise, saved) => alerting.raised(raise, saved),
  });
}

const openReplies = (
  { config, store, log }: Parts,
  sms: SmsProvider,
  { alerting, codes }: Rooms,
  conversations: Conversations,
): Replies =>
  new Replies({
    alerting,
    clock,
    ids: newIds(),
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
function staffStopped({ config, log }: Parts, sms: SmsProvider, alerting: Alerting, number: string): void {
  const { plannings, policies, overlay } = config.reading();
  const person = personWith(plannings, number);
  if (!person) return;
  const [planning] = planningsNaming(plannings, overlay, person.person);
  tellOfStop({ alerting, sms, log, ids: newIds(), clock }, person, number, { planning, policy: policies.planner });
}

/** One of our people answers an alert, or in a conversation; anybody else begins one, or goes on with theirs. */
function take({ config, log }: Parts, replies: Replies, conversations: Conversations, message: IncomingSms): Taken {
  const person = personWith(config.reading().plannings, message.from);
  const left = person ? replies.take(person, message) : message;
  if (!left) return 'done';
  const taken = person ? conversations.replied(person, left) : conversations.received(left);
  if (taken === 'unknown') log.info({ from: message.from, to: message.to }, 'an SMS that nobody is concerned with');
  return taken;
}
