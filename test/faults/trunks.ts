// Carriers that refuse, fall silent, are out of reach, or take a call and carry no sound.

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { OptOutRule } from '../bench/peer.ts';
import { type Account, account } from './account.ts';
import { Crowd } from './crowd.ts';
import { dice, type Fault, type Row, type Run, times } from './fault.ts';
import { row } from './kills.ts';
import { directLine, openStage, type Ring, type Stage, within } from './stage.ts';

type Way = { fault: string; a: OptOutRule | 'deaf' | 'no-calls'; goalMs: number };

const takes: OptOutRule = { ringMs: 200, presses: '1' };
const ways: Way[] = [
  { fault: 'trunk answers 503', a: { refuses: 503 }, goalMs: 500 },
  { fault: 'trunk answers 403', a: { refuses: 403 }, goalMs: 500 },
  { fault: 'trunk swallows calls (OPTIONS answered)', a: 'no-calls', goalMs: 4000 },
  { fault: 'trunk unreachable (nothing answered)', a: 'deaf', goalMs: 4000 },
];

export const trunks: Fault = {
  name: 'trunks',
  run: async (run) => {
    const rows: Row[] = [];
    for (const way of ways) rows.push(await onStage(run, (stage) => failsOver(run, stage, way)));
    rows.push(await onStage(run, (stage) => opensBreaker(stage, run)));
    rows.push(await onStage(run, (stage) => oneWay(stage, run)));
    return rows;
  },
};

export const failover: Fault = {
  name: 'failover',
  run: async (run) => [await onStage(run, (stage) => failsOver(run, stage, ways[0] as Way))],
};
export const breaker: Fault = {
  name: 'breaker',
  run: async (run) => [await onStage(run, (stage) => opensBreaker(stage, run))],
};

async function onStage(run: Run, work: (stage: Stage) => Promise<Row>): Promise<Row> {
  const stage = await openStage({ say: run.say });
  try {
    return await work(stage);
  } finally {
    await stage.stop();
  }
}

function fails(stage: Stage, a: Way['a']): void {
  if (typeof a === 'string') stage.carriers.a.state = a;
  stage.answer((_number, carrier) => (carrier === 'a' && typeof a !== 'string' ? a : takes));
}

function recovers(stage: Stage): void {
  stage.carriers.a.state = 'well';
  stage.answer(() => takes);
}

/** One call after the other, so that the second trunk's INVITE belongs to the first's; the breaker is closed again before each. */
async function failsOver(run: Run, stage: Stage, way: Way): Promise<Row> {
  const crowd = new Crowd(stage, dice(run.seed));
  const tries = times(run, 20);
  let worst = 0;
  for (let nth = 0; nth < tries; nth++) {
    fails(stage, way.a);
    const asked = performance.now();
    const before = stage.rings.length;
    const caller = crowd.rings('patient', directLine);
    const second = await within(10_000, () => stage.rings.slice(before).find(({ carrier }) => carrier === 'b'));
    // Where the first refuses, the caller's wait begins with its refusal; where it is silent, with the call.
    const first = stage.rings.slice(before).find(({ carrier }) => carrier === 'a');
    worst = Math.max(worst, second ? second.at - (first?.at ?? asked) : Number.POSITIVE_INFINITY);
    await caller.done;
    recovers(stage);
    await firstCarries(stage, crowd);
  }
  await crowd.allGone();
  const told = await account(stage, crowd.callers);
  const goal = `next trunk <= ${way.goalMs / 1000} s`;
  const found = row(way.fault, tries, told, worst / 1000, goal, worst <= way.goalMs);
  found.seen.push(`the next trunk was asked after ${worst.toFixed(0)} ms at most`);
  return found;
}

/** Calls until one goes by the first trunk again. */
async function firstCarries(stage: Stage, crowd: Crowd): Promise<void> {
  const carried = await within(60_000, async () => {
    const before = stage.rings.length;
    await crowd.rings('patient', directLine).done;
    return stage.rings.slice(before).some(({ carrier }: Ring) => carrier === 'a') || undefined;
  });
  if (!carried) throw new Error('the first trunk is not used again');
}

/** Three refusals in a row: the fourth call spares the trunk; once it is well it is used again. */
async function opensBreaker(stage: Stage, run: Run): Promise<Row> {
  const crowd = new Crowd(stage, dice(run.seed));
  const asked = () => stage.rings.filter(({ carrier }) => carrier === 'a').length;
  fails(stage, { refuses: 503 });
  for (let nth = 0; nth < 3; nth++) await crowd.rings('patient', directLine).done;
  const three = asked();
  await crowd.rings('patient', directLine).done;
  const four = asked();
  recovers(stage);
  const well = performance.now();
  await firstCarries(stage, crowd);
  const seconds = (performance.now() - well) / 1000;
  await crowd.allGone();
  const told = await account(stage, crowd.callers);
  const holds = three === 3 && four === 3;
  const found = row('trunk breaker', 4, told, seconds, 'open after 3, used again', holds);
  found.seen.push(
    `${three} INVITEs in three calls, ${four - three} in the fourth; seconds: until it was used again (it is left alone for 8)`,
  );
  return found;
}

/** The technician's side is answered and confirmed, and no packet of sound comes from it. */
async function oneWay(stage: Stage, run: Run): Promise<Row> {
  const crowd = new Crowd(stage, dice(run.seed));
  stage.answer(() => ({ ...takes, mute: true }));
  const tries = times(run, 10, 2);
  let worst = 0;
  for (let nth = 1; nth <= tries; nth++) {
    const before = stage.rings.length;
    const call = stage.callers.invite(directLine, `+336129${String(nth).padStart(5, '0')}`);
    await within(5000, () => call.answeredAt !== undefined || undefined);
    stage.callers.speak(call);
    const joined = await within(8000, () =>
      stage.rings.slice(before).find((ring) => ring.call.heard.markedAt !== undefined),
    );
    const since = performance.now();
    const warned = await within(15_000, () => warningsOf(stage) >= nth || undefined);
    worst = Math.max(worst, joined && warned ? (performance.now() - since) / 1000 : Number.POSITIVE_INFINITY);
    stage.callers.bye(call);
    await wait(300);
  }
  const told: Account = await account(stage, crowd.callers);
  return row('trunk answers, then no sound', tries, { ...told, callers: tries }, worst, 'noticed <= 10 s', worst <= 10);
}

function warningsOf({ dir }: Stage): number {
  const db = new Database(join(dir, 'var', 'vigie.db'), { readonly: true });
  try {
    const kept = db.prepare("SELECT count(*) FROM warnings WHERE subject = 'one-way audio'").pluck().get() as number;
    const waiting = db
      .prepare("SELECT count(*) FROM outbox WHERE kind = 'warning' AND body LIKE '%one-way audio%'")
      .pluck();
    return kept + (waiting.get() as number);
  } finally {
    db.close();
  }
}
