// Brings home what Twilio recorded: asked for until it is there, written whole or not at all.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { replaceFile } from '../../base/files.ts';
import type { Log } from '../../base/log.ts';
import type { CallId } from '../../domain/telephony/names.ts';
import type { TwilioAccess } from './access.ts';
import type { Rest } from './rest.ts';

/** A recording is ready seconds after it ended; one that is not there after these waits never will be. */
const waits = [0, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 120_000];
const deadlineMs = 30_000;

export class Recordings {
  readonly #dir: string;
  readonly #rest: Rest;
  readonly #access: TwilioAccess;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #fetching = new Set<string>();
  #stopped = false;

  constructor(dir: string, rest: Rest, access: TwilioAccess, clock: Clock, log: Log) {
    this.#dir = dir;
    this.#rest = rest;
    this.#access = access;
    this.#clock = clock;
    this.#log = log;
  }

  /** Where this recording will stand. */
  file = (call: CallId, sid: string | undefined): string => join(this.#dir, `${call}${sid ? `-${sid}` : ''}.wav`);

  /** Begins to fetch; asked twice, it is fetched once. What a test left is not kept, here or there. */
  fetch(call: CallId, sid: string, { test }: { test?: unknown }): void {
    if (test) return void this.#forget(sid);
    const file = this.file(call, sid);
    if (this.#fetching.has(file) || existsSync(file)) return;
    this.#fetching.add(file);
    void this.#fetchUntilThere(call, sid, file)
      .catch((error) => this.#log.error({ call, error }, 'a recording could not be kept; it stays with Twilio'))
      .finally(() => this.#fetching.delete(file));
  }

  async #forget(sid: string): Promise<void> {
    const answer = await this.#rest.ask((client) => client.recordings(sid).remove());
    if (!answer.ok && !answer.gone)
      this.#log.warn({ recording: sid, why: answer.why }, 'the recording of a test call stays with Twilio');
  }

  stop(): void {
    this.#stopped = true;
  }

  async #fetchUntilThere(call: CallId, sid: string, file: string): Promise<void> {
    let why = '';
    for (const wait of waits) {
      if (wait > 0) await new Promise<void>((go) => this.#clock.after(wait, go));
      if (this.#stopped) return;
      const sound = await this.#get(sid).catch((error: Error) => error.message);
      if (typeof sound !== 'string') return write(file, sound);
      why = sound;
    }
    this.#log.error({ call, why, recording: sid }, 'a recording was never ready; look for it in the Twilio console');
  }

  async #get(sid: string): Promise<Uint8Array | string> {
    const { api, accountSid, tokens } = this.#access;
    const url = `${api.replace(/\/$/, '')}/2010-04-01/Accounts/${accountSid}/Recordings/${sid}.wav`;
    const authorization = `Basic ${Buffer.from(`${accountSid}:${tokens[0]}`).toString('base64')}`;
    const response = await fetch(url, { headers: { authorization }, signal: AbortSignal.timeout(deadlineMs) });
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : `HTTP ${response.status}`;
  }
}

async function write(file: string, sound: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await replaceFile(file, sound);
}
