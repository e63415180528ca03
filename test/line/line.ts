// The whole line as a user runs it, on free loopback ports: our Asterisk, the server as a process of its own, and the telephone network around them.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type AsteriskProcess, startAsterisk } from '../../server/asterisk/process.ts';
import { silentLog } from '../../server/base/log.ts';
import type { FinishedCall } from '../../server/call/record.ts';
import { readEverything } from '../../server/desk/read.ts';
import { promptsOf } from '../../server/flow/prompts.ts';
import { openPrompts } from '../../server/prompts/prompts.ts';
import { espeakCommand, findEspeak } from '../../server/prompts/speaker.ts';
import { rescuePrompts } from '../../server/rescue/rescue.ts';
import { type Network, type NetworkOptions, startNetwork } from '../network/network.ts';
import { findAsterisk, freePort, runFolder } from '../network/process.ts';
import { freeRtp, freeUdp } from './ports.ts';

export type LineOptions = {
  /** Folders to use instead of the example ones. */
  flows?: string;
  plannings?: string;
  /** Working folder; a new temporary one unless given. */
  dir?: string;
  env?: Record<string, string>;
  network?: Pick<NetworkOptions, 'onHappening' | 'patience' | 'music'>;
  progress?: (what: string) => void;
};

export type Line = {
  network: Network;
  dir: string;
  /** The server's process: to be killed, stopped, started again. */
  server: ServerProcess;
  asterisk: () => AsteriskProcess;
  startAsterisk(): Promise<void>;
  /** GET of the server's HTTP API. */
  api<T>(path: string): Promise<T>;
  /** Records of calls that are over, newest first, once there are `count` of them. */
  records(count: number): Promise<FinishedCall[]>;
  /** Resolves with the record of this call once it is over. */
  over(id: string): Promise<FinishedCall>;
  /** Copies of the edited folders, to be edited by a test: `flows`, `plannings`, `trunks`. */
  files: { flows: string; plannings: string; trunks: string };
  env: Record<string, string>;
  stop(): Promise<void>;
};

