// The clock jumps an hour, on and back, under a server that leads calls; and the nights on which local time does so by law.
// What jumps is the server's own view of the time (Asterisk keeps the machine's): the machine's clock is not ours to set.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { readPlannings } from '../../server/domain/planning/load.ts';
import { onCall } from '../../server/domain/planning/resolve.ts';
import type { PlanningSet } from '../../server/domain/planning/schema.ts';
import { account } from './account.ts';
import { Crowd, technicians } from './crowd.ts';
import { dice, type Fault, type Row, type Run, times } from './fault.ts';
import { row } from './kills.ts';
import { openStage } from './stage.ts';

const hour = 3_600_000;

/** Loaded before the server: each SIGUSR2 moves its wall clock an hour on, and the next one back. Timers run on, as they do when a clock is set. */
const jumping = `
  const Real = Date;
  let away = 0;
  globalThis.Date = class extends Real {
    constructor(...given) { if (given.length) super(...given); else super(Real.now() + away); }
    static now() { return Real.now() + away; }
  };
  process.on('SIGUSR2', () => { away = away ? 0 : ${hour}; });
`;

export const clockJumps: Fault = {
  name: 'clock',
  run: async (run) => [await jumps(run), lawfulNights(run)],
};

async function jumps(run: Run): Promise<Row> {
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(jumping)}` };
  const stage = await openStage({ say: run.say, env });
  const chance = dice(run.seed);
  stage.answer(technicians(chance));
  const crowd = new Crowd(stage, chance);
  const tries = times(run, 20, 2);
  try {
    const coming = crowd.comes(1.5);
    for (let nth = 1; nth <= 2 * tries; nth++) {
      await wait(chance.between(3000, 8000));
      process.kill(stage.house.server.pid, 'SIGUSR2');
    }
    await wait(5000);
    crowd.stops();
    await coming;
    await crowd.allGone();
    // The path of a call is written in the server's time: the silence of a message being recorded cannot be told by it here.
    const told = await account(stage, crowd.callers, { silenceMs: 12_000 });
    const found = row('clock jumps +1 h and -1 h', 2 * tries, told, 0, 'calls go on, timers sane', true);
    delete found.seconds;
    return found;
  } finally {
    crowd.stops();
    await stage.stop();
  }
}

/** Every minute of the days around each change of the clocks, on the example plannings that leave nobody out. */
function lawfulNights(run: Run): Row {
  const set = examples();
  const whole = [...set.plannings.keys()].filter((id) => onCallAlways(set, id));
  const years = times(run, 20, 2);
  const nights = Array.from({ length: years }, (_, nth) => [
    lastSunday(2026 + nth, 2),
    lastSunday(2026 + nth, 9),
  ]).flat();
  const minutes = nights.flatMap((night) =>
    Array.from({ length: 72 * 60 }, (_, nth) => night - 36 * hour + nth * 60_000),
  );
  const holes = whole.flatMap((id) => minutes.flatMap((at) => wrongAt(set, id, at)));
  return {
    fault: 'nights on which clocks change',
    tries: years * 2,
    callers: 0,
    lost: 0,
    silent: 0,
    goal: 'no hole, nobody twice',
    faults: [],
    holds: holes.length === 0 && whole.length > 0,
    seen: [`${minutes.length} minutes asked on each of ${whole.join(', ')}`],
    notes: holes,
  };
}

function wrongAt(set: PlanningSet, id: string, at: number): string[] {
  const names = onCall(set, id, at).people.map(({ person }) => person);
  const when = `on ${id} at ${new Date(at).toISOString()}`;
  if (names.length === 0) return [`nobody ${when}`];
  return new Set(names).size < names.length ? [`somebody twice ${when}`] : [];
}

function examples(): PlanningSet {
  const files = readdirSync('plannings').filter((name) => name.endsWith('.yaml'));
  const read = readPlannings(files.map((file) => ({ file, text: readFileSync(`plannings/${file}`, 'utf8') })));
  if (!read.ok) throw new Error(read.problems[0]?.message);
  return read.value;
}

/** Somebody at each hour of an ordinary fortnight. */
function onCallAlways(set: PlanningSet, id: string): boolean {
  const from = Date.UTC(2026, 5, 1);
  return Array.from({ length: 14 * 24 }, (_, nth) => onCall(set, id, from + nth * hour)).every(
    ({ people }) => people.length > 0,
  );
}

const lastSunday = (year: number, month: number): number => {
  const last = new Date(Date.UTC(year, month + 1, 0, 1));
  return last.getTime() - last.getUTCDay() * 24 * hour;
};
