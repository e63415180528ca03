// The alerting room of this line, built from the settings: its senders, its callers, its door over HTTP, and what it hears of the calls.
import { existsSync } from 'node:fs';
import type { AlertRooms } from '../api/alerts.ts';
import { systemClock } from '../base/clock.ts';
import { randomIds } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { good, type Result } from '../base/result.ts';
import type { Route } from '../base/route.ts';
import type { LiveConfiguration } from '../config/configuration.ts';
import type { PromptStore } from '../config/prompts/prompts.ts';
import { type About, type Contact, liveNotice } from '../domain/alert/alert.ts';
import { contactOf, contactsFor } from '../domain/alert/contacts.ts';
import type { AlertRecord, FinishedCall } from '../domain/call/record.ts';
import type { OptOuts } from '../domain/message/opt-outs.ts';
import type { SmsProvider } from '../domain/message/port.ts';
import type { Prompt } from '../domain/telephony/prompt.ts';
import { planFor } from '../domain/trunk/by-carrier.ts';
import { openAlertCalls } from '../engine/alerts/alert-calls.ts';
import { Alerting } from '../engine/alerts/alerting.ts';
import { openCodes } from '../engine/alerts/codes.ts';
import { openLinks } from '../engine/alerts/links.ts';
import { openSenders } from '../engine/alerts/senders.ts';
import type { Switchboard } from '../engine/calls/switchboard.ts';
import { taker } from '../engine/inbox.ts';
import { Messages } from '../engine/messages/messages.ts';
import { deliverRow } from '../engine/messages/rows.ts';
import { type PlacedCall, Placer } from '../engine/placed-calls/placer.ts';
import type { PlacedCallNetwork } from '../engine/placed-calls/share.ts';
import type { Saving } from '../engine/saving.ts';
import { openMailer } from '../networks/mail/mailer.ts';
import { openTicket } from '../networks/tickets/ticket.ts';
import { openSenderLock } from '../store/alerts.ts';
import type { Store } from '../store/store.ts';
import { lineSecret } from './secret.ts';
import type { Settings } from './settings.ts';
import { openSmsRoom } from './sms.ts';

export type AlertParts = {
  settings: Settings;
  store: Store;
  prompts: PromptStore;
  config: LiveConfiguration;
  log: Log;
  env: Readonly<Record<string, string | undefined>>;
  /** Networks on which the line can place calls by itself, best first. */
  own: readonly PlacedCallNetwork[];
  /** The networks that carry SMS, best first. */
  sms: readonly SmsProvider[];
  optOuts: OptOuts;
  saving: Saving;
  switchboard: () => Switchboard;
};

export type AlertRoom = {
  alerting: Alerting;
  /** Calls that the line places by itself, as they are saved. */
  placedCalls: { all(): readonly PlacedCall[]; one(id: string): PlacedCall | undefined };
  routes: Route[];
  /** What is asked of it over HTTP. */
  rooms: AlertRooms;
  /** A call raised it. `saved`: it is a row of the inbox. */
  raised(alert: AlertRecord, saved: boolean): void;
  ended(record: FinishedCall): void;
  /** A flow ordered a message or a ticket, and it is saved. */
  delivering(): void;
  start(): Promise<void>;
  stop(): Promise<void>;
};

const clock = systemClock;
/** A caller's name for a call that is spoken, and the message that was left: there before the person is rung. */
const speakWithinMs = 10_000;
const lookAgainMs = 250;

