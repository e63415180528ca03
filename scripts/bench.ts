// `make bench [ONLY=…]`: measures, prints a table, writes var/bench.json. One measurement at a time.
import { mkdirSync, writeFileSync } from 'node:fs';
import { alertBench } from '../test/bench/alerts.ts';
import { commandBench, startBench } from '../test/bench/cli.ts';
import { load, measureLatency, memoryOf, openStage } from '../test/bench/line.ts';
import { planningBench } from '../test/bench/planning.ts';
import { type Row, row } from '../test/bench/rows.ts';
import { twilioBench } from '../test/bench/twilio.ts';
import { voicemailBench } from '../test/bench/voicemail.ts';
import { voicemailLineBench } from '../test/bench/voicemail-line.ts';

const began = performance.now();
const say = (text: string): void =>
  void process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);

/** Rates tried one after the other; the last one without a failed call counts. */
const rates = [25, 50, 75, 100, 125, 150];

async function lineBench(): Promise<Row[]> {
  const stage = await openStage(say);
  try {
    const idle = memoryOf(stage.house);
    say('caller INVITE to technician INVITE, 300 calls of each kind');
    const rows = await measureLatency(stage, 300);
    let sustained = 0;
    let placed = 0;
    for (const rate of rates) {
      const result = await load(stage, rate, 10, 2000);
      placed += result.placed;
      say(`${rate} calls/s for 10 s: ${result.joined} of ${result.placed} joined`);
      if (result.failed > 0) break;
      sustained = rate;
    }
    while (placed < 5000) {
      const result = await load(stage, Math.max(25, Math.floor(sustained / 2)), 10, 200);
      placed += result.placed;
      say(`${placed} calls so far`);
    }
    return [
      ...rows,
      row(
        'calls per second sustained without a failed call (2 s calls)',
        sustained,
        'calls/s',
        '>= 100',
        (value) => value >= 100,
      ),
      row('memory of the server at idle', idle, 'MB'),
      row(`memory of the server after ${placed} calls`, memoryOf(stage.house), 'MB'),
    ];
  } finally {
    await stage.stop();
  }
}

async function cliBench(): Promise<Row[]> {
  const rows = await commandBench();
  const stage = await openStage(say);
  try {
    return [...rows, ...(await startBench(stage))];
  } finally {
    await stage.stop();
  }
}

const benches: Record<string, () => Promise<Row[]>> = {
  cli: cliBench,
  planning: () => planningBench(),
  voicemail: () => voicemailBench(),
  alerts: () => alertBench(),
  line: lineBench,
  'voicemail-line': () => voicemailLineBench(say),
  twilio: () => twilioBench(),
};

function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .map(
      ({ name, value, unit, goal, holds }) =>
        `${name.padEnd(width)}  ${String(value).padStart(10)} ${unit.padEnd(8)} ${goal.padEnd(10)} ${goal ? (holds ? 'holds' : 'FALLS SHORT') : ''}`,
    )
    .join('\n');
}

const only = process.env.ONLY?.split(',').filter(Boolean) ?? [];
const rows: Row[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (only.length > 0 && !only.includes(name)) continue;
  say(`bench: ${name}`);
  rows.push(...(await bench()));
}
mkdirSync('var', { recursive: true });
writeFileSync('var/bench.json', `${JSON.stringify(rows, null, 2)}\n`);
process.stdout.write(`${table(rows)}\n`);
process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1;
