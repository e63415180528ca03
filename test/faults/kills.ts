// The server and Asterisk die, in whatever state calls are.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { PeerCall } from '../bench/peer.ts';
import { type Account, account, type OnRecord } from './account.ts';
import { type Caller, Crowd, technicians } from './crowd.ts';
import { dice, type Fault, type Row, times } from './fault.ts';
import { openStage, type Stage, within } from './stage.ts';

export const serverKills: Fault = {
  name: 'server-kill',
  run: async (run) => {
    const stage = await openStage({ say: run.say });
    const chance = dice(run.seed);
    stage.answer(technicians(chance));
    const crowd = new Crowd(stage, chance);
    const coming = crowd.comes(2);
    const kills = times(run, 200, 3);
    const acknowledged = new Set<string>();
    let seconds = 0;
    try {
      await wait(3000);
      for (let kill = 1; kill <= kills; kill++) {
        await wait(chance.between(300, 3500));
        for (const id of await recordsTold(stage)) acknowledged.add(id);
        await stage.house.server.kill('SIGKILL');
        const dead = performance.now();
        await stage.house.server.start();
        seconds = Math.max(seconds, (performance.now() - dead) / 1000);
        if (kill % 10 === 0 || kill === kills) run.say(`${kill} kills, ${crowd.callers.length} callers so far`);
      }
      await crowd.allGone();
      await coming;
      const told = await account(stage, crowd.callers, { silenceMs: 5000, acknowledged });
      return [row('kill -9 of the server', kills, told, seconds, '0 lost, <= 3 s', seconds <= 3)];
    } finally {
      crowd.stops();
      await stage.stop();
    }
  },
};

/** Ids of the latest records, as somebody reads them over HTTP. */
async function recordsTold({ house }: Stage): Promise<string[]> {
  const { calls } = await house.api<{ calls: OnRecord[] }>('/api/calls?limit=50');
  return calls.map(({ id }) => id);
}

/** The table's line of one fault, from what the account came to. */
export function row(fault: string, tries: number, told: Account, seconds: number, goal: string, holds: boolean): Row {
  const { callers, lost, silent, faults, outcomes } = told;
  const well = holds && lost.length + silent.length + faults.length === 0;
  const summary = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  return {
    fault,
    tries,
    callers,
    lost: lost.length,
    silent: silent.length,
    seconds,
    goal,
    holds: well,
    faults,
    seen: summary.length === 0 ? [] : [summary.join(', ')],
    notes: [...lost, ...silent, ...faults],
  };
}

/** The server is away for long: all new calls take the last-resort route, and are picked up afterwards. */
export const serverDown: Fault = {
  name: 'server-down',
  run: async (run) => {
    const stage = await openStage({ say: run.say });
    const chance = dice(run.seed);
    stage.answer(technicians(chance));
    const crowd = new Crowd(stage, chance);
    try {
      await stage.house.server.kill('SIGKILL');
      const coming = crowd.comes(1);
      await wait(Math.max(20_000, 600_000 * run.scale));
      crowd.stops();
      await coming;
      await crowd.allGone();
      const soundMs = crowd.callers.flatMap(({ call, plan }) => (plan === 'hasty' ? [] : [firstSound(call)]));
      const back = performance.now();
      await stage.house.server.start();
      const told = await account(stage, crowd.callers);
      const seconds = (performance.now() - back) / 1000;
      const worst = Math.max(...soundMs);
      const row_ = row(
        'server down: the last-resort route',
        1,
        told,
        seconds,
        'all served, sound <= 2 s',
        worst <= 2000,
      );
      row_.seen.push(`first sound: ${(worst / 1000).toFixed(2)} s at most; seconds: until the last call is on record`);
      return [row_];
    } finally {
      crowd.stops();
      await stage.stop();
    }
  },
};

const firstSound = ({ at, heard }: PeerCall): number => (heard.first ?? Number.POSITIVE_INFINITY) - at;