export async function startLine(options: LineOptions = {}): Promise<Line> {
  const home = findAsterisk();
  const dir = options.dir ? resolve(options.dir) : mkdtempSync(join(tmpdir(), 'vigie-line-'));
  mkdirSync(dir, { recursive: true });
  const sip = await freeUdp('127.0.0.1');
  const files = copyFiles(options, dir);
  const prompts = await promptBook(files);
  const network = await startNetwork({
    ...options.network,
    server: { host: '127.0.0.1', port: sip },
    dir: join(dir, 'network'),
    prompts,
    ...(options.progress ? { progress: options.progress } : {}),
  });
  writeTrunks(files.trunks, network);
  const run = runFolder();
  const ariPort = await freePort('127.0.0.1');
  const rtp = await freeRtp();
  const env: Record<string, string> = {
    VIGIE_ROOT: resolve('.'),
    VIGIE_VAR: join(dir, 'var'),
    VIGIE_PROMPTS: resolve('var/prompts'),
    VIGIE_FLOWS: files.flows,
    VIGIE_PLANNINGS: files.plannings,
    VIGIE_TRUNKS: files.trunks,
    VIGIE_LOG: 'info',
    VIGIE_ARI_URL: `http://127.0.0.1:${ariPort}`,
    VIGIE_ARI_PASSWORD: crypto.randomUUID(),
    VIGIE_ASTERISK_ETC: join(dir, 'etc'),
    VIGIE_ASTERISK_MODULES: home.modules,
    VIGIE_ASTERISK_DATA: home.data,
    VIGIE_ASTERISK_RUN: run,
    VIGIE_SIP_BIND: '127.0.0.1',
    VIGIE_SIP_PORT: String(sip),
    VIGIE_RTP_FROM: String(rtp),
    VIGIE_RTP_TO: String(rtp + 1999),
    VIGIE_HTTP_PORT: '0',
    VIGIE_MUSIC: resolve('var/music'),
    ...options.env,
  };
  const vigie = (...args: string[]) =>
    spawn(process.execPath, [resolve('scripts/vigie.mjs'), ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const stopNetwork = () => network.stop();
  const configured = vigie('asterisk');
  const complaints = textOf(configured);
  const [code] = (await once(configured, 'exit')) as [number];
  if (code !== 0) {
    await stopNetwork();
    throw new Error(`vigie asterisk ended with ${code}: ${complaints()}`);
  }
  options.progress?.("starting the line's Asterisk");
  let asterisk: AsteriskProcess;
  const start = async () => {
    const started = await startAsterisk({
      binary: home.binary,
      configFile: join(dir, 'etc', 'asterisk.conf'),
      ari: { url: env.VIGIE_ARI_URL ?? '', user: 'vigie', password: env.VIGIE_ARI_PASSWORD ?? '' },
    });
    if (!started.ok) throw new Error(started.problems.map(({ message, hint }) => `${message} (${hint})`).join('; '));
    asterisk = started.value;
  };
  await start();
  options.progress?.('starting the server');
  const server = new ServerProcess(() => vigie('serve'), join(dir, 'server.log'));
  await server.start();
  const api = async <T>(path: string): Promise<T> =>
    (await fetch(`http://127.0.0.1:${server.http}${path}`)).json() as Promise<T>;
  return {
    network,
    dir,
    server,
    files,
    env,
    api,
    asterisk: () => asterisk,
    startAsterisk: start,
    records: (count) => untilRecords(api, count),
    over: (id) => untilOver(api, id),
    stop: async () => {
      await server.stop();
      await asterisk.stop();
      await stopNetwork();
      for (const gone of options.dir ? [run] : [run, dir]) rmSync(gone, { recursive: true, force: true });
    },
  };
}

const untilRecords = async (api: Line['api'], count: number): Promise<FinishedCall[]> => {
  for (let tries = 0; ; tries++) {
    const { calls } = await api<{ calls: FinishedCall[] }>('/api/calls');
    if (calls.length >= count) return calls;
    if (tries > 100) throw new Error(`${calls.length} calls are on record, not ${count}`);
    await new Promise((later) => setTimeout(later, 100));
  }
};

const untilOver = async (api: Line['api'], id: string): Promise<FinishedCall> => {
  for (let tries = 0; tries < 300; tries++) {
    const record = await api<FinishedCall | { error: string }>(`/api/calls/${id}`);
    if ('outcome' in record) return record;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`the call ${id} is not on record after 30 s`);
};

function copyFiles({ flows = 'ivr-flows', plannings = 'plannings' }: LineOptions, dir: string) {
  const files = { flows: join(dir, 'ivr-flows'), plannings: join(dir, 'plannings'), trunks: join(dir, 'trunks.yaml') };
  cpSync(flows, files.flows, { recursive: true });
  cpSync(plannings, files.plannings, { recursive: true });
  cpSync('asterisk-config/trunks.yaml', files.trunks);
  return files;
}

/** The example trunks, at the addresses that this network's carriers have. */
function writeTrunks(file: string, network: Network): void {
  const { a, b } = network.carriers;
  const text = readFileSync(file, 'utf8')
    .replace(/host: 127\.0\.1\.1\n(\s+)port: \d+/, `host: ${a.address}\n$1port: ${a.port}`)
    .replace(/host: 127\.0\.1\.2\n(\s+)port: \d+/, `host: ${b.address}\n$1port: ${b.port}`);
  writeFileSync(file, text);
}

/** The sound of every text the line can say, rendered as the server would: what callers hear is compared with it. */
async function promptBook(files: { flows: string; plannings: string; trunks: string }) {
  const opened = openPrompts({
    dir: 'var/prompts',
    command: espeakCommand(findEspeak(process.env, resolve('.'))),
    log: silentLog,
  });
  if (!opened.ok) throw new Error(opened.problems[0]?.message);
  const store = opened.value;
  const read = await readEverything({ root: resolve('.'), ...files });
  if (!read.ok)
    throw new Error(read.problems.map(({ file, line, message }) => `${file}:${line} ${message}`).join('\n'));
  const wanted = [...promptsOf(read.value.flows), ...rescuePrompts];
  const rendered = await store.render(wanted);
  if (!rendered.ok) throw new Error(rendered.problems[0]?.message);
  store.close();
  const texts = wanted.flatMap((prompt) =>
    prompt.kind === 'text' ? [{ text: prompt.text, path: store.fileOf(prompt) }] : [],
  );
  return { all: () => texts.filter(({ path }) => existsSync(path)) };
}

const textOf = (child: ChildProcess): (() => string) => {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-4000);
    });
  return () => text;
};

/** The server as a child process, with its log kept in a file. */
export class ServerProcess {
  #child: ChildProcess | undefined;
  #spawn: () => ChildProcess;
  #log: string;
  #text = '';
  http = 0;

  constructor(start: () => ChildProcess, log: string) {
    this.#spawn = start;
    this.#log = log;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** What it has logged so far, over all its lives. */
  get log(): string {
    return this.#text;
  }

  /** Resolves when it takes calls. @throws with its log when it ends instead. */
  async start(): Promise<void> {
    const child = this.#spawn();
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString();
      writeFileSync(this.#log, this.#text);
    });
    await new Promise<void>((ready, fail) => {
      child.once('exit', (code) => fail(new Error(`the server ended with ${code}: ${this.#text.slice(-4000)}`)));
      if (!child.stdout) throw new Error('the server has no output');
      createInterface(child.stdout).on('line', (line) => {
        if (!line.startsWith('{"ready"')) return;
        this.http = (JSON.parse(line) as { http: number }).http;
        ready();
      });
    });
  }

  /** kill -9 (or another signal); resolves when it is gone, or at once for SIGSTOP and SIGCONT. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await gone;
  }

  stop = (): Promise<void> => this.kill('SIGTERM');
}
