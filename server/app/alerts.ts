// The alerts of this line, built from the settings: who is told, by which ways, and what is known of the call that raised them.
import type { LiveConfiguration } from '../config/configuration.ts';
import { type About, liveNotice } from '../domain/alert/alert.ts';
import { contactsFor } from '../domain/alert/contacts.ts';
import type { FinishedCall } from '../domain/call/record.ts';
import type { Mailer, SmsProvider } from '../domain/message/port.ts';
import { openAlertCalls } from '../engine/alerts/alert-calls.ts';
import { Alerting } from '../engine/alerts/alerting.ts';
import type { Codes } from '../engine/alerts/codes.ts';
import type { Links } from '../engine/alerts/links.ts';
import { openSenders, type SendersOptions } from '../engine/alerts/senders.ts';
import type { Switchboard } from '../engine/calls/switchboard.ts';
import type { Placer } from '../engine/placed-calls/placer.ts';
import { clock, newIds, type Parts } from './parts.ts';

/** The ways in which an alert leaves the house, as far as this line has them. */
export type AlertWays = {
  sms: SmsProvider | undefined;
  mailer: Mailer | undefined;
  placer: Placer;
  links: Links;
  codes: Codes;
};

export function openAlerts(parts: Parts, switchboard: Switchboard, ways: AlertWays): Alerting {
  const { store, config, log, saving, inbox, leader } = parts;
  const senders = sendersOptions(parts, ways);
  return new Alerting({
    clock,
    ids: newIds(),
    log,
    saving,
    inbox,
    leader,
    store: store.alerts,
    policies: () => config.reading().policies,
    people: (whom, at) => contactsFor(config, whom, at),
    senders: (answered) => openSenders(senders, answered),
    about: (call) => aboutLive(config, switchboard, call),
  });
}

function sendersOptions({ settings, config, log }: Parts, ways: AlertWays): SendersOptions {
  const { sms, mailer, placer, links, codes } = ways;
  const line = () => Object.keys(config.flows().lines)[0] ?? '';
  const byCode = () => config.reading().policies.answers === 'code';
  return {
    clock,
    log,
    links,
    codes,
    byCode,
    calls: (answered) => openAlertCalls({ placer, line }, answered),
    ...(sms ? { sms } : {}),
    ...(mailer ? { mailer } : {}),
    ...(settings.publicUrl ? { publicUrl: settings.publicUrl } : {}),
  };
}

const lineName = (config: LiveConfiguration, called: string): { line?: string } => {
  const line = Object.hasOwn(config.flows().lines, called) ? config.flows().lines[called]?.name : undefined;
  return line ? { line } : {};
};

function aboutLive(config: LiveConfiguration, switchboard: Switchboard, id: string): About | undefined {
  const call = switchboard.calls().find((one) => one.id === id);
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
export function learnOfCall(alerting: Alerting, config: LiveConfiguration, record: FinishedCall): void {
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

/** An order that was withdrawn while we were away, or whose answer is known, rings nobody any more. */
export function keepWantedCalls(alerting: Alerting, placer: Placer): void {
  const wanted = new Set(alerting.live().flatMap(({ notices }) => notices.filter(liveNotice).map(({ id }) => id)));
  if (alerting.leading) placer.keepOnly((purpose) => wanted.has(purpose));
}
