// What callers recorded lately, from the folder that Asterisk records into: the events that told of it may have been for nobody.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Recording } from '../../domain/telephony/event.ts';
import { at, type Request, succeeded } from './ari/words.ts';

/** A call that waits for an older one is none that anybody could still be in, or that a restart would find. */
const latelyMs = 24 * 3_600_000;
/** A recording that goes on is written to all the time, silence too. */
const stillMs = 30_000;
/** WAV as Asterisk writes it: a header of 44 bytes, then 8,000 samples a second of 16 bits. */
const seconds = (bytes: number): number => Math.max(0, (bytes - 44) / 16_000);

/** Never rejects: callers are served without it. @param dir a folder that is not there yet holds no recording */
export async function recordingsLately(request: Request, dir: string, now: Instant, log: Log): Promise<Recording[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code !== 'ENOENT') log.error({ error, dir }, 'recordings cannot be listed: messages may be missed');
    return [];
  });
  const found = await Promise.all(names.filter(isOurs).map((name) => describe(request, join(dir, name), name, now)));
  return found.flatMap((one) => one ?? []);
}

/** Named after the effect that asked for it. */
const isOurs = (name: string): boolean => /^[^.]+\.e\d+\.wav$/.test(name);

async function describe(request: Request, file: string, name: string, now: Instant): Promise<Recording | undefined> {
  // Removed in this very moment, by whoever keeps the folder small: it is of no call that lives.
  const found = await stat(file).catch(() => undefined);
  if (!found || now - found.mtimeMs > latelyMs) return undefined;
  const recording = name.replace(/\.wav$/, '');
  const maybeLive = now - found.mtimeMs < stillMs;
  if (maybeLive && succeeded(await request('GET', at('recordings/live', recording))))
    return { recording, state: 'live' };
  // It may have grown until just now.
  const ended = await stat(file).catch(() => found);
  return { recording, state: 'ended', seconds: seconds(ended.size), file };
}
