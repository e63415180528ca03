// `vigie duty`: duties taken outside of the plannings' files: list them, take one, end one. Works with the server running or stopped.

import { parseArgs } from 'node:util';
import type { Instant } from '../base/clock.ts';
import type { Result } from '../base/result.ts';
import { frenchTime } from '../domain/planning/calendar.ts';
import { namedBy } from '../domain/planning/changes.ts';
import { readPlannings } from '../domain/planning/load.ts';
import type { PlanningSet } from '../domain/planning/schema.ts';
import { type DutyStore, dutiesIn, end, shown, take, zoneIn } from '../engine/technician/duties.ts';
import type { SavedChange } from '../engine/technician/ports.ts';
import { planningFiles } from './at-hand.ts';
import { type Run, terminal } from './command.ts';
import { tame, told, wrongUse } from './usage.ts';
import { visit } from './visit.ts';

export type DutyIo = {
  out: (text: string) => void;
  err: (text: string) => void;
  now: () => Instant;
  open: () => Result<DutyStore & { close(): void }>;
  readPlannings: () => Promise<Result<PlanningSet>>;
};

const usage =
  'usage: vigie duty [--all] [--json] | vigie duty take PLANNING --as PERSON [--level LEVEL] [--from TIME] [--until TIME] [--why TEXT] [--json] | vigie duty end ID [--as PERSON]';
/** With --all: what has ended within so long. */
const allMs = 400 * 86_400_000;
/** In the audit, where nobody is named. */
const commandLine = 'ligne de commande';

/** @returns 0 listed, taken or ended, 1 it cannot be (the sentence says why), 2 wrong use. */
export async function duty(args: string[], io: DutyIo): Promise<0 | 1 | 2> {
  const asked = readArgs(args);
  if (typeof asked === 'string') return fail(io, `${asked}; ${usage}`, 2);
  const plannings = await io.readPlannings();
  if (!plannings.ok) return told(io, plannings.problems);
  const store = io.open();
  if (!store.ok) return told(io, store.problems);
  try {
    if (asked.action === 'take') return takeOne(io, store.value, plannings.value, asked);
    return asked.action === 'end' ? endOne(io, store.value, asked) : list(io, store.value, plannings.value, asked);
  } finally {
    store.value.close();
  }
}

const fail = (io: DutyIo, sentence: string, code: 1 | 2 = 1): 1 | 2 => {
  io.err(`vigie duty: ${sentence}`);
  return code;
};

type Flags = {
  as?: string;
  level?: string;
  from?: string;
  until?: string;
  why?: string;
  all?: boolean;
  json?: boolean;
};
type Asked = Flags &
  ({ action: 'list' } | { action: 'take'; planning: string; as: string } | { action: 'end'; id: number });

function readArgs(args: string[]): Asked | string {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { as: text, level: text, from: text, until: text, why: text, all: flag, json: flag },
    });
    const [action, name, ...more] = positionals;
    if (more.length > 0) return `one at a time, and times in quotes ("${more[0]}" is too much)`;
    if (action === undefined) return { ...values, action: 'list' };
    if (action === 'take' && name !== undefined && values.as !== undefined)
      return { ...values, as: values.as, action, planning: name };
    if (action === 'take') return name === undefined ? 'say which planning' : 'say who takes it: --as PERSON';
    if (action !== 'end') return `there is no "vigie duty ${action}"`;
    return /^\d{1,9}$/.test(name ?? '')
      ? { ...values, action, id: Number(name) }
      : 'say which duty: its number in the list';
  } catch (error) {
    return wrongUse(error);
  }
}

function takeOne(io: DutyIo, store: DutyStore, set: PlanningSet, asked: Extract<Asked, { action: 'take' }>): 0 | 1 | 2 {
  const { planning, as: person, level, from, until, why } = asked;
  const by = commandLine;
  const order = { planning, person, level, from, until, why, by, via: 'par la ligne de commande' };
  const done = take(store, set, order, io.now());
  if (typeof done === 'string') return fail(io, done);
  io.out(asked.json ? JSON.stringify(shown(set, done), null, 2) : line(set, done, io.now()));
  return 0;
}

function endOne(io: DutyIo, store: DutyStore, { id, as }: Extract<Asked, { action: 'end' }>): 0 | 1 | 2 {
  if (!end(store, id, as ?? commandLine, io.now()))
    return fail(io, `no duty ${id} holds now; vigie duty lists those that do`);
  io.out(`L’astreinte ${id} est rendue : le planning reprend.`);
  return 0;
}

function list(io: DutyIo, store: DutyStore, set: PlanningSet, { all, json }: Flags): 0 {
  const now = io.now();
  const found = dutiesIn(store, all ? now - allMs : now);
  if (json)
    io.out(
      JSON.stringify(
        found.map((one) => shown(set, one)),
        null,
        2,
      ),
    );
  else for (const one of found) io.out(line(set, one, now));
  if (!json && found.length === 0) io.out('Aucune astreinte prise en dehors des plannings.');
  return 0;
}

/** What comes from outside may not steer the terminal. */

function line(set: PlanningSet, { id, change, endedBy }: SavedChange, now: Instant): string {
  const { from, until, why } = change;
  const planning = 'planning' in change ? (change.planning ?? '') : '';
  const level = 'level' in change && change.level !== undefined ? ` (${change.level})` : '';
  const zone = zoneIn(set, planning);
  const names = namedBy(change)
    .map((person) => set.people.get(person)?.name ?? person)
    .join(', puis ');
  const when = `du ${frenchTime(zone.wall(from))} au ${frenchTime(zone.wall(until))}`;
  const state = endedBy ? `, rendue (${endedBy})` : until <= now ? ', terminée' : '';
  return `${tame(`${String(id).padStart(4)}  ${planning}${level} : ${names}, ${when}${state}`)}\n      ${tame(why ?? '')}`;
}

export const run: Run = (args, settings) =>
  duty(args, {
    ...terminal,
    open: () => visit(settings),
    readPlannings: async () => readPlannings(await planningFiles(settings)()),
  });
