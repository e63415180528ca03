// `vigie threads` and `vigie thread N`: conversations by SMS with people outside, and what became of each message.

import { parseArgs } from 'node:util';
import type { Settings } from '../app/settings.ts';
import type { Instant } from '../base/clock.ts';
import type { Result } from '../base/result.ts';
import { frenchDuration, frenchNumber } from '../domain/call/words.ts';
import type { Conversation, Letter, Slip } from '../domain/conversation/conversation.ts';
import { shown } from '../domain/conversation/shown.ts';
import type { ConversationStore } from '../engine/conversations/ports.ts';
import { type Run, terminal } from './command.ts';
import { parsed, tame, visiting } from './usage.ts';
import { visit } from './visit.ts';

export type ThreadsIo = {
  out: (text: string) => void;
  err: (text: string) => void;
  now: () => Instant;
  open: () => Result<{ threads: ConversationStore; close: () => void }>;
};
const usage = 'usage: vigie threads [--all] [--json] | vigie thread N [--json]';
const most = 1000;
const flag = { type: 'boolean', default: false } as const;

/** @returns 0 listed (even if empty), 1 the database cannot be read, 2 wrong use. */
export async function threads(args: string[], io: ThreadsIo): Promise<0 | 1 | 2> {
  const asked = parsed(() => parseArgs({ args, options: { all: flag, json: flag } }).values);
  if (typeof asked === 'string') return refuse(io, asked);
  return visiting(io, io.open(), ({ threads: store }) => {
    const list = store.list({ all: asked.all, limit: most });
    if (asked.json) io.out(JSON.stringify(list.map(shown), null, 2));
    else for (const one of list) io.out(line(one, io.now()));
    if (!asked.json && list.length === 0) io.out('Aucune conversation.');
    return 0;
  });
}

/** @returns 0 told, 1 there is no such conversation, 2 wrong use. */
export async function thread(args: string[], io: ThreadsIo): Promise<0 | 1 | 2> {
  const asked = parsed(() => parseArgs({ args, allowPositionals: true, options: { json: flag } }));
  if (typeof asked === 'string') return refuse(io, asked);
  const [name, ...more] = asked.positionals;
  if (name === undefined || more.length > 0) return refuse(io, 'say which conversation');
  return visiting(io, io.open(), ({ threads: store }) => {
    const found = store.get(name);
    if (found) io.out(asked.values.json ? JSON.stringify(shown(found), null, 2) : telling(found));
    else io.err(`vigie thread: there is no conversation "${name}"; vigie threads --all lists them`);
    return found ? 0 : 1;
  });
}

function line({ n, phase, sender, lineName, letters, lastAt, stopped }: Conversation, now: Instant): string {
  const state = phase === 'over' ? 'close' : stopped ? 'STOP' : 'ouverte';
  const last = letters.at(-1);
  return tame(
    `${String(n).padStart(4)}  ${state}  ${frenchNumber(sender)} (${lineName})  ${letters.length} messages, le dernier il y a ${frenchDuration(now - lastAt)} : ${last?.text ?? ''}`,
  );
}

const letterStates: Record<Letter['state'], string> = {
  open: 'en cours',
  done: 'remis',
  alerted: 'remis à personne : alerte levée',
  failed: 'non remis',
  kept: 'gardé, pas transmis',
};
const kinds: Record<Slip['kind'], string> = { forward: 'transmis à', reply: 'envoyé à', word: 'prévenu :' };
const slipStates: Record<Slip['state'], string> = {
  sending: 'en cours',
  sent: 'accepté',
  delivered: 'reçu',
  failed: 'échec',
  lost: 'sans nouvelle',
};

function telling(thread: Conversation): string {
  const at = (instant: Instant) => new Date(instant).toISOString().slice(0, 19);
  const slip = (one: Slip) =>
    `      ${at(one.at)}  ${kinds[one.kind]} ${one.name ?? frenchNumber(one.to)} : ${slipStates[one.state]}${one.why ? ` (${one.why})` : ''}`;
  const letter = (one: Letter) => [
    `  ${at(one.at)}  ${one.by === 'sender' ? frenchNumber(thread.sender) : (one.name ?? '?')} : ${one.text}  [${letterStates[one.state]}]`,
    ...thread.slips.filter((each) => each.letter === one.id).map(slip),
  ];
  const { n, line: own, lineName, sender, phase, rule } = thread;
  return [
    `Conversation ${n} avec ${frenchNumber(sender)} par ${frenchNumber(own)} (${lineName}), planning ${rule.planning}${phase === 'over' ? ', close' : ''}`,
    ...thread.letters.flatMap(letter),
  ]
    .map(tame)
    .join('\n');
}

function refuse(io: ThreadsIo, sentence: string): 2 {
  io.err(`vigie threads: ${sentence}; ${usage}`);
  return 2;
}

const ioOf = (settings: Settings): ThreadsIo => ({ ...terminal, open: () => visit(settings) });

export const runThreads: Run = (args, settings) => threads(args, ioOf(settings));
export const runThread: Run = (args, settings) => thread(args, ioOf(settings));
