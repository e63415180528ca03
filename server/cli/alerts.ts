// `vigie alerts` and `vigie alert …`: what is urgent now, its story, and a word about it. The word goes through the database to the server that sends.

import { parseArgs } from 'node:util';
import type { Settings } from '../app/settings.ts';
import type { Instant } from '../base/clock.ts';
import type { Result } from '../base/result.ts';
import { type Alert, type Contact, isOver, type Notice } from '../domain/alert/alert.ts';
import { contactOf } from '../domain/alert/contacts.ts';
import { shown } from '../domain/alert/shown.ts';
import { entryText } from '../domain/alert/words.ts';
import { frenchDuration } from '../domain/call/words.ts';
import { readPlannings } from '../domain/planning/load.ts';
import type { AlertStore, Said } from '../engine/alerts/ports.ts';
import type { InboxStore } from '../engine/ports.ts';
import { planningFiles } from './at-hand.ts';
import { pause, type Run, terminal } from './command.ts';
import { parsed, tame, visiting } from './usage.ts';
import { visit } from './visit.ts';

export type AlertsIo = {
  out: (text: string) => void;
  err: (text: string) => void;
  now: () => Instant;
  open: () => Result<{ alerts: AlertStore; inbox: InboxStore; close: () => void }>;
  /** A person of people.yaml. */
  person: (id: string) => Promise<Contact | undefined>;
  /** Time passes while the server takes a word in. */
  pause: (ms: number) => Promise<void>;
};

const listUsage = 'usage: vigie alerts [--all] [--json]';
const usage =
  'usage: vigie alert ID [--json] | vigie alert ack|decline|resolve|hand-over ID [--as PERSON] [--note TEXT] [--to PERSON]';
/** The server looks into its inbox every second. */
const patienceMs = 4000;

/** @returns 0 nothing urgent is open, 1 something is, 2 wrong use. */
export async function alerts(args: string[], io: AlertsIo): Promise<0 | 1 | 2> {
  const asked = parsed(
    () =>
      parseArgs({
        args,
        options: { all: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
      }).values,
  );
  if (typeof asked === 'string') return refuse(io, `vigie alerts: ${asked}; ${listUsage}`);
  return visiting(io, io.open(), async ({ alerts: store }) => {
    const list = store.list({ all: asked.all ?? false, limit: 1000 });
    if (asked.json) io.out(JSON.stringify(list.map(shown), null, 2));
    else for (const alert of list) io.out(line(alert, io.now()));
    if (!asked.json && list.length === 0) io.out('Aucune alerte.');
    return list.some((alert) => alert.phase === 'open') ? 1 : 0;
  });
}

const actions = ['ack', 'decline', 'resolve', 'hand-over'] as const;
type Action = (typeof actions)[number];
type Asked = {
  action?: Action;
  id: string;
  as?: string | undefined;
  note?: string | undefined;
  to?: string | undefined;
  json: boolean;
};

/** @returns 0 done, 1 it is not (no such alert, another has it, no server took it in), 2 wrong use. */
export async function alert(args: string[], io: AlertsIo): Promise<0 | 1 | 2> {
  const asked = readArgs(args);
  if (typeof asked === 'string') return refuse(io, `vigie alert: ${asked}; ${usage}`);
  return visiting(io, io.open(), async (store) => {
    const found = store.alerts.get(asked.id);
    if (!found) {
      io.err(`vigie alert: there is no alert "${asked.id}"; vigie alerts --all lists them`);
      return 1;
    }
    if (asked.action) return speak(io, store, found, { ...asked, action: asked.action });
    io.out(asked.json ? JSON.stringify(shown(found), null, 2) : telling(found));
    return 0;
  });
}

function readArgs(args: string[]): Asked | string {
  const text = { type: 'string' } as const;
  return parsed(() => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { as: text, note: text, to: text, json: { type: 'boolean', default: false } },
    });
    const action = actions.find((one) => one === positionals[0]);
    const [id, ...more] = action ? positionals.slice(1) : positionals;
    if (id === undefined) throw new Error('say which alert');
    if (more.length > 0) throw new Error(`one alert at a time ("${more[0]}" is too much)`);
    return { ...values, json: values.json ?? false, id, ...(action ? { action } : {}) };
  });
}