export function openAlertRoom(parts: AlertParts): Result<AlertRoom> {
  const { settings, store, config, log } = parts;
  const secret = lineSecret(settings);
  if (!secret.ok) return secret;
  const ids = randomIds(clock.now);
  const links = openLinks(secret.value);
  const codes = openCodes(secret.value);
  const byCode = () => config.reading().policies.answers === 'code';
  const room = openSmsRoom({
    settings,
    store,
    config,
    log,
    optOuts: parts.optOuts,
    saving: parts.saving,
    env: parts.env,
    networks: parts.sms,
    alerting: () => alerting,
    codes,
    reported: ({ id, delivered, why }) => {
      report(
        delivered ? { type: 'delivered', notice: id } : { type: 'failed', notice: id, why: why ?? 'not delivered' },
      );
      messages.reported(id, delivered, why);
    },
  });
  const sms = room.provider;
  const mailer = settings.mail ? openMailer(settings.mail, log) : undefined;
  const person = (id: string): Contact | undefined => contactOf(config.reading().plannings, id);
  const placer = openPlacer(parts);
  const report: Alerting['report'] = (said) => alerting.report(said);
  const calls =
    placer &&
    openAlertCalls({
      placer,
      report,
      line: () => Object.keys(config.flows().lines)[0] ?? '',
      act: (alert, said) => alerting.act(alert, said),
    });
  const alerting: Alerting = new Alerting({
    clock,
    ids,
    log,
    saving: parts.saving,
    store: store.alerts,
    inbox: store.inbox,
    lock: openSenderLock(settings.database),
    policies: () => config.reading().policies,
    people: (whom, at) => contactsFor(config, whom, at),
    senders: openSenders({
      clock,
      log,
      links,
      codes,
      byCode,
      report,
      ...(sms ? { sms } : {}),
      ...(mailer ? { mailer } : {}),
      ...(calls ? { calls } : {}),
      ...(settings.publicUrl ? { publicUrl: settings.publicUrl } : {}),
    }),
    about: (call) => aboutLive(parts, call),
    led: () => room.led(),
    takers: {
      ...room.takers,
      deliver: taker(deliverRow, (order) => {
        messages.order(order);
        return 'done';
      }),
    },
  });
  const messages = new Messages({
    clock,
    log,
    saving: parts.saving,
    config,
    deliveries: store.deliveries,
    openTicket: (tool, id, body) => openTicket(tool, id, body, parts.env),
    tell: (call, event) => parts.switchboard().tell(call, event),
    ...(sms ? { sms } : {}),
    ...(mailer ? { mailer } : {}),
    leading: () => alerting.leading,
  });
  const rooms: AlertRooms = { alerting, links, now: clock.now, person, list: store.alerts.list };
  return good({
    alerting,
    placedCalls: { all: () => placer?.live() ?? [], one: (id) => placer?.one(id) },
    routes: room.routes,
    rooms,
    // After the step that raised it: the call is then known, and no sender holds up a caller.
    raised: (alert, saved) => queueMicrotask(() => (saved ? alerting.wake() : alerting.raiseNow(alert))),
    delivering: () => queueMicrotask(() => alerting.wake()),
    ended: (record) => {
      try {
        learn(alerting, config, record);
        messages.ended(record, () => store.alerts.ofCall(record.id));
      } catch (error) {
        log.error({ call: record.id, error }, 'what follows a call could not be written');
      }
    },
    start: async () => {
      await room.start();
      // An order that was withdrawn while we were away, or whose answer is known, rings nobody any more.
      alerting.start();
      const wanted = new Set(alerting.live().flatMap(({ notices }) => notices.filter(liveNotice).map(({ id }) => id)));
      if (alerting.leading) placer?.keepOnly((purpose) => wanted.has(purpose));
      messages.start();
    },
    stop: async () => {
      await messages.stop();
      alerting.stop();
      placer?.close();
      await room.stop();
      await mailer?.stop();
    },
  });
}

function openPlacer({ settings, store, prompts, config, log, own, switchboard }: AlertParts): Placer | undefined {
  const [best, ...others] = own;
  if (!best) return undefined;
  return new Placer({
    clock,
    log,
    store: store.placedCalls,
    networks: [best, ...others],
    ids: randomIds(clock.now),
    context: ({ name, listens }) => ({
      trunks: { plan: planFor(name, config.trunks()), health: switchboard().trunkHealth() },
      listenMs: listens ? settings.listenMs : 0,
      silentMs: settings.silentMs,
    }),
    prepare: (wanted) => Promise.all([prompts.urisLater(wanted, speakWithinMs), recordingsOf(wanted)]),
  });
}

/** A message may still be on its way from the network that recorded it: nobody is woken to hear none. */
const recordingsOf = (wanted: readonly Prompt[]): Promise<unknown> =>
  Promise.all(wanted.flatMap((prompt) => (prompt.kind === 'file' ? [untilThere(prompt.path)] : [])));

async function untilThere(file: string): Promise<void> {
  const end = clock.now() + speakWithinMs;
  while (!existsSync(file) && clock.now() < end) await new Promise<void>((go) => clock.after(lookAgainMs, go));
}

const lineName = (config: LiveConfiguration, called: string): { line?: string } => {
  const line = Object.hasOwn(config.flows().lines, called) ? config.flows().lines[called]?.name : undefined;
  return line ? { line } : {};
};

function aboutLive({ config, switchboard }: AlertParts, id: string): About | undefined {
  const call = switchboard()
    .calls()
    .find((one) => one.id === id);
  if (!call) return undefined;
  const { caller, called, flow, recording } = call;
  return {
    call: id,
    caller,
    called,
    values: flow.values,
    ...lineName(config, called),
    ...(recording ? { recording } : {}),
  };
}

/** A call is over: its alerts learn what is known now; a message nobody was told of becomes an alert where the policies say so. */
function learn(alerting: Alerting, config: LiveConfiguration, record: FinishedCall): void {
  const { id, caller, called, values, recording, outcome, endedAt } = record;
  const about: About = {
    call: id,
    caller,
    called,
    values,
    ...lineName(config, called),
    ...(recording ? { recording } : {}),
  };
  alerting.learned(id, about);
  const { message } = config.reading().policies;
  if (outcome !== 'message' || message === null || alerting.knows(id)) return;
  alerting.raise({
    id: `${id}.message`,
    at: endedAt,
    call: id,
    about,
    policy: message,
    reason: 'Un message a été laissé.',
  });
}
