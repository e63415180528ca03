// `vigie calls` and `vigie call`: what is on record. Reads through the ledger it is handed; opens no file itself.

import { parseArgs } from 'node:util';
import { stringify } from 'csv-stringify/sync';
import type { Settings } from '../app/settings.ts';
import type { Instant } from '../base/clock.ts';
import type { Result } from '../base/result.ts';
import { frenchDuration, frenchNumber, outcomes } from '../domain/call/words.ts';
import { frenchTime } from '../domain/planning/calendar.ts';
import { knownZone, readInstant, type Zone } from '../domain/planning/zone.ts';
import type { SmsBook, SmsRecord } from '../engine/messages/ports.ts';
import type { Ledger } from '../store/ledger.ts';
import type { FinishedCall } from '../store/record.ts';
import { type Code, type Run, terminal } from './command.ts';
import { smsLine, smsShown } from './sms.ts';
import { tame, visiting, wrongUse } from './usage.ts';
import { visit } from './visit.ts';

/** `sms`: the SMS that left; a call's have its id in front. */
type Opened = { ledger: Ledger; sms?: Pick<SmsBook, 'ofPrefix'>; close(): void };
export type CallsIo = {
  /** One or several lines, without the last end. */
  out: (text: string) => void;
  err: (text: string) => void;
  now: () => Instant;
  openLedger: () => Result<Opened>;
  /** Time zone in which times are read and shown; default Europe/Paris. */
  zone?: string;
};

const callsUsage = 'usage: vigie calls [--since TIME] [--csv | --json]';
const callUsage = 'usage: vigie call ID [--json] (the end of an id is enough; "last" is the latest call)';
/** Without --since: as many as a screen holds. */
const fewest = 50;
const pageSize = 200;

/** @returns 0 listed (even if empty), 1 the database cannot be read, 2 wrong use. */
export async function calls(args: string[], io: CallsIo): Promise<0 | 1 | 2> {
  const zone = knownZone(io.zone ?? 'Europe/Paris');
  const asked = readCalls(args, zone, io.now());
  if (typeof asked === 'string') return refuse(io, `calls: ${asked}`);
  return visiting(io, io.openLedger(), async ({ ledger }): Promise<0> => {
    const found = await gather(ledger, asked.since);
    if (asked.json) io.out(JSON.stringify(found.calls.map(withTimes), null, 2));
    else if (asked.csv) io.out(csv(found.calls).trimEnd());
    else for (const call of found.calls) io.out(tame(line(call, zone)));
    if (found.calls.length === 0) io.err('aucun appel (no call)');
    if (found.more)
      io.err(`les ${fewest} derniers appels seulement ; --since TIME pour davantage (only the latest ${fewest})`);
    return 0;
  });
}

/** @returns 0 told, 1 no such call (or the database cannot be read), 2 wrong use, or an end that several ids have. */
export async function call(args: string[], io: CallsIo): Promise<0 | 1 | 2> {
  const zone = knownZone(io.zone ?? 'Europe/Paris');
  const asked = readCall(args);
  if (typeof asked === 'string') return refuse(io, `call: ${asked}`);
  return visiting(io, io.openLedger(), async ({ ledger, sms }): Promise<Code> => {
    const found = asked.id === 'last' ? await latest(ledger) : await ledger.get(asked.id);
    if (found.found === 'one') {
      const written = sms?.ofPrefix(`${found.call.id}.`);
      const shown = () =>
        JSON.stringify({ ...withTimes(found.call), ...(written ? { sms: written.map(smsShown) } : {}) }, null, 2);
      io.out(asked.json ? shown() : await telling(found.call, zone, written ?? []));
      return 0;
    }
    if (found.found === 'several')
      return refuse(io, `call: several calls end in "${asked.id}": ${found.ids.join(', ')}; write more of the id`);
    io.err(`vigie call: no call "${asked.id}" is on record (vigie calls lists them)`);
    return 1;
  });
}

function refuse(io: CallsIo, sentence: string): 2 {
  io.err(`vigie ${sentence}`);
  return 2;
}

type AskedCalls = { since?: Instant; csv: boolean; json: boolean };

function readCalls(args: string[], zone: Zone, now: Instant): AskedCalls | string {
  try {
    const off = { type: 'boolean', default: false } as const;
    const { values } = parseArgs({ args, options: { since: { type: 'string' }, csv: off, json: off } });
    if (values.csv && values.json) return `either --csv or --json; ${callsUsage}`;
    if (values.since === undefined) return { csv: values.csv, json: values.json };
    const since = readSince(values.since, zone, now);
    if (since !== undefined) return { csv: values.csv, json: values.json, since };
    return `"${values.since}" is not a time; write 24h, 7d, 2026-12-24, "2026-12-24 18:30" or 2026-12-24T17:30:00Z`;
  } catch (error) {
    return `${wrongUse(error)}; ${callsUsage}`;
  }
}

const unitMs = new Map([
  ['min', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['j', 86_400_000],
]);

/** `30min`, `24h`, `7d` (`7j`) ago, or a time as the planning room reads it. */
function readSince(text: string, zone: Zone, now: Instant): Instant | undefined {
  const [, count, unit = ''] = /^(\d{1,6})\s*(min|h|d|j)$/.exec(text) ?? [];
  const ms = unitMs.get(unit);
  return ms === undefined ? readInstant(text, zone) : now - Number(count) * ms;
}

function readCall(args: string[]): { id: string; json: boolean } | string {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false } },
    });
    const [id, ...more] = positionals;
    if (!id) return `say which call; ${callUsage}`;
    return more.length > 0 ? `one call at a time; ${callUsage}` : { id, json: values.json };
  } catch (error) {
    return `${wrongUse(error)}; ${callUsage}`;
  }
}

