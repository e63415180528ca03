// `make faults [ONLY=name,…] [SCALE=0.1] [SEED=1]`: injects each fault for real, prints a table, writes var/faults.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Row } from '../test/faults/fault.ts';
import { faults } from '../test/faults/faults.ts';

const began = performance.now();
const say = (text: string): void =>
  void process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${text}\n`);

const only = process.env.ONLY?.split(',').filter(Boolean) ?? [];
const scale = Number(process.env.SCALE || 1);
const seed = Number(process.env.SEED || 1);
const unknown = only.filter((name) => !faults.some((fault) => fault.name === name));
if (unknown.length > 0 || !(scale > 0) || !Number.isInteger(seed)) {
  const names = faults.map(({ name }) => name).join(',');
  process.stderr.write(`usage: make faults ONLY=${names} SCALE=0.1 SEED=1\n`);
  process.exit(2);
}

const rows: (Row & { name: string; scale: number })[] = [];
for (const fault of faults) {
  if (only.length > 0 && !only.includes(fault.name)) continue;
  say(`fault: ${fault.name}`);
  const tell = (text: string) => say(`  ${text}`);
  const found = await fault.run({ scale, seed, say: tell }).catch((error: Error): Row[] => [
    {
      fault: fault.name,
      tries: 0,
      callers: 0,
      lost: 0,
      silent: 0,
      goal: '',
      holds: false,
      faults: [],
      notes: [error.stack ?? error.message],
    },
  ]);
  for (const row of found) {
    rows.push({ name: fault.name, scale, ...row });
    for (const note of row.notes.slice(0, 20)) tell(note);
  }
  mkdirSync('var', { recursive: true });
  writeFileSync('var/faults.json', `${JSON.stringify(rows, null, 2)}\n`);
}

const cells = (row: Row): string[] => [
  ...[row.fault, String(row.tries), String(row.callers), String(row.lost), String(row.silent)],
  ...[row.seconds === undefined ? '' : row.seconds.toFixed(1), row.goal, row.holds ? 'holds' : 'FALLS SHORT'],
];
const lines = [['fault', 'tries', 'callers', 'lost', 'silent', 'seconds', 'goal', ''], ...rows.map(cells)];
const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
const line = (all: string[]) =>
  all
    .map((cell, column) => cell.padEnd(widths[column] ?? 0))
    .join('  ')
    .trimEnd();
process.stdout.write(`${lines.map(line).join('\n')}\n`);
process.exitCode = rows.length > 0 && rows.every(({ holds }) => holds) ? 0 : 1;