async function speak(
  io: AlertsIo,
  store: Opened,
  before: Alert,
  asked: Asked & { action: Action },
): Promise<0 | 1 | 2> {
  const said = await saidBy(io, asked);
  if (typeof said === 'string') return refuse(io, `vigie alert: ${said}; ${usage}`);
  if (isOver(before)) {
    io.err(`vigie alert: alert ${before.n} is closed already`);
    return 1;
  }
  const row = store.inbox.post('said', JSON.stringify({ alert: before.id, said }));
  const after = await taken(io, store, before, row);
  if (!after) {
    io.err('vigie alert: no server has taken this in yet; it does as soon as it runs (vigie serve)');
    return 1;
  }
  io.out(asked.json ? JSON.stringify(shown(after), null, 2) : line(after, io.now()));
  const refused = asked.action === 'ack' && after.holder?.name !== said.who.name;
  if (refused) io.err(`vigie alert: ${after.holder?.name ?? 'somebody'} has it`);
  return refused ? 1 : 0;
}

async function saidBy(
  { person }: AlertsIo,
  { action, as, note, to }: Asked & { action: Action },
): Promise<Extract<Said, { who: unknown }> | string> {
  const known = as === undefined ? undefined : await person(as);
  if (as !== undefined && !known) return `there is no person "${as}" in people.yaml`;
  const who = known ? { person: known.person, name: known.name } : { name: 'ligne de commande' };
  if (action === 'ack') return { type: 'taken', who, by: 'command' };
  if (action === 'decline') return known ? { type: 'declined', who, by: 'command' } : 'say who declines: --as PERSON';
  if (action === 'resolve') return { type: 'closed', who, by: 'command', ...(note ? { note } : {}) };
  const next = to === undefined ? undefined : await person(to);
  return next ? { type: 'handed', who, to: next, by: 'command' } : 'say to whom: --to PERSON (of people.yaml)';
}

/** The alert once the server has looked; undefined when none did in time. */
async function taken(io: AlertsIo, { alerts, inbox }: Opened, before: Alert, row: number): Promise<Alert | undefined> {
  for (let waited = 0; waited < patienceMs; waited += 100) {
    if (inbox.inbox(row - 1, 1)[0]?.k !== row) return alerts.get(before.id);
    await io.pause(100);
  }
  return undefined;
}

/** What comes from outside may not steer the terminal. */

function line(alert: Alert, now: Instant): string {
  const since = frenchDuration(now - alert.raisedAt);
  const state = {
    deferred: 'différée',
    open: `OUVERTE depuis ${since}, niveau ${alert.level + 1}`,
    held: `prise par ${alert.holder?.name ?? '?'}`,
    resolved: `résolue par ${alert.closed?.name ?? '?'}`,
    silent: 'jamais confirmée',
  }[alert.phase];
  return tame(`${String(alert.n).padStart(4)}  ${state}  ${alert.reason}`);
}

const channels = { sms: 'SMS', call: 'appel', mail: 'e-mail' } as const;
const states: Record<Notice['state'], string> = {
  sending: 'en cours',
  sent: 'accepté',
  delivered: 'reçu',
  failed: 'échec',
  lost: 'sans nouvelle',
  stopped: 'arrêté',
};

function telling(alert: Alert): string {
  const at = (instant: Instant) => `+${((instant - alert.raisedAt) / 1000).toFixed(1).padStart(7)} s`;
  const lines = [
    ...alert.story.map((entry) => ({ at: entry.at, text: entryText(entry) })),
    ...alert.notices.map((one) => ({
      at: one.at,
      text: `${channels[one.channel]} à ${one.name}${one.kind === 'news' ? ' (nouvelle)' : ''} : ${states[one.state]}${one.why ? ` (${one.why})` : ''}`,
    })),
  ].sort((a, b) => a.at - b.at);
  const about = alert.about.call ? [`  appel : vigie call ${alert.about.call}`] : [];
  return [
    `Alerte ${alert.n} (${alert.id}), levée le ${new Date(alert.raisedAt).toISOString()}, règle « ${alert.policy.name} »`,
    ...lines.map((one) => `  ${at(one.at)}  ${one.text}`),
    ...about,
  ]
    .map(tame)
    .join('\n');
}

type Opened = { alerts: AlertStore; inbox: InboxStore };

function refuse(io: AlertsIo, sentence: string): 2 {
  io.err(sentence);
  return 2;
}

const ioOf = (settings: Settings): AlertsIo => ({
  ...terminal,
  open: () => visit(settings),
  person: async (id) => {
    const read = readPlannings(await planningFiles(settings)());
    return read.ok ? contactOf(read.value, id) : undefined;
  },
  pause,
});

export const runAlerts: Run = (args, settings) => alerts(args, ioOf(settings));
export const runAlert: Run = (args, settings) => alert(args, ioOf(settings));
