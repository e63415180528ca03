// Brings home the callers who came and left while no server led their call: nobody else knows that they were there.
import { rmSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { missing } from '../../base/files.ts';
import type { Log } from '../../base/log.ts';
import type { AlertRecord, FinishedCall } from '../../domain/call/record.ts';
import type { ChannelId } from '../../domain/telephony/names.ts';
import { toE164 } from '../../domain/telephony/numbers.ts';
import { type Left, leftFile, readLeft } from '../asterisk/render/left.ts';

export type LeftTools = {
  /** The channels of those whose calls are on record or live, or are no callers; undefined: it cannot be said now. */
  known(left: readonly Left[]): Promise<ReadonlySet<ChannelId> | undefined>;
  /** Twice for the same call when we were cut off in between: ids tell. `alert`: somebody must know of this caller. */
  keep(record: FinishedCall, alert?: AlertRecord): void;
  log: Log;
};

const waitedMs = 5000;

/**
 * Meant to be asked every few seconds: what Asterisk wrote until now is set aside, and looked at the next time. By then a
 * server that lives has saved each of these calls, and Asterisk has finished its lines: no clock is needed to tell.
 * @param dir the spool's folder
 * @returns how many were not known
 */
export async function takeInLeft(dir: string, { known, keep, log }: LeftTools): Promise<number> {
  const file = join(dir, leftFile);
  const aside = `${file}.aside`;
  const text = await readFile(aside, 'utf8').catch(missing);
  const all = text === undefined ? [] : readLeft(text);
  const told = all.length === 0 ? new Set<ChannelId>() : await known(all);
  if (!told) return 0;
  const unknown = all.filter(({ channel }) => !told.has(channel));
  for (const one of unknown) {
    const record = recordOf(one);
    keep(record, alertOf(record));
  }
  await rm(aside, { force: true });
  await rename(file, aside).catch(missing);
  if (unknown.length > 0)
    log.warn({ calls: unknown.length }, 'callers who left before a server led their call are on record');
  return unknown.length;
}

/** The ledger is another one now, and would know nobody of those who left lately. */
export function forgetLeft(dir: string): void {
  for (const name of [leftFile, `${leftFile}.aside`]) rmSync(join(dir, name), { force: true });
}

const recordOf = ({ channel, called, caller, at, left }: Left): FinishedCall => ({
  id: `u${channel.replace(/\W/g, '-')}`,
  carrier: 'asterisk',
  channel,
  called: toE164(called),
  caller: toE164(caller),
  startedAt: at,
  endedAt: left,
  outcome: 'hung-up',
  flowVersion: 'unled',
  legs: [],
  values: {},
  path: [],
  notes: ['the caller left before a server led their call'],
});

/** Who rings off at once may have changed their mind; whoever waited waited for somebody. */
function alertOf({ id, startedAt, endedAt }: FinishedCall): AlertRecord | undefined {
  if (endedAt - startedAt < waitedMs) return undefined;
  return { id: `${id}.e1`, at: endedAt, call: id, reason: 'the caller waited, and left before anyone could answer' };
}
