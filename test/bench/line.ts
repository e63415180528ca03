// The line under load: how long a caller's INVITE takes to become a technician's, beside a plain Dial() of the same Asterisk; how many calls
// a second hold; how much memory stays. Everything is saved as in production, the confirming key included.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type CallContext, startHouse } from '../line/house.ts';
import { freeUdp } from '../network/ports.ts';
import { findAsterisk } from '../network/process.ts';
import { Peer, type PeerCall } from './peer.ts';
import { percentile, type Row, row } from './rows.ts';

const line = '+33199001000';
const technician = '+33639980001';
/** A number of the bench alone: the dialplan dials the same technician over the same trunk, and nothing else happens. */
const plain = '+33199009999';

export type Stage = { house: CallContext; callers: Peer; carrier: Peer; dir: string; log: Log; stop(): Promise<void> };

/** Calls of both sides, joined by the order of their instants: the bench places one at a time where it measures. */
class Log {
  invited: { number: string; at: number }[] = [];
  answered = 0;
  ended = 0;
  failed = 0;
}

/** Starts the house and two peers: one is the callers' carrier, the other rings the technicians. */
export async function openStage(say: (text: string) => void): Promise<Stage> {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const files = { flows: join(dir, 'ivr-flows'), plannings: join(dir, 'plannings'), trunks: join(dir, 'trunks.yaml') };
  cpSync('test/bench/house', dir, { recursive: true });
  mkdirSync('var/prompts', { recursive: true });
  const net = `127.${20 + (process.pid % 200)}.${process.pid % 250}`;
  const sip = await freeUdp('127.0.0.1');
  const target = { host: '127.0.0.1', port: sip };
  const log = new Log();
  const callers = await Peer.open(
    { host: `${net}.1`, port: 5060, target },
    {
      answered: () => void log.answered++,
      ended: (call) => void (call.status === 200 || call.answeredAt !== undefined ? log.ended++ : log.failed++),
    },
  );
  const carrier = await Peer.open(
    { host: `${net}.2`, port: 5060, target },
    { invited: (number, at) => void log.invited.push({ number, at }) },
  );
  writeFileSync(files.trunks, trunks(net));
  say('starting the line');
  // The peers say nothing: there is nobody to hear. What listening costs is measured in voicemail-line.ts.
  const house = await startHouse({ dir, files, sip, env: { VIGIE_LOG: 'warn', VIGIE_LISTEN_MS: '0' } });
  await addPlainDial(dir);
  await wait(2500); // both trunks answered their first OPTIONS, and the heartbeat stands
  return {
    house,
    callers,
    carrier,
    dir,
    log,
    stop: async () => {
      callers.close();
      carrier.close();
      await house.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const trunks = (net: string): string => `trunks:
  callers: { host: ${net}.1, port: 5060, max channels: 5000 }
  carrier: { host: ${net}.2, port: 5060, max channels: 5000 }
routes:
  - { prefix: "+33", trunks: [carrier] }
caps: { concurrent legs: 5000, minutes per hour: 1000000, minutes per day: 1000000 }
`;

/** The limit that the line is compared with, in the same dialplan context that callers enter by. */
async function addPlainDial(dir: string): Promise<void> {
  const command = `dialplan add extension ${plain},1,Dial,PJSIP/${technician}@trunk-carrier into vigie-in`;
  await promisify(execFile)(findAsterisk().binary, ['-C', join(dir, 'etc', 'asterisk.conf'), '-rx', command]);
}

/** Calls of each kind before the first that counts: a server that has been up for a minute is what is measured. */
const warmUp = 60;

/** One call at a time, both kinds in turn, so that the machine's mood falls on both alike. */
export async function measureLatency({ callers, log }: Stage, count: number): Promise<Row[]> {
  const times: Record<string, number[]> = { [line]: [], [plain]: [] };
  for (let index = 0; index < count + warmUp; index++) {
    for (const to of [line, plain]) {
      log.invited = [];
      const call = callers.invite(to, '+33612345678');
      await until(() => log.invited.length > 0, 5000);
      const took = (log.invited[0]?.at ?? Number.NaN) - call.at;
      if (index >= warmUp) times[to]?.push(took);
      await until(() => call.answeredAt !== undefined || call.endedAt !== undefined, 8000);
      callers.bye(call);
      await wait(60);
    }
  }
  const ratio = (p: number) => percentile(times[line] ?? [], p) / percentile(times[plain] ?? [], p);
  return [
    row('technician INVITE, plain Dial(), p50', percentile(times[plain] ?? [], 50), 'ms'),
    row('technician INVITE, Vigie, p50', percentile(times[line] ?? [], 50), 'ms'),
    row('technician INVITE, Vigie / Dial(), p50', ratio(50), 'x', '<= 2.0', (value) => value <= 2),
    row('technician INVITE, Vigie / Dial(), p99', ratio(99), 'x', '<= 2.5', (value) => value <= 2.5),
  ];
}

/** One call, once a technician's phone is rung for it. @throws when none is within five seconds. */
export async function untilInvited({ callers, log }: Stage): Promise<PeerCall> {
  log.invited = [];
  const call = callers.invite(line, '+33612345678');
  await until(() => log.invited.length > 0, 5000);
  if (log.invited.length === 0) throw new Error('nobody was rung');
  return call;
}

/** Calls at `rate` a second for `seconds`, each talking `talkMs` once joined: how many of them failed. */
export async function load(
  { callers, log }: Stage,
  rate: number,
  seconds: number,
  talkMs: number,
): Promise<{ placed: number; joined: number; failed: number }> {
  const calls: PeerCall[] = [];
  const before = log.answered;
  const start = performance.now();
  while (calls.length < rate * seconds) {
    const due = Math.min(Math.floor(((performance.now() - start) * rate) / 1000), rate * seconds);
    while (calls.length < due) calls.push(callers.invite(line, `+336${String(10_000_000 + calls.length)}`));
    hangUp(callers, calls, talkMs);
    await wait(5);
  }
  for (const end = performance.now() + 15_000; callers.live > 0 && performance.now() < end; await wait(20)) {
    hangUp(callers, calls, talkMs);
  }
  const joined = log.answered - before;
  return { placed: calls.length, joined, failed: calls.length - joined };
}

/** Ends the calls that have talked long enough. */
function hangUp(callers: Peer, calls: readonly PeerCall[], talkMs: number): void {
  const now = performance.now();
  for (const call of calls) {
    if (call.answeredAt !== undefined && call.endedAt === undefined && now - call.answeredAt > talkMs)
      callers.bye(call);
  }
}

/** Resident memory of the server, MB. */
export const memoryOf = (house: CallContext): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${house.server.pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024;

async function until(check: () => boolean, ms: number): Promise<void> {
  for (const end = performance.now() + ms; !check(); await new Promise((later) => setImmediate(later))) {
    if (performance.now() > end) return;
  }
}
