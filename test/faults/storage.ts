// The database is locked by another program, the disk is full: calls go on, somebody is told, and nothing that was told is lost.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { account, readBooks, readBooksOf } from './account.ts';
import { Crowd, technicians } from './crowd.ts';
import { dice, type Fault } from './fault.ts';
import { row } from './kills.ts';
import { openStage, type Stage, within } from './stage.ts';

/** Another program: opens the file, takes the lock that keeps every writer out, and holds it. */
const holder = `
  import Database from 'better-sqlite3';
  const [file, ms] = process.argv.slice(1);
  const db = new Database(file, { timeout: 10_000 });
  db.exec('BEGIN EXCLUSIVE');
  console.log('held');
  setTimeout(() => { db.exec('ROLLBACK'); db.close(); }, Number(ms));
`;

export const databaseLocked: Fault = {
  name: 'database-locked',
  run: async (run) => {
    const stage = await openStage({ say: run.say });
    const chance = dice(run.seed);
    stage.answer(technicians(chance));
    const crowd = new Crowd(stage, chance);
    const lockedMs = Math.max(8000, 60_000 * run.scale);
    try {
      const coming = crowd.comes(2);
      await wait(3000);
      const acknowledged = new Set(readBooks(stage.dir).calls.map(({ id }) => id));
      const args = ['--input-type=module', '-e', holder, join(stage.dir, 'var', 'vigie.db'), String(lockedMs)];
      const other = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(other.stdout, 'data');
      const locked = performance.now();
      const told = await toldOf(stage, 503, locked);
      run.say(`told after ${told.toFixed(1)} s; the lock holds for ${lockedMs / 1000} s`);
      await once(other, 'exit');
      const free = performance.now();
      const well = await toldOf(stage, 200, free);
      crowd.stops();
      await coming;
      await crowd.allGone();
      const books = await account(stage, crowd.callers, { silenceMs: 5000, acknowledged });
      const found = row('database locked', 1, books, told, 'calls go on, told <= 60 s', told <= 60 && well <= 10);
      found.seen.push(
        `locked for ${lockedMs / 1000} s; seconds: until /readyz said so; well again after ${well.toFixed(1)} s`,
      );
      return [found];
    } finally {
      crowd.stops();
      await stage.stop();
    }
  },
};

/** Seconds since `from` until `/readyz` answers with this status. */
async function toldOf({ house }: Pick<Stage, 'house'>, status: number, from: number): Promise<number> {
  const seen = await within(70_000, async () => {
    const response = await fetch(`http://127.0.0.1:${house.server.http}/readyz`);
    await response.text();
    return response.status === status || undefined;
  });
  return seen ? (performance.now() - from) / 1000 : Number.POSITIVE_INFINITY;
}

/** The server's working folder is a small disk of its own, in a mount namespace of its own. */
const onSmallDisk = ['unshare', '-rm', 'sh', '-c', 'mount -t tmpfs -o size=100m none "$VIGIE_VAR" && exec "$@"', 'sh'];
const enough = 50 * 1024 * 1024;

export const diskFull: Fault = {
  name: 'disk-full',
  run: async (run) => {
    const stage = await openStage({ say: run.say, through: onSmallDisk });
    const chance = dice(run.seed);
    stage.answer(technicians(chance));
    const crowd = new Crowd(stage, chance);
    const root = `/proc/${stage.house.server.pid}/root`;
    const read = () => readBooksOf(root, stage.dir);
    const filler = join(root, stage.dir, 'var', 'filler');
    const fullMs = Math.max(8000, 60_000 * run.scale);
    try {
      const coming = crowd.comes(1.5);
      await wait(3000);
      fill(filler, enough / 2);
      const low = performance.now();
      const warned = await within(60_000, () => stage.house.server.log.includes('nearly full') || undefined);
      const toldS = warned ? (performance.now() - low) / 1000 : Number.POSITIVE_INFINITY;
      const refused = [crowd.rings('message'), crowd.rings('message')];
      await Promise.all(refused.map(({ done }) => done));
      const acknowledged = new Set(read().calls.map(({ id }) => id));
      fill(filler, 0);
      run.say(`told after ${toldS.toFixed(1)} s; the disk is full for ${fullMs / 1000} s`);
      await wait(fullMs);
      const failed = stage.house.server.log.includes('could not be saved');
      rmSync(filler);
      const well = await toldOf(stage, 200, performance.now());
      crowd.stops();
      await coming;
      await crowd.allGone();
      const books = await account(stage, crowd.callers, { silenceMs: 5000, acknowledged }, read);
      const kept = read().calls.filter(({ caller }) => refused.some(({ number }) => number === caller));
      const norecord = kept.length === 2 && kept.every(({ outcome }) => outcome === 'told');
      const found = row(
        'disk full',
        1,
        books,
        toldS,
        'calls go on, told <= 60 s',
        toldS <= 60 && well <= 10 && norecord,
      );
      found.seen.push(
        `full for ${fullMs / 1000} s, saving ${failed ? 'was refused' : 'still found room in the log'}; seconds: until the log said so`,
        `messages on a nearly full disk: ${kept.map(({ outcome }) => outcome).join(', ')}; well again after ${well.toFixed(1)} s`,
      );
      return [found];
    } finally {
      crowd.stops();
      await stage.stop();
    }
  },
};

/** Writes until so many bytes are left. */
function fill(file: string, leave: number): void {
  const block = Buffer.alloc(1 << 16, 1);
  const free = () => {
    const disk = statfsSync(join(file, '..'));
    return disk.bavail * disk.bsize;
  };
  for (let left = free(); left > leave; left = free())
    appendFileSync(file, block.subarray(0, Math.min(block.length, left - leave)));
}
