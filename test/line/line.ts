// The whole line as a user runs it, on free loopback ports: our Asterisk, the server as a process of its own, and the telephone network around them.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { silentLog } from '../../server/base/log.ts';
import { slowly } from '../../server/cli/serve.ts';
import { openPrompts } from '../../server/config/prompts/prompts.ts';
import { espeakCommand, findEspeak } from '../../server/config/prompts/speaker.ts';
import { readEverything } from '../../server/config/read.ts';
import type { FinishedCall } from '../../server/domain/call/record.ts';
import { callBackPrompts } from '../../server/domain/flow/call-back.ts';
import { promptsOf } from '../../server/domain/flow/prompts.ts';
import { alertPrompts } from '../../server/engine/alerts/alert-calls.ts';
import { lastResortPrompts } from '../../server/networks/fallback/fallback.ts';
import { type Network, type NetworkOptions, startNetwork } from '../network/network.ts';
import { freeUdp } from '../network/ports.ts';
import { until } from '../waiting.ts';
import { type CallContext, type Files, startHouse } from './house.ts';

export type LineOptions = {
  /** Folders to use instead of the example ones. */
  flows?: string;
  plannings?: string;
  /** The folders themselves, not copies of them: whoever edits them meanwhile is heard. Only trunks are copied. */
  inPlace?: boolean;
  /** Changes the copies before anything reads them. */
  prepare?: (files: Files) => void;
  /** Working folder; a new temporary one unless given. */
  dir?: string;
  env?: Record<string, string>;
  network?: Pick<NetworkOptions, 'onHappening' | 'music' | 'third'>;
  progress?: (what: string) => void;
};

export type Line = CallContext & {
  network: Network;
  dir: string;
  /** Copies of the edited folders, to be edited by a test. */
  files: Files;
  /** Records of calls that are over, newest first, once there are `count` of them. */
  records(count: number): Promise<FinishedCall[]>;
  /** Resolves with the record of this call once it is over. */
  over(id: string): Promise<FinishedCall>;
};

/** With TEST_CARRIER=twilio the same stories are told on the other network: it has the same words. */
export async function startLine(options: LineOptions = {}): Promise<Line> {
  if (process.env.TEST_CARRIER === 'twilio') {
    const { startTwilioLine } = await import('../networks/twilio/start.ts');
    return (await startTwilioLine(options)) as unknown as Line;
  }
  const dir = options.dir ? resolve(options.dir) : mkdtempSync(join(tmpdir(), 'vigie-line-'));
  mkdirSync(dir, { recursive: true });
  const sip = await freeUdp('127.0.0.1');
  const files = copyFiles(options, dir);
  options.prepare?.(files);
  const prompts = await promptBook(files, options.progress);
  const network = await startNetwork({
    ...options.network,
    server: { host: '127.0.0.1', port: sip },
    dir: join(dir, 'network'),
    prompts,
    ...(options.progress ? { progress: options.progress } : {}),
  });
  writeTrunks(files.trunks, network);
  const house = await startHouse({ ...options, dir, files, sip }).catch(async (error) => {
    await network.stop();
    throw error;
  });
  return {
    ...house,
    network,
    dir,
    files,
    records: (count) => untilRecords(house.api, count),
    over: (id) => untilOver(house.api, id),
    stop: async () => {
      await house.stop();
      await network.stop();
      if (!options.dir) rmSync(dir, { recursive: true, force: true });
    },
  };
}

export const untilRecords = (api: Line['api'], count: number): Promise<FinishedCall[]> =>
  until(`${count} calls on record`, async () => {
    const { calls } = await api<{ calls: FinishedCall[] }>('/api/calls');
    return calls.length >= count && calls;
  });

export const untilOver = (api: Line['api'], id: string): Promise<FinishedCall> =>
  until(`the call ${id} on record`, async () => {
    const record = await api<FinishedCall | { error: string }>(`/api/calls/${id}`);
    return 'outcome' in record && record;
  });

type Folders = Pick<LineOptions, 'flows' | 'plannings' | 'inPlace'>;

export function copyFiles({ flows = 'ivr-flows', plannings = 'plannings', inPlace }: Folders, dir: string): Files {
  const trunks = join(dir, 'trunks.yaml');
  if (inPlace) {
    cpSync('asterisk-config/trunks.yaml', trunks);
    return { flows: resolve(flows), plannings: resolve(plannings), trunks };
  }
  const files = { flows: join(dir, 'ivr-flows'), plannings: join(dir, 'plannings'), trunks };
  cpSync(flows, files.flows, { recursive: true });
  cpSync(plannings, files.plannings, { recursive: true });
  cpSync('asterisk-config/trunks.yaml', files.trunks);
  return files;
}

/** The example trunks, at the addresses that this network's carriers have. */
function writeTrunks(file: string, network: Network): void {
  const { a, b, third } = network.carriers;
  const text = readFileSync(file, 'utf8')
    .replace(/host: 127\.0\.1\.1\n(\s+)port: \d+/, `host: ${a.address}\n$1port: ${a.port}`)
    .replace(/host: 127\.0\.1\.2\n(\s+)port: \d+/, `host: ${b.address}\n$1port: ${b.port}`)
    .replace(/\b127\.0\.1\.1:\d+/g, `${a.address}:${a.port}`)
    .replace(/\b127\.0\.1\.1\b/g, a.address);
  const last = third ? `host: ${third.address}\n$1port: ${third.port}` : '$&';
  writeFileSync(file, text.replace(/host: 127\.0\.1\.3\n(\s+)port: \d+/, last));
}

/** The sound of every text the line can say, rendered as the server would: what callers hear is compared with it. */
export async function promptBook(files: Files, say: (what: string) => void = () => {}) {
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
  const wanted = [...promptsOf(read.value.flows), ...lastResortPrompts, ...alertPrompts, ...callBackPrompts];
  const rendered = await store.render(wanted, slowly(say));
  if (!rendered.ok) throw new Error(rendered.problems[0]?.message);
  store.close();
  const texts = wanted.flatMap((prompt) =>
    prompt.kind === 'text' ? [{ text: prompt.text, path: store.fileOf(prompt) }] : [],
  );
  return { all: () => texts.filter(({ path }) => existsSync(path)) };
}
