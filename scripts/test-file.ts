// Runs one compiled test file in a process of its own and counts what it says (TAP). Knows no other file and no order.
import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { Parser, type TapError } from 'tap-parser';

/** What became of a file. `ms`: how long it took. */
export type Outcome = { file: string; pass: number; fail: number; skip: number; ms: number; failures: string[] };

/** A file that takes longer hangs: it is ended, and counts as failed. Far above what the slowest needs on a machine with much else to do. */
const longestMs = 900_000;
/** tap ends a file that hangs by itself, and says where it stood; this much later it is killed. */
const graceMs = 15_000;

export type How = {
  path: string;
  name: string;
  /** Gives way to the others (nice). */
  background: boolean;
};

export function runFile({ path, name, background }: How): Promise<Outcome> {
  const began = performance.now();
  const child = spawn(process.execPath, ['--enable-source-maps', path], {
    env: { ...process.env, TAP_TIMEOUT: String(longestMs / 1000) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (background && child.pid !== undefined) setPriority(child.pid, 5);
  const outcome: Outcome = { file: name, pass: 0, fail: 0, skip: 0, ms: 0, failures: [] };
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-6000);
  });
  const parser = new Parser();
  child.stdout.pipe(parser);
  count(parser, outcome, []);
  const hung = setTimeout(() => child.kill('SIGKILL'), longestMs + graceMs);
  return new Promise((done) => {
    child.once('close', (code, signal) => {
      clearTimeout(hung);
      outcome.ms = performance.now() - began;
      if (code !== 0 && outcome.fail === 0) failed(outcome, `the file ended with ${signal ?? code}\n${said}`);
      if (outcome.pass + outcome.fail + outcome.skip === 0) failed(outcome, 'no test was run');
      done(outcome);
    });
  });
}

function failed(outcome: Outcome, why: string): void {
  outcome.fail++;
  outcome.failures.push(why);
}

/** Counts the leaves: an assertion is counted once, however deep its tests are nested. */
function count(parser: Parser, outcome: Outcome, names: string[]): void {
  let nested = 0;
  parser.on('child', (child: Parser) => {
    nested++;
    count(child, outcome, [...names, child.name]);
  });
  parser.on('assert', (result) => {
    if (nested > 0) {
      nested--;
      return;
    }
    if (result.skip || result.todo) outcome.skip++;
    else if (result.ok) outcome.pass++;
    else failed(outcome, `${[...names, result.name].join(' > ')}\n${detail(result as TapError)}`);
  });
}

function detail({ diag }: TapError): string {
  const { diff, found, wanted, stack, at } = (diag ?? {}) as Record<string, unknown>;
  const place = at as { fileName?: string; lineNumber?: number } | undefined;
  return [
    diff ?? (found === undefined ? '' : `found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`),
    place ? `at ${place.fileName}:${place.lineNumber}` : '',
    stack ?? '',
  ]
    .filter(Boolean)
    .map((part) => `    ${String(part).replaceAll('\n', '\n    ')}`)
    .join('\n');
}