/** Oldest first, as a log reads. */
async function gather(ledger: Ledger, since: Instant | undefined): Promise<{ calls: FinishedCall[]; more: boolean }> {
  const first = await ledger.list(since === undefined ? { limit: fewest } : { since, limit: pageSize });
  const found = [...first.calls];
  let { next } = first;
  while (since !== undefined && next) {
    const page = await ledger.list({ since, limit: pageSize, before: next });
    found.push(...page.calls);
    next = page.next;
  }
  return { calls: found.reverse(), more: next !== undefined };
}

async function latest(ledger: Ledger): ReturnType<Ledger['get']> {
  const [call] = (await ledger.list({ limit: 1 })).calls;
  return call ? { found: 'one', call } : { found: 'none' };
}

const nameOf = (call: FinishedCall): string | undefined =>
  call.who && (call.legs.find(({ person }) => person === call.who)?.name ?? call.who);

const clock = (at: Instant, zone: Zone): string => new Date(zone.wall(at)).toISOString().slice(11, 19);

function line(call: FinishedCall, zone: Zone): string {
  const name = nameOf(call);
  const talk = call.talkSeconds === undefined ? '' : ` ${frenchDuration(call.talkSeconds * 1000)}`;
  const outcome = `${outcomes[call.outcome]}${name ? ` : ${name}` : ''}${talk}`;
  const way = `${frenchNumber(call.caller)} → ${frenchNumber(call.called)}`;
  return `${new Date(zone.wall(call.startedAt)).toISOString().slice(0, 10)} ${clock(call.startedAt, zone)}  ${call.id}  ${way}  ${outcome}`;
}

async function telling(call: FinishedCall, zone: Zone, sms: readonly SmsRecord[]): Promise<string> {
  // The kinds of node tell it, and need more than a list of calls should load.
  const { story } = await import('./story.ts');
  const lines = story(call).map(({ at, text }) => {
    const since = Math.max(0, at - call.startedAt) / 1000;
    return `  ${clock(at, zone)}  +${since.toFixed(1).padStart(5)} s  ${text}`;
  });
  const values = Object.entries(call.values).filter(([, value]) => value !== null && value !== '');
  return [
    `Appel ${call.id}, ${frenchTime(zone.wall(call.startedAt), true)} (${zone.name})`,
    ...lines,
    ...(values.length > 0
      ? [`  Saisi et trouvé : ${values.map(([key, value]) => `${key} = ${value}`).join(', ')}`]
      : []),
    ...sms.map((one) => `  ${clock(one.at, zone)}  ${smsLine(one)}`),
    ...call.notes.map((note) => `  Note : ${note}`),
    `  Versions : flux ${call.flowVersion}${call.planningVersion ? `, planning ${call.planningVersion}` : ''}`,
  ]
    .map(tame)
    .join('\n');
}

const iso = (at: Instant): string => new Date(at).toISOString();
const times = new Set(['at', 'startedAt', 'answeredAt', 'takenAt', 'endedAt']);

/** The record with its instants as ISO 8601 in UTC, to the millisecond. */
function withTimes(call: FinishedCall): object {
  const dated = (row: object) =>
    Object.fromEntries(
      Object.entries(row).map(([key, value]) => [
        key,
        times.has(key) && typeof value === 'number' ? iso(value) : value,
      ]),
    );
  return { ...dated(call), path: call.path.map(dated), legs: call.legs.map(dated) };
}

/** One row a call, columns in English for programs. A cell that a spreadsheet would run as a formula is made text. */
const csv = (list: FinishedCall[]): string =>
  stringify(list.map(csvRow), {
    header: true,
    columns: [
      ...['id', 'started', 'called', 'caller', 'outcome', 'who', 'name', 'answered', 'ended', 'talk_seconds'],
      ...['path', 'rung', 'recording', 'carrier', 'flow_version', 'planning_version'],
    ],
    cast: { string: (cell) => (/^[=+\-@\t\r]/.test(cell) && !/^\+\d+$/.test(cell) ? `'${cell}` : cell) },
  });

const csvRow = (call: FinishedCall): Record<string, string | number | undefined> => ({
  id: call.id,
  started: iso(call.startedAt),
  called: call.called,
  caller: call.caller,
  outcome: call.outcome,
  who: call.who,
  name: nameOf(call),
  answered: call.answeredAt === undefined ? undefined : iso(call.answeredAt),
  ended: iso(call.endedAt),
  talk_seconds: call.talkSeconds,
  path: call.path.map(({ flow, node, keyed }) => `${flow}/${node}${keyed ? `=${keyed}` : ''}`).join(' > '),
  rung: call.legs.map(({ person, number, trunk, cause }) => `${person} ${number} ${trunk} ${cause}`).join(' > '),
  recording: call.recording,
  carrier: call.carrier,
  flow_version: call.flowVersion,
  planning_version: call.planningVersion,
});

const ioOf = (settings: Settings): CallsIo => ({ ...terminal, openLedger: () => visit(settings) });

export const runCalls: Run = (args, settings) => calls(args, ioOf(settings));
export const runCall: Run = (args, settings) => call(args, ioOf(settings));
