// Everybody at once, and many for long.

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { percentile } from '../bench/rows.ts';
import { edit } from '../line/scene.ts';
import { account } from './account.ts';
import { Crowd, technicians } from './crowd.ts';
import { dice, type Fault, times } from './fault.ts';
import { row } from './kills.ts';
import { directLine, memoryOf, openStage, type Ring, type Stage } from './stage.ts';

const cap = 3;

export const crush: Fault = {
  name: 'crush',
  run: async (run) => {
    const stage = await openStage({
      say: run.say,
      env: { VIGIE_LOG: 'warn' },
      prepare: ({ plannings }) =>
        edit(join(plannings, 'people.yaml'), (text) => text.replaceAll('maxCalls: 200', `maxCalls: ${cap}`)),
    });
    const chance = dice(run.seed);
    const crowd = new Crowd(stage, chance);
    const count = times(run, 200, 20);
    try {
      for (let nth = 0; nth < count; nth++) {
        crowd.rings('patient', directLine);
        // A carrier's own pace: all of them within half a second.
        if (nth % 20 === 19) await wait(50);
      }
      await crowd.allGone();
      const told = await account(stage, crowd.callers, { silenceMs: 5000 });
      const rejected = crowd.callers.filter(({ call }) => (call.status ?? 0) >= 300).length;
      const sound = crowd.callers.map(({ call }) => (call.heard.first ?? Number.POSITIVE_INFINITY) - call.at);
      const p95 = percentile(sound, 95) / 1000;
      const most = mostAtOnce(stage.rings);
      const holds = rejected === 0 && p95 <= 1.5 && most <= cap;
      const found = row('callers at once', count, told, p95, '0 rejected, sound p95 <= 1.5 s', holds);
      found.seen.push(
        `${rejected} rejected; first sound p50 ${percentile(sound, 50).toFixed(0)} ms, p95 ${(p95 * 1000).toFixed(0)} ms`,
        `most calls of one person at once: ${most} of ${cap}`,
      );
      return [found];
    } finally {
      crowd.stops();
      await stage.stop();
    }
  },
};

/** The most calls that any one phone had at the same time. */
function mostAtOnce(rings: readonly Ring[]): number {
  const numbers = new Set(rings.map(({ number }) => number));
  const overlaps = [...numbers].map((number) => {
    const own = rings.filter((ring) => ring.number === number);
    const steps = own.flatMap(({ call }) => [
      { at: call.at, by: 1 },
      { at: call.endedAt ?? Number.POSITIVE_INFINITY, by: -1 },
    ]);
    let now = 0;
    return Math.max(...steps.sort((a, b) => a.at - b.at || a.by - b.by).map(({ by }) => (now += by)));
  });
  return Math.max(0, ...overlaps);
}

export const soak: Fault = {
  name: 'soak',
  run: async (run) => {
    const token = crypto.randomUUID();
    const stage = await openStage({ say: run.say, env: { VIGIE_LOG: 'warn', VIGIE_API_TOKEN: token } });
    const chance = dice(run.seed);
    stage.answer(technicians(chance));
    const crowd = new Crowd(stage, chance);
    const seconds = Math.max(60, 3600 * run.scale);
    let alerts = 0;
    const memory: number[] = [];
    const asterisk: number[] = [];
    try {
      const coming = crowd.comes(5);
      for (let at = 0; at < seconds; at += 5) {
        await wait(5000);
        alerts += await confirmed(stage, token);
        memory.push(memoryOf(stage.house.server.pid));
        asterisk.push(memoryOf(stage.house.asterisk().pid));
        if (at % 60 === 55) run.say(`${crowd.callers.length} calls, ${memory.at(-1)?.toFixed(0)} MB`);
      }
      crowd.stops();
      await coming;
      await crowd.allGone();
      const told = await account(stage, crowd.callers, { silenceMs: 5000 });
      // The second quarter against the last: the first one warms up.
      const quarter = (of: number[], nth: number) =>
        percentile(of.slice(Math.floor((of.length * nth) / 4), Math.floor((of.length * (nth + 1)) / 4)), 50);
      const quarters = (of: number[]) =>
        `${quarter(of, 1).toFixed(0)} MB in the second quarter, ${quarter(of, 3).toFixed(0)} MB in the last`;
      const grown = quarter(memory, 3) - quarter(memory, 1);
      const found = row(
        `soak, ${Math.round(seconds / 60)} min at 5 calls/s`,
        crowd.callers.length,
        told,
        0,
        'flat memory, 0 orphans',
        grown <= 15,
      );
      delete found.seconds;
      found.seen.push(`${alerts} alerts were raised and closed by those who had them`);
      found.seen.push(`memory of the server ${quarters(memory)}; of Asterisk ${quarters(asterisk)}`);
      return [found];
    } finally {
      crowd.stops();
      await stage.stop();
    }
  },
};

/** Somebody has every open alert, and closes it: one that nobody closes is kept for ever, as it must be. @returns how many */
async function confirmed({ house }: Stage, token: string): Promise<number> {
  const url = `http://127.0.0.1:${house.server.http}/api/alerts`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const { alerts } = (await (await fetch(`${url}?limit=1000`, { headers })).json()) as { alerts: { id: string }[] };
  for (const { id } of alerts) {
    const body = JSON.stringify({ name: 'Anne' });
    const response = await fetch(`${url}/${id}/resolve`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`alert ${id} could not be closed: ${response.status} ${await response.text()}`);
  }
  return alerts.length;
}
