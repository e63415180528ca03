// Our side of the line on free loopback ports: Asterisk with the configuration that the server writes for it, and the server as a process of its own.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readSettings } from '../../server/app/settings.ts';
import { problemText } from '../../server/base/result.ts';
import { asterisk } from '../../server/cli/serve.ts';
import { freePort, freeRtp } from '../network/ports.ts';
import { findAsterisk, runFolder } from '../network/process.ts';
import { type AsteriskProcess, startAsterisk } from '../networks/asterisk/asterisk-process.ts';
import { apiToken, ServerProcess } from './server-process.ts';

export type Files = { flows: string; plannings: string; trunks: string };
export type HouseOptions = {
  dir: string;
  files: Files;
  /** UDP port of loopback on which our Asterisk speaks SIP. */
  sip: number;
  env?: Record<string, string>;
  /** Puts something between the server and ARI: makes it for this port, and says at which address of loopback it stands. */
  between?: (port: number) => Promise<string>;
  /** The program that the server is started through (`unshare`, say). */
  through?: string[];
  progress?: (what: string) => void;
};

export type CallContext = {
  /** The server's process: to be killed, stopped, started again. */
  server: ServerProcess;
  asterisk: () => AsteriskProcess;
  /** Starts Asterisk again after a kill. */
  startAsterisk(): Promise<void>;
  /** GET of the server's HTTP API. */
  api<T>(path: string): Promise<T>;
  env: Record<string, string>;
  /** Ends server and Asterisk; the folder stays. */
  stop(): Promise<void>;
};

export async function startHouse({
  dir,
  files,
  sip,
  env: more,
  between,
  through = [],
  progress,
}: HouseOptions): Promise<CallContext> {
  const home = findAsterisk();
  const run = runFolder();
  const ari = { url: `http://127.0.0.1:${await freePort('127.0.0.1')}`, user: 'vigie', password: crypto.randomUUID() };
  const rtp = freeRtp();
  const env: Record<string, string> = {
    VIGIE_ROOT: resolve('.'),
    VIGIE_VAR: join(dir, 'var'),
    VIGIE_PROMPTS: resolve('var/prompts'),
    VIGIE_MUSIC: resolve('var/music'),
    VIGIE_FLOWS: files.flows,
    VIGIE_PLANNINGS: files.plannings,
    VIGIE_TRUNKS: files.trunks,
    VIGIE_LOG: 'info',
    VIGIE_ARI_URL: ari.url,
    VIGIE_ARI_PASSWORD: ari.password,
    VIGIE_ASTERISK_ETC: join(dir, 'etc'),
    VIGIE_ASTERISK_MODULES: home.modules,
    VIGIE_ASTERISK_DATA: home.data,
    VIGIE_ASTERISK_RUN: run,
    VIGIE_SIP_BIND: '127.0.0.1',
    VIGIE_SIP_PORT: String(sip),
    VIGIE_RTP_FROM: String(rtp),
    VIGIE_RTP_TO: String(rtp + 1999),
    VIGIE_HTTP_PORT: '0',
    VIGIE_API_TOKEN: apiToken,
    ...more,
  };
  const spawned = (command: string[], more: Record<string, string> = {}) =>
    spawn(command[0] as string, command.slice(1), {
      env: { ...process.env, ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const vigie = [process.execPath, resolve('scripts/vigie.mjs')];
  await configure(env);
  let running: AsteriskProcess;
  const start = async () => {
    const started = await startAsterisk({ binary: home.binary, configFile: join(dir, 'etc', 'asterisk.conf'), ari });
    if (!started.ok) throw new Error(started.problems.map(({ message, hint }) => `${message} (${hint})`).join('; '));
    running = started.value;
  };
  progress?.("starting the line's Asterisk");
  await start();
  progress?.('starting the server');
  const ariPort = Number(new URL(ari.url).port);
  const reached = between ? { VIGIE_ARI_URL: `http://${await between(ariPort)}:${ariPort}` } : {};
  const server = new ServerProcess(() => spawned([...through, ...vigie, 'serve'], reached), join(dir, 'server.log'));
  const stop = async () => {
    await server.stop();
    await running.stop();
    rmSync(run, { recursive: true, force: true });
  };
  await server.start().catch(async (error) => {
    await stop();
    throw error;
  });
  const headers = { authorization: `Bearer ${env.VIGIE_API_TOKEN}` };
  const api = async <T>(path: string): Promise<T> =>
    (await fetch(`http://127.0.0.1:${server.http}${path}`, { headers })).json() as Promise<T>;
  return { server, env, api, asterisk: () => running, startAsterisk: start, stop };
}

/** What `vigie asterisk` does, in this process: it has loaded the server's code already. */
async function configure(env: Record<string, string>): Promise<void> {
  const settings = readSettings({ ...env, VIGIE_LOG: 'error' });
  if (!settings.ok) throw new Error(settings.problems.map(problemText).join('\n'));
  const said: string[] = [];
  const say = (text: string) => said.push(text);
  const code = await asterisk(settings.value, { env, out: say, err: say });
  if (code !== 0) throw new Error(`vigie asterisk ended with ${code}: ${said.join('\n')}`);
}
