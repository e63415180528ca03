// The line for faults: our Asterisk and the server without the telephone network, a peer that brings callers, and two that carry calls to technicians.
import { createSocket } from 'node:dgram';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type OptOutRule, Peer, type PeerCall, type PeerEvents } from '../bench/peer.ts';
import { type CallContext, type Files, type HouseOptions, startHouse } from '../line/house.ts';
import { freeUdp } from '../network/ports.ts';
import { patienceMs, until } from '../waiting.ts';

/** Rings through menu, code, people and message. */
export const guardLine = '+33199004001';
/** Rings people at once. */
export const directLine = '+33199004002';

/** A phone that was rung. */
export type Ring = { call: PeerCall; number: string; carrier: 'a' | 'b'; at: number };

export type StageOptions = Pick<HouseOptions, 'between' | 'through' | 'env'> & {
  /** How the phones take this call: over `a`, the first carrier, or `b`. */
  phones?: (number: string, carrier: 'a' | 'b') => OptOutRule;
  callers?: PeerEvents;
  /** Changes the copies before anything reads them. */
  prepare?: (files: Files) => void;
  say?: (text: string) => void;
};

export type Stage = {
  house: CallContext;
  files: Files;
  dir: string;
  callers: Peer;
  carriers: { a: Peer; b: Peer };
  /** Every INVITE that reached a carrier, oldest first. */
  rings: Ring[];
  /** Exchanges the manner of all phones from now on. */
  answer(manner: (number: string, carrier: 'a' | 'b') => OptOutRule): void;
  /** GET or another request to Asterisk's own door, past whatever stands between it and the server. */
  ari<T>(path: string, method?: 'GET' | 'POST' | 'DELETE'): Promise<T>;
  stop(): Promise<void>;
};

const takesIt: OptOutRule = { ringMs: 400, presses: '1' };

/** A network of its own for each stage, by chance: what another one left in the air reaches nobody. */
async function freeNet(): Promise<string> {
  const byte = (from: number) => from + Math.floor(Math.random() * (250 - from));
  for (;;) {
    const net = `127.${byte(20)}.${byte(1)}`;
    if (await isFree(`${net}.1`)) return net;
  }
}

const isFree = (host: string): Promise<boolean> =>
  new Promise((done) => {
    const socket = createSocket('udp4');
    socket.once('error', () => done(false));
    socket.bind(5060, host, () => socket.close(() => done(true)));
  });

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-faults-'));
  const files = { flows: join(dir, 'ivr-flows'), plannings: join(dir, 'plannings'), trunks: join(dir, 'trunks.yaml') };
  cpSync('test/faults/house', dir, { recursive: true });
  mkdirSync(resolve('var/prompts'), { recursive: true });
  const net = await freeNet();
  writeFileSync(files.trunks, trunks(net));
  options.prepare?.(files);
  options.say?.(`the stage is ${dir}`);
  const sip = await freeUdp('127.0.0.1');
  const at = (last: number) => ({ host: `${net}.${last}`, port: 5060, target: { host: '127.0.0.1', port: sip } });
  let manner = options.phones ?? (() => takesIt);
  const rings: Ring[] = [];
  const carrier = (name: 'a' | 'b', last: number) =>
    Peer.open(at(last), {
      invited: (number, instant, call) => {
        rings.push({ call, number, carrier: name, at: instant });
        return manner(number, name);
      },
    });
  const callers = await Peer.open(at(1), options.callers ?? {});
  const carriers = { a: await carrier('a', 2), b: await carrier('b', 3) };
  const close = () => [callers, carriers.a, carriers.b].map((peer) => peer.close());
  const env = { VIGIE_LOG: 'info', VIGIE_LISTEN_MS: '1000', ...options.env };
  const house = await startHouse({ ...options, dir, files, sip, env, progress: options.say ?? (() => {}) }).catch(
    (error) => {
      close();
      throw error;
    },
  );
  const ari: Stage['ari'] = (path, method = 'GET') => askAri(house, path, method);
  await until('the trunks answer, and the heartbeat stands', () => isWell(ari));
  return {
    house,
    files,
    dir,
    callers,
    carriers,
    rings,
    answer: (next) => {
      manner = next;
    },
    ari,
    stop: async () => {
      close();
      await house.stop();
      // For whoever looks into what fell short.
      if (!process.env.KEEP) rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Each trunk has answered its first OPTIONS, and the server leads the calls. */
async function isWell(ari: Stage['ari']): Promise<boolean> {
  const trunks = await ari<{ state: string }[]>('endpoints/PJSIP');
  const { value } = await ari<{ value: string }>('asterisk/variable?variable=VIGIE_HEARTBEAT');
  return value !== '' && trunks.length > 0 && trunks.every(({ state }) => state === 'online');
}

async function askAri<T>({ env }: CallContext, path: string, method: string): Promise<T> {
  const authorization = `Basic ${Buffer.from(`vigie:${env.VIGIE_ARI_PASSWORD}`).toString('base64')}`;
  const response = await fetch(`${env.VIGIE_ARI_URL}/ari/${path}`, {
    method,
    headers: { authorization },
    signal: AbortSignal.timeout(patienceMs),
  });
  return (method === 'GET' ? await response.json() : undefined) as T;
}

const trunks = (net: string): string => `trunks:
  callers: { host: ${net}.1, port: 5060, max channels: 5000, qualify seconds: 1 }
  first: { host: ${net}.2, port: 5060, max channels: 5000, qualify seconds: 1 }
  second: { host: ${net}.3, port: 5060, max channels: 5000, qualify seconds: 1 }
routes:
  - { prefix: "+33", trunks: [first, second] }
breaker: { faults: 3, open seconds: 8 }
caps: { concurrent legs: 5000, minutes per hour: 1000000, minutes per day: 1000000 }
`;

/** Resident memory of a process, MB; NaN once it is gone. */
export function memoryOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** Asks every `paceMs` until there is an answer; undefined after `ms`. */
export async function within<T>(
  ms: number,
  ask: () => Promise<T | undefined> | T | undefined,
  paceMs = 20,
): Promise<T | undefined> {
  for (const end = performance.now() + ms; ; await wait(paceMs)) {
    const found = await ask();
    if (found !== undefined || performance.now() > end) return found;
  }
}