/** The server no longer turns, and holds its sockets: the watchdog ends it, its successor takes up who is inside. */
export const serverStuck: Fault = {
  name: 'server-stuck',
  run: async (run) => {
    const stage = await openStage({ say: run.say });
    const chance = dice(run.seed);
    const crowd = new Crowd(stage, chance);
    const tries = times(run, 20, 2);
    let adopted = 0;
    let rescued = 0;
    try {
      for (let nth = 0; nth < tries; nth++) {
        const watchman = watchOver(stage);
        const inside = [crowd.rings('patient'), crowd.rings('no keys'), crowd.rings('patient')];
        // The watchman begins only once he has had an answer.
        await wait(chance.between(2500, 8000));
        const stuck = performance.now();
        await stage.house.server.kill('SIGSTOP');
        let isBack = false;
        const successor = watchman
          .then(() => stage.house.server.start())
          .then(() => {
            isBack = true;
          });
        rescued = Math.max(rescued, await untilLastResort(crowd, stuck, () => isBack));
        await successor;
        adopted = Math.max(adopted, (performance.now() - stuck) / 1000);
        await Promise.all(inside.map(({ done }) => done));
        run.say(`stuck ${nth + 1} times`);
      }
      await crowd.allGone();
      // Whoever rings within the four seconds waits in the air for the successor: that is the fault's measure, not a second one.
      const told = await account(stage, crowd.callers, { silenceMs: 10_000 });
      const holds = rescued <= 4 && adopted <= 10;
      const found = row(
        'server stuck (SIGSTOP), sockets open',
        tries,
        told,
        adopted,
        'route <= 4 s, adopted <= 10 s',
        holds,
      );
      found.seen.push(
        `new calls on the last-resort route after ${rescued.toFixed(1)} s; seconds: until the successor has the callers`,
      );
      return [found];
    } finally {
      crowd.stops();
      await stage.stop();
    }
  },
};

/** scripts/watch.mjs, as beside a real line; resolves once it has ended the stuck process. */
async function watchOver({ house }: Stage): Promise<void> {
  const { pid, http } = house.server;
  const url = `http://127.0.0.1:${http}/healthz`;
  const watch = spawn(process.execPath, ['scripts/watch.mjs', String(pid), url], { stdio: 'ignore' });
  await once(watch, 'exit');
  await house.server.kill('SIGKILL');
}

/** Those who came before it wait in the air, and hear something only from the successor, later than this. */
const soundMs = 1500;

/** Calls four times a second until one is answered by the dialplan; seconds from `from` until that one rang. Never: the server is back before. */
async function untilLastResort(crowd: Crowd, from: number, isBack: () => boolean): Promise<number> {
  const calls: PeerCall[] = [];
  for (;;) {
    calls.push(crowd.rings('no keys').call);
    await wait(250);
    if (isBack() || performance.now() - from > 20_000) return Number.POSITIVE_INFINITY;
    const served = calls.find((call) => firstSound(call) <= soundMs);
    if (served) return (served.at - from) / 1000;
  }
}

export const asteriskKills: Fault = {
  name: 'asterisk-kill',
  run: async (run) => {
    const stage = await openStage({ say: run.say });
    const chance = dice(run.seed);
    stage.answer(technicians(chance));
    const crowd = new Crowd(stage, chance);
    const tries = times(run, 30);
    const died: [from: number, until: number][] = [];
    let seconds = 0;
    try {
      for (let nth = 1; nth <= tries; nth++) {
        const coming = crowd.comes(2);
        await wait(chance.between(2000, 9000));
        crowd.stops();
        await coming;
        const dead = performance.now();
        await killAsterisk(stage);
        died.push([dead, performance.now()]);
        await stage.house.startAsterisk();
        seconds = Math.max(seconds, await untilServed(crowd, dead));
        run.say(`${nth} kills of Asterisk, ${crowd.callers.length} callers so far`);
      }
      await crowd.allGone();
      const wasThere = ({ call }: Caller) =>
        died.some(([from, until]) => call.at < until && (call.endedAt ?? Number.POSITIVE_INFINITY) >= from);
      // What Asterisk had not yet told anybody when it died is known to nobody: such a caller has no call on our side.
      const known = crowd.callers.filter(
        (caller) => !(wasThere(caller) && caller.call.ringingAt === undefined && caller.call.answeredAt === undefined),
      );
      const told = await account(stage, known, { silenceMs: 5000, mayBeLost: wasThere });
      return [row('kill -9 of Asterisk', tries, told, seconds, 'serving <= 10 s, the lost flagged', seconds <= 10)];
    } finally {
      crowd.stops();
      await stage.stop();
    }
  },
};

async function killAsterisk({ house, callers, carriers }: Stage): Promise<void> {
  process.kill(house.asterisk().pid, 'SIGKILL');
  await house.asterisk().exited;
  for (const peer of [callers, carriers.a, carriers.b]) peer.forget();
}

/** Calls four times a second until one hears something; seconds since `from`. */
export async function untilServed(crowd: Crowd, from: number): Promise<number> {
  for (;;) {
    const { call } = crowd.rings('no keys');
    if (await within(1000, () => call.heard.first !== undefined || undefined)) return (performance.now() - from) / 1000;
    if (performance.now() - from > 60_000) return Number.POSITIVE_INFINITY;
  }
}
