// The caller rings off in the instant in which the technician's key answers them: both are just being joined.
import { EventEmitter, once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { edit } from '../line/scene.ts';
import { patienceMs } from '../waiting.ts';
import { account } from './account.ts';
import type { Caller } from './crowd.ts';
import { type Dice, dice, type Fault, times } from './fault.ts';
import { row } from './kills.ts';
import { directLine, openStage, type Stage, within } from './stage.ts';

/** From the answer to the caller's BYE. */
const longestMs = 5;
/** Calls at once. */
const atOnce = 4;

export const hasty: Fault = {
  name: 'hasty-bye',
  run: async (run) => {
    const answered = new EventEmitter();
    const stage = await openStage({
      say: run.say,
      callers: { answered: ({ id }) => answered.emit(id), ended: ({ id }) => answered.emit(id) },
      env: { VIGIE_LOG: 'warn', VIGIE_LISTEN_MS: '0' },
      phones: () => ({ presses: '1', mute: true }),
      prepare: ({ flows }) =>
        edit(join(flows, 'direct.yaml'), (text) => text.replace('kind: dial\n', 'kind: dial\n    wait: ringing\n')),
    });
    const chance = dice(run.seed);
    const count = times(run, 5000, 20);
    const callers: Caller[] = [];
    const one = async () => {
      while (callers.length < count) {
        const caller = ringsOffAtOnce(stage, answered, chance, callers.length);
        callers.push(caller);
        if (callers.length % 500 === 0) run.say(`${callers.length} calls`);
        await caller.done;
      }
    };
    try {
      await Promise.all(Array.from({ length: atOnce }, one));
      const told = await account(stage, callers, { silenceMs: 30_000 });
      const spinning = await spinningThreads(stage.house.asterisk().pid);
      const found = row('BYE within 5 ms of the answer', count, told, 0, 'nothing left, no thread spins', true);
      delete found.seconds;
      const faults = [...found.faults, ...spinning];
      const reached = callers.filter(({ call }) => call.answeredAt !== undefined).length;
      found.seen.push(`${reached} were answered`);
      return [{ ...found, faults, notes: [...found.notes, ...spinning], holds: found.holds && spinning.length === 0 }];
    } finally {
      await stage.stop();
    }
  },
};

/** `answered` tells a call's id in the instant in which it is answered, or over. */
function ringsOffAtOnce({ callers }: Stage, answered: EventEmitter, chance: Dice, nth: number): Caller {
  const number = `+33612${String(500_000 + nth)}`;
  const afterMs = chance.between(0, longestMs);
  const call = callers.invite(directLine, number);
  const lives = async () => {
    await once(answered, call.id, { signal: AbortSignal.timeout(patienceMs) });
    const from = call.answeredAt ?? performance.now();
    await until(() => performance.now() - from >= afterMs, longestMs * 2);
    callers.bye(call);
    await within(5000, () => call.endedAt !== undefined || undefined);
  };
  return { number, plan: 'hasty', call, done: lives() };
}

/** Looks at every turn of the loop: a timer is too coarse for a part of a millisecond. */
async function until(holds: () => boolean, ms: number): Promise<void> {
  for (const end = performance.now() + ms; !holds() && performance.now() < end; )
    await new Promise((later) => setImmediate(later));
}

const secondsSpent = (pid: number): Map<string, number> =>
  new Map(
    readdirSync(`/proc/${pid}/task`).map((thread) => {
      const fields = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return [thread, (Number(fields[11]) + Number(fields[12])) / 100];
    }),
  );

/** Nobody calls any more: a thread that still computes most of the time will for ever. */
export async function spinningThreads(pid: number): Promise<string[]> {
  const before = secondsSpent(pid);
  await wait(2000);
  return [...secondsSpent(pid)]
    .filter(([thread, spent]) => spent - (before.get(thread) ?? spent) > 0.5)
    .map(([thread]) => `thread ${thread} of Asterisk spins`);
}
