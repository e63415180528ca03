// Asterisk no longer turns, and holds its sockets: all of it, the thread of one caller, or a thread of which nobody knows what hangs on it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { account } from './account.ts';
import { type Caller, Crowd } from './crowd.ts';
import { type Dice, dice, type Fault, type Row, type Run, times } from './fault.ts';
import { channelThreads, freeze } from './freeze.ts';
import { row, untilServed } from './kills.ts';
import { directLine, openStage, type Stage, within } from './stage.ts';

const goalSeconds = 20;

/** Stops something of Asterisk. @returns what lets it go on, where it still lives then */
type Seize = (stage: Stage, chance: Dice) => Promise<() => void> | (() => void);

const whole: Seize = ({ house }) => {
  process.kill(house.asterisk().pid, 'SIGSTOP');
  return () => {};
};
const binaryOf = ({ dir }: Stage) => ({
  binary: resolve('.asterisk/asterisk'),
  configFile: join(dir, 'etc', 'asterisk.conf'),
});
const ofACaller: Seize = (stage) => freeze(channelThreads(binaryOf(stage)).slice(-1));
const byChance: Seize = ({ house }, chance) => freeze([chance.one(readdirSync(`/proc/${house.asterisk().pid}/task`))]);

export const asteriskStuck: Fault = {
  name: 'asterisk-stuck',
  run: async (run) => [
    await stuck(run, 'Asterisk stuck (SIGSTOP), sockets open', whole, 10),
    await stuck(run, "the thread of one caller's channel stuck", ofACaller, 10),
    await stuck(run, 'one thread of Asterisk stuck, by chance', byChance, 20),
  ],
};

/** The whole of it, once: for the tests. */
export const stuckOnce: Fault = {
  name: 'asterisk-stuck',
  run: async (run) => [await stuck(run, 'Asterisk stuck (SIGSTOP), sockets open', whole, 1)],
};

async function stuck(run: Run, fault: string, seize: Seize, count: number): Promise<Row> {
  const stage = await openStage({ say: run.say, env: { VIGIE_LISTEN_MS: '0' } });
  const chance = dice(run.seed);
  const crowd = new Crowd(stage, chance);
  const tries = times(run, count);
  const spells: Spell[] = [];
  try {
    for (let nth = 1; nth <= tries; nth++) {
      spells.push(await spell(stage, crowd, chance, seize));
      run.say(`${fault}: ${nth} times, ${spells.at(-1)?.seconds.toFixed(1)} s`);
    }
    await crowd.allGone();
    const wasThere = ({ call }: Caller) =>
      spells.some(({ from, until }) => call.at < until && (call.endedAt ?? Number.POSITIVE_INFINITY) >= from);
    // What Asterisk had not yet told anybody is known to nobody: such a caller has no call on our side.
    const known = crowd.callers.filter(
      ({ call, ...caller }) =>
        call.ringingAt !== undefined || call.answeredAt !== undefined || !wasThere({ call, ...caller }),
    );
    const told = await account(stage, known, { silenceMs: 5000, mayBeLost: wasThere });
    const seconds = Math.max(...spells.map((one) => one.seconds));
    const untold = spells.flatMap(({ talked }) => talked).filter(({ number }) => !isLostAndAlerted(stage, number));
    const found = row(fault, tries, told, seconds, `served again <= ${goalSeconds} s`, seconds <= goalSeconds);
    const ended = spells.filter((one) => one.ended).length;
    found.seen.push(
      `Asterisk was ended ${ended} times; seconds: from the first silence until a caller hears something`,
    );
    const faults = [
      ...found.faults,
      ...untold.map(({ number }) => `${number} was cut off while talking, and nobody was told`),
    ];
    return { ...found, faults, notes: [...found.notes, ...faults], holds: found.holds && untold.length === 0 };
  } finally {
    crowd.stops();
    await stage.stop();
  }
}

type Spell = {
  from: number;
  until: number;
  seconds: number;
  /** The watchdog ended Asterisk. */
  ended: boolean;
  /** Who talked then, where Asterisk was ended under them. */
  talked: Caller[];
};

async function spell(stage: Stage, crowd: Crowd, chance: Dice, seize: Seize): Promise<Spell> {
  const watchman = watchOver(stage);
  const inside = [crowd.rings('patient', directLine), crowd.rings('no keys')];
  await within(15_000, () => inside[0]?.call.heard.markedAt !== undefined || undefined);
  const talked = inside.filter(({ call }) => call.heard.markedAt !== undefined && call.endedAt === undefined);
  const from = performance.now();
  const letGo = await seize(stage, chance);
  const dead = once(watchman, 'exit').then(() => true);
  // Who rings in the first second may still be served by threads that go on: what hangs shows later.
  const still = await Promise.race([dead, wait(goalSeconds * 1000).then(() => false)]);
  if (still) await startsAgain(stage);
  else watchman.kill();
  const seconds = await untilServed(crowd, from);
  letGo();
  const until = performance.now();
  return { from, until, seconds: still ? seconds : seconds - goalSeconds, ended: still, talked: still ? talked : [] };
}

async function startsAgain({ house, callers, carriers }: Stage): Promise<void> {
  await house.asterisk().exited;
  for (const peer of [callers, carriers.a, carriers.b]) peer.forget();
  await house.startAsterisk();
}

/** scripts/watch.mjs, as beside a real line. */
function watchOver({ house }: Stage) {
  const { VIGIE_ARI_URL: url, VIGIE_ASTERISK_RUN: run = '' } = house.env;
  const options = [String(house.asterisk().pid), `${url}/ari/asterisk/ping`, '10', join(run, 'asterisk.silent')];
  return spawn(process.execPath, ['scripts/watch.mjs', ...options], {
    stdio: ['ignore', 'ignore', process.env.KEEP ? 'inherit' : 'ignore'],
  });
}

/** On record as lost, and somebody was told. */
function isLostAndAlerted({ dir }: Stage, number: string): boolean {
  const db = new Database(join(dir, 'var', 'vigie.db'), { readonly: true });
  try {
    const one =
      "SELECT count(*) FROM calls JOIN alerts_raised ON alerts_raised.call = calls.id WHERE caller = ? AND outcome = 'lost'";
    return (db.prepare(one).pluck().get(number) as number) > 0;
  } finally {
    db.close();
  }
}
