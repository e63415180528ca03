// Brings home what the last-resort route wrote down while the server was away: each call once, as an ordinary record.
import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../base/log.ts';
import type { Outcome } from '../../domain/call/call.ts';
import type { AlertRecord, FinishedCall, LegRecord } from '../../domain/call/record.ts';
import { type Hangup, hangup, hangupFrom } from '../../domain/telephony/hangup.ts';
import { readSpool, type SpooledCall, type SpooledTry } from '../asterisk/render/spool.ts';
import { type FallbackPlaces, spoolDir, voicemailDir } from './fallback.ts';

export type SpoolTools = {
  /** Twice for the same call when we were cut off in between: ids tell. `alert`: somebody must know of this caller. */
  keep(record: FinishedCall, alert?: AlertRecord): void;
  /** Asterisk's channels by their id, or undefined when it does not answer. Asked only where a call has no end. */
  living(): Promise<ReadonlySet<string> | undefined>;
  log: Log;
};

/** A call that began a moment ago may be on file before it is among the channels. */
const settledMs = 10_000;

/** The calls that the last-resort route carried alone, each handed over once; then set aside. */
export async function takeInSpool(
  settings: Pick<FallbackPlaces, 'var'>,
  { keep, living, log }: SpoolTools,
): Promise<number> {
  const dir = spoolDir(settings);
  const done = join(dir, 'done');
  await mkdir(done, { recursive: true });
  const names = (await readdir(dir)).filter((name) => name.endsWith('.jsonl'));
  let count = 0;
  let channels: ReadonlySet<string> | undefined;
  for (const name of names) {
    const call = readSpool(name.replace(/\.jsonl$/, ''), await readFile(join(dir, name), 'utf8'));
    if (!call) continue;
    if (!call.endedAt) {
      // It still goes on, and is looked at again; or Asterisk died with it.
      const { mtimeMs } = await stat(join(dir, name));
      if (Date.now() - mtimeMs < settledMs) continue;
      channels ??= await living();
      if (!channels || channels.has(call.id)) continue;
    }
    const record = recordOfSpooled(call, voicemailDir(settings));
    keep(record, alertOf(call, record));
    await rename(join(dir, name), join(done, name));
    count++;
  }
  if (count > 0) log.info({ calls: count }, 'calls of the last-resort route are on record');
  return count;
}

function recordOfSpooled(call: SpooledCall, messages: string): FinishedCall {
  const id = `r${call.id.replace(/\W/g, '-')}`;
  const end = ms(call.endedAt ?? call.lastAt);
  const legs = call.tries.map((one, index) => legOf(`${id}.l${index + 1}`, one, end));
  const taken = legs.find((leg) => leg.takenAt !== undefined);
  return {
    id,
    carrier: 'asterisk',
    called: call.line || call.called,
    caller: call.caller,
    startedAt: ms(call.at),
    answeredAt: ms(call.at),
    endedAt: end,
    outcome: outcomeOf(call),
    ...(taken ? { who: taken.person, talkSeconds: Math.round((end - (taken.takenAt ?? end)) / 1000) } : {}),
    flowVersion: 'last-resort',
    legs,
    values: {},
    path: [{ at: ms(call.at), flow: 'last-resort', node: 'dialplan', kind: 'dial' }],
    ...(call.messageBytes ? { recording: join(messages, `${call.id}.wav`) } : {}),
    notes: [
      'carried by the last-resort route while the server was away',
      ...(call.endedAt ? [] : ['Asterisk ended with this call: nobody saw how it ended']),
    ],
  };
}

const ms = (seconds: number): number => seconds * 1000;

function outcomeOf(call: SpooledCall): Outcome {
  if (call.takenBy) return 'talked';
  if (call.messageBytes) return 'message';
  if (!call.endedAt) return 'lost';
  return call.nobody ? 'told' : 'hung-up';
}

/** As for any other call: somebody was sought for this caller, and nobody took the call. */
function alertOf({ nobody, tries }: SpooledCall, { id, endedAt, outcome }: FinishedCall): AlertRecord | undefined {
  const sought = nobody || tries.length > 0 || outcome === 'lost';
  if (outcome === 'talked' || !sought) return undefined;
  const reasons = {
    lost: 'the call was lost before anyone took it',
    'hung-up': 'the caller gave up before anyone took the call',
  };
  const reason = outcome === 'lost' || outcome === 'hung-up' ? reasons[outcome] : 'nobody took the call';
  return { id: `${id}.e1`, at: endedAt, call: id, reason };
}

function legOf(leg: string, one: SpooledTry, end: number): LegRecord {
  const answered = one.answeredAt === undefined ? {} : { answeredAt: ms(one.answeredAt) };
  const taken = one.result === 'taken' && one.answeredAt !== undefined ? { takenAt: ms(one.answeredAt) } : {};
  const { person, number, trunk } = one;
  return {
    leg,
    person,
    name: person,
    number,
    trunk,
    startedAt: ms(one.at),
    rangMs: 0,
    ...answered,
    ...taken,
    endedAt: one.endedAt === undefined ? end : ms(one.endedAt),
    ...whyOf(one),
  };
}

function whyOf(one: SpooledTry): Hangup {
  switch (one.result) {
    case 'taken':
      return hangup('normal');
    case 'gave-up':
      return hangup('answered-elsewhere');
    case 'failed':
      return hangupFrom(one.sip, one.q850);
    default:
      return hangup(one.result);
  }
}
