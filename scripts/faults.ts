// `make faults [ONLY=name,…] [SCALE=0.1] [SEED=1]`: injects each fault for real, prints a table, writes var/faults.json; whole runs
// (SCALE=1 and more) also renew their own lines of docs/faults.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Row } from '../test/faults/fault.ts';
import { faults } from '../test/faults/faults.ts';
import { isWhole, merged, type Result, type Results, written } from '../test/faults/results.ts';

const began = performance.now();
const say = (text: string): void =>
  void process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${text}\n`);

const names = faults.map(({ name }) => name);
const only = process.env.ONLY?.split(',').filter(Boolean) ?? [];
const scale = Number(process.env.SCALE || 1);
const seed = Number(process.env.SEED || 1);
if (only.some((name) => !names.includes(name)) || !(scale > 0) || !Number.isInteger(seed)) {
  process.stderr.write(`usage: make faults ONLY=${names.join(',')} SCALE=0.1 SEED=1\n`);
  process.exit(2);
}

const file = 'var/faults.json';
const document = 'docs/faults.md';

/** At once, fault by fault: a long run that is broken off keeps what it found. Another run may have written meanwhile. */
function keep(result: Result): void {
  mkdirSync('var', { recursive: true });
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : {};
  writeFileSync(file, `${JSON.stringify(merged(names, before, [result]), null, 2)}\n`);
  if (!isWhole(result)) return;
  const text = written(readFileSync(document, 'utf8'), names, [result]);
  if (text === undefined) throw new Error(`${document} has lost the markers between which the table stands`);
  writeFileSync(document, text);
}

const results: Result[] = [];
for (const fault of faults) {
  if (only.length > 0 && !only.includes(fault.name)) continue;
  say(`fault: ${fault.name}`);
  const tell = (text: string) => say(`  ${text}`);
  const date = new Date().toISOString().slice(0, 10);
  const result: Result = await fault.run({ scale, seed, say: tell }).then(
    (rows) => ({ name: fault.name, date, scale, seed, rows }),
    (error: Error) => ({ name: fault.name, date, scale, seed, rows: [], broke: error.stack ?? error.message }),
  );
  for (const { seen, notes } of result.rows) for (const note of [...seen, ...notes.slice(0, 20)]) tell(note);
  if (result.broke !== undefined) tell(result.broke);
  results.push(result);
  keep(result);
}

const cells = (row: Row): string[] => [
  ...[row.fault, String(row.tries), String(row.callers), String(row.lost), String(row.silent)],
  ...[row.seconds === undefined ? '' : row.seconds.toFixed(1), row.goal, row.holds ? 'holds' : 'FALLS SHORT'],
];
const broken = results.filter(({ broke }) => broke !== undefined);
const rows = [
  ...results.flatMap((result) => result.rows.map(cells)),
  ...broken.map(({ name }) => [name, '', '', '', '', '', '', 'BROKE OFF']),
];
const lines = [['fault', 'tries', 'callers', 'lost', 'silent', 'seconds', 'goal', ''], ...rows];
const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
const line = (all: string[]) =>
  all
    .map((cell, column) => cell.padEnd(widths[column] ?? 0))
    .join('  ')
    .trimEnd();
process.stdout.write(`${lines.map(line).join('\n')}\n`);
const hold = results.every((result) => result.broke === undefined && result.rows.every(({ holds }) => holds));
process.exitCode = results.length > 0 && hold ? 0 : 1;
