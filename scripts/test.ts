// `make test`: every compiled test file in a process of its own, the slowest first; a line each as it ends, what failed in full, one closing line.
// Names as arguments (parts of paths) run those files only. How long each took is kept in var/test-times.json, for the order of the next run.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Outcome, runFile } from './test-file.ts';

const root = 'build/test';
const timesFile = 'var/test-times.json';
const cores = availableParallelism();
const began = performance.now();

/** Files with a real telephone network. Sound takes its time there, and the machine waits: more of them fit on a core than of those that compute. */
const onTheWire = (file: string): boolean => /^(line|network|networks\/(asterisk|twilio)|faults)\//.test(file);
const mostOnTheWire = 2 * cores;
/** Files that compute go on beside them, so many at once, and give way to them: sound that comes late is not understood. */
const mostBeside = Math.ceil(cores / 2);

/** The slowest first, for where none has run yet. */
const knownSlow = [
  ...['line/alerts', 'faults/slice', 'networks/twilio/self-test-faults', 'networks/twilio/self-test', 'line/flows'],
  ...['line/faults', 'networks/twilio/self-test-killed', 'line/listen', 'line/self-test-faults', 'line/call-back'],
  ...['networks/twilio/alerts', 'line/self-test', 'networks/twilio/both', 'line/care', 'line/trunks'],
  ...['networks/twilio/call-back-killed', 'line/voicemail', 'line/states', 'line/hunt', 'networks/twilio/setup'],
  ...['networks/twilio/call-back', 'networks/twilio/hunts', 'networks/twilio/stories', 'networks/asterisk/last-resort'],
  ...['domain/call/rules-together', 'domain/call/rules', 'docs/adding', 'domain/flow/fuzz', 'domain/call/call-back'],
  ...['domain/call/mutants'],
];

/** Milliseconds that each file took when it last ran. */
function lastTimes(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(timesFile, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}

function testFiles(parts: readonly string[], times: Record<string, number>): string[] {
  const slowFirst = (file: string) => times[file] ?? (knownSlow.includes(file) ? 1e6 - knownSlow.indexOf(file) : 0);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.js'))
    .map((path) => path.replace(/\.test\.js$/, ''))
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
    .sort()
    .sort((one, other) => slowFirst(other) - slowFirst(one));
}

function report({ file, pass, fail, skip, ms, failures }: Outcome): void {
  const counts = [`${String(pass).padStart(5)} passed`, fail && `${fail} failed`, skip && `${skip} skipped`];
  process.stdout.write(
    `${fail > 0 ? 'FAIL' : 'ok  '}  ${file.padEnd(40)} ${counts.filter(Boolean).join(', ')}  ${(ms / 1000).toFixed(1)} s\n`,
  );
  for (const failure of failures) process.stdout.write(`  ${failure}\n`);
}

/** Runs all of them, as many at once as their kinds allow. */
function runAll(files: readonly string[]): Promise<Outcome[]> {
  const wire = { waiting: files.filter(onTheWire), running: 0 };
  const computing = { waiting: files.filter((file) => !onTheWire(file)), running: 0 };
  const outcomes: Outcome[] = [];
  return new Promise((done) => {
    const fill = (queue: typeof wire, most: number) => {
      for (const file of queue.waiting.splice(0, Math.max(0, most - queue.running))) void start(queue, file);
    };
    const fillBoth = () => {
      fill(wire, mostOnTheWire);
      fill(computing, wire.running > 0 ? mostBeside : cores);
    };
    const start = async (queue: typeof wire, file: string) => {
      queue.running++;
      const background = queue === computing && wire.running > 0;
      const outcome = await runFile({ path: join(root, `${file}.test.js`), name: file, background });
      queue.running--;
      report(outcome);
      outcomes.push(outcome);
      fillBoth();
      if (wire.running + computing.running === 0) done(outcomes);
    };
    fillBoth();
    if (files.length === 0) done(outcomes);
  });
}

const times = lastTimes();
const files = testFiles(process.argv.slice(2), times);
const outcomes = await runAll(files);
for (const { file, ms } of outcomes) times[file] = Math.round(ms);
mkdirSync('var', { recursive: true });
writeFileSync(timesFile, `${JSON.stringify(times, null, 2)}\n`);

// Once more at the end, where one looks: a log of a thousand lines is often cut in its middle.
const failed = outcomes.filter(({ fail }) => fail > 0);
if (failed.length > 0) process.stdout.write('\n');
failed.forEach(report);
const total = (what: 'pass' | 'fail' | 'skip') => outcomes.reduce((sum, outcome) => sum + outcome[what], 0);
process.stdout.write(
  `${files.length} files in ${((performance.now() - began) / 1000).toFixed(0)} s\n${total('pass')} passed, ${total('fail')} failed, ${total('skip')} skipped\n`,
);
process.exitCode = total('fail') > 0 || files.length === 0 ? 1 : 0;
