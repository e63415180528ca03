// How long a person waits for a command, beside the least that Node itself takes; and how long a line is away when its server starts anew.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../server/store/store.ts';
import { type Stage, untilInvited } from './line.ts';
import { percentile, type Row, row } from './rows.ts';

const times = 10;
const commands: [args: string[], mostMs: number, mostRatio: number][] = [
  [['help'], 150, 3],
  [['who', 'ascenseurs-idf'], 400, 9],
  [['calls'], 400, 9],
  [['check'], 400, 9],
];

async function took(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return performance.now() - began;
}

/** Medians; Node alone and the commands in turns, so that the machine's mood falls on all alike. */
export async function commandBench(): Promise<Row[]> {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bench-cli-'));
  try {
    const env = { ...process.env, VIGIE_VAR: dir };
    const made = openStore(join(dir, 'vigie.db'));
    if (!made.ok) throw new Error(made.problems[0]?.message);
    made.value.close();
    const bare: number[] = [];
    const each = commands.map((): number[] => []);
    for (let round = 0; round < times; round++) {
      bare.push(await took(['-e', '0'], env));
      for (const [index, [args]] of commands.entries())
        each[index]?.push(await took(['scripts/vigie.mjs', ...args], env));
    }
    const node = percentile(bare, 50);
    const rows = commands.flatMap(([args, mostMs, mostRatio], index) => {
      const ms = percentile(each[index] ?? [], 50);
      const name = `vigie ${args.join(' ')}`;
      return [
        row(name, ms, 'ms', `<= ${mostMs}`, (value) => value <= mostMs),
        row(`${name} / node -e 0`, ms / node, 'x', `<= ${mostRatio}`, (value) => value <= mostRatio),
      ];
    });
    return [row('node -e 0', node, 'ms'), ...rows];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** From the server's process to the technician's INVITE of the first call, its prompts spoken and Asterisk up. */
export async function startBench(stage: Stage): Promise<Row[]> {
  const all: number[] = [];
  for (let round = 0; round < 5; round++) {
    await stage.house.server.stop();
    const began = performance.now();
    await stage.house.server.start();
    const call = await untilInvited(stage);
    all.push(performance.now() - began);
    stage.callers.bye(call);
  }
  const most = 1000;
  return [row('server start to the first call served', percentile(all, 50), 'ms', `<= ${most}`, (ms) => ms <= most)];
}
