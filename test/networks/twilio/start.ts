// The line as a user runs it with CARRIER=twilio: the server as a process of its own, and Twilio on loopback around it. No Asterisk at all.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FinishedCall } from '../../../server/domain/call/record.ts';
import { fallbackName } from '../../../server/networks/twilio/fallback.ts';
import { type Names, namesFor } from '../../../server/networks/twilio/names.ts';
import { copyFiles, type LineOptions, promptBook, untilOver, untilRecords } from '../../line/line.ts';
import { apiToken, ServerProcess } from '../../line/server-process.ts';
import { freePort } from '../../network/ports.ts';
import { type NetworkOptions, TwilioNetwork } from './network.ts';

export type TwilioLineOptions = Pick<
  LineOptions,
  'flows' | 'plannings' | 'inPlace' | 'prepare' | 'dir' | 'env' | 'progress'
> & {
  network?: NetworkOptions;
};

export type TwilioLine = {
  network: TwilioNetwork;
  dir: string;
  server: ServerProcess;
  publicUrl: string;
  /** As the server seals what Twilio fetches. */
  names: Names;
  api<T>(path: string): Promise<T>;
  records(count: number): Promise<FinishedCall[]>;
  over(id: string): Promise<FinishedCall>;
  files: { flows: string; plannings: string; trunks: string };
  env: Record<string, string>;
  /** Runs the command line with this line's environment. */
  vigie(...args: string[]): Promise<{ code: number; out: string; err: string }>;
  stop(): Promise<void>;
};

/** Stories that measure real seconds say so; all others need not wait for them. */
const storyTime = () => (process.env.TEST_SPEED ? { speed: Number(process.env.TEST_SPEED) } : {});

/** The numbers of lines.yaml, bought at Twilio. */
const numbersOf = (flows: string): string[] =>
  [...readFileSync(join(flows, 'lines.yaml'), 'utf8').matchAll(/- (?:\{ )?number: "?([+\d ]+)"?/g)].map(
    ([, number = '']) => number.replaceAll(' ', ''),
  );

export async function startTwilioLine(options: TwilioLineOptions = {}): Promise<TwilioLine> {
  const dir = options.dir ? resolve(options.dir) : mkdtempSync(join(tmpdir(), 'vigie-twilio-'));
  mkdirSync(dir, { recursive: true });
  const files = copyFiles(options, dir);
  options.prepare?.(files);
  const prompts = await promptBook(files);
  options.progress?.('starting Twilio on loopback');
  const network = await new TwilioNetwork({ prompts, ...storyTime(), ...options.network }).start();
  const port = await freePort('127.0.0.1');
  const publicUrl = `http://127.0.0.1:${port}`;
  const names = namesFor([network.token]);
  for (const number of numbersOf(files.flows))
    network.number(number, {
      voiceUrl: `${publicUrl}/twilio/voice`,
      voiceFallbackUrl: `${publicUrl}/twilio/fallback/${fallbackName(number, names)}`,
      voiceFallbackMethod: 'GET',
      statusCallback: `${publicUrl}/twilio/gone`,
      smsUrl: `${publicUrl}/twilio/sms`,
    });
  const env: Record<string, string> = {
    CARRIER: 'twilio',
    TWILIO_ACCOUNT_SID: network.account,
    TWILIO_AUTH_TOKEN: network.token,
    TWILIO_API: network.api,
    TWILIO_CALLS_PER_SECOND: '50',
    VIGIE_PUBLIC_URL: publicUrl,
    VIGIE_ROOT: resolve('.'),
    VIGIE_VAR: join(dir, 'var'),
    VIGIE_PROMPTS: resolve('var/prompts'),
    VIGIE_FLOWS: files.flows,
    VIGIE_PLANNINGS: files.plannings,
    VIGIE_TRUNKS: files.trunks,
    VIGIE_API_TOKEN: apiToken,
    VIGIE_LOG: 'info',
    VIGIE_HTTP_PORT: String(port),
    VIGIE_MUSIC: resolve('var/music'),
    ...options.env,
  };
  const run = (...args: string[]) =>
    spawn(process.execPath, [resolve('scripts/vigie.mjs'), ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  options.progress?.('starting the server');
  const server = new ServerProcess(() => run('serve'), join(dir, 'server.log'));
  await server.start();
  const headers = { authorization: `Bearer ${env.VIGIE_API_TOKEN}` };
  const api = async <T>(path: string): Promise<T> =>
    (await fetch(`${publicUrl}${path}`, { headers })).json() as Promise<T>;
  return {
    network,
    dir,
    server,
    publicUrl,
    names,
    files,
    env,
    api,
    records: (count) => untilRecords(api, count),
    over: (id) => untilOver(api, id),
    vigie: (...args) => finished(run(...args)),
    stop: async () => {
      await server.stop();
      await network.stop();
      if (!options.dir) rmSync(dir, { recursive: true, force: true });
    },
  };
}

function finished(child: ReturnType<typeof spawn>): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    said.out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    said.err += chunk.toString();
  });
  return new Promise((done) => child.once('close', (code) => done({ code: code ?? 1, ...said })));
}
