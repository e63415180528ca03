// `make test`: every compiled test file in a process of its own, a line each as it ends, what failed in full, one closing line.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join, relative } from 'node:path';
import { Parser, type TapError } from 'tap-parser';

/** A file that takes longer hangs: it is ended, and counts as failed. On a machine with more to do than it can, all files take longer. */
const longestMs = (): number => 300_000 * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
const root = 'build/test';
const began = performance.now();

type Outcome = { file: string; pass: number; fail: number; skip: number; ms: number; failures: string[] };

/**
 * Files with a real telephone network, apart from those that only compute. Each moves sound in real time through two Asterisks:
 * with more of them at once than cores, packets come late, and a listener no longer knows what was said.
 */
const onTheWire = (file: string): boolean =>
  /^(line|network|networks\/(asterisk|twilio)|faults)\//.test(relative(root, file));

function testFiles(filter: readonly string[]): string[] {
  const all = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.js'));
  return all
    .filter((name) => filter.length === 0 || filter.some((part) => name.includes(part)))
    .sort()
    .map((name) => join(root, name));
}

function run(file: string): Promise<Outcome> {
  const started = performance.now();
  return new Promise((done) => {
    const child = spawn(process.execPath, ['--enable-source-maps', file], {
      env: { ...process.env, TAP_TIMEOUT: String(longestMs() / 1000) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-6000);
    });
    const hung = setInterval(() => {
      if (performance.now() - started > longestMs() + 10_000) child.kill('SIGKILL');
    }, 10_000);
    const outcome: Outcome = {
      file: relative(root, file).replace(/\.js$/, ''),
      pass: 0,
      fail: 0,
      skip: 0,
      ms: 0,
      failures: [],
    };
    const parser = new Parser();
    child.stdout.pipe(parser);
    watch(parser, outcome, []);
    child.once('close', (code, signal) => {
      clearInterval(hung);
      outcome.ms = performance.now() - started;
      if (code !== 0 && outcome.fail === 0) {
        outcome.fail++;
        outcome.failures.push(`the file ended with ${signal ?? code}\n${said}`);
      }
      if (outcome.pass + outcome.fail === 0) {
        outcome.failures.push('no test was run');
        outcome.fail++;
      }
      done(outcome);
    });
  });
}

/** Counts the leaves: an assertion is counted once, however deep its tests are nested. */
function watch(parser: Parser, outcome: Outcome, names: string[]): void {
  let nested = 0;
  parser.on('child', (child: Parser) => {
    nested++;
    watch(child, outcome, [...names, child.name]);
  });
  parser.on('assert', (result) => {
    if (nested > 0) {
      nested--;
      return;
    }
    if (result.skip || result.todo) outcome.skip++;
    else if (result.ok) outcome.pass++;
    else {
      outcome.fail++;
      outcome.failures.push(`${[...names, result.name].join(' > ')}\n${detail(result as TapError)}`);
    }
  });
}

const detail = ({ diag }: TapError): string => {
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
};

function report(outcome: Outcome): void {
  const { file, pass, fail, skip, ms, failures } = outcome;
  process.stdout.write(
    `${fail > 0 ? 'FAIL' : 'ok  '}  ${file.padEnd(40)} ${String(pass).padStart(5)} passed${fail ? `, ${fail} failed` : ''}${skip ? `, ${skip} skipped` : ''}  ${(ms / 1000).toFixed(1)} s\n`,
  );
  for (const failure of failures) process.stdout.write(`  ${failure}\n`);
}

async function all(files: string[]): Promise<Outcome[]> {
  const queue = [...files];
  const outcomes: Outcome[] = [];
  const worker = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const outcome = await run(file);
      report(outcome);
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return outcomes;
}

const files = testFiles(process.argv.slice(2));
const outcomes: Outcome[] = [];
for (const some of [files.filter(onTheWire), files.filter((file) => !onTheWire(file))])
  outcomes.push(...(await all(some)));
// Once more at the end, where one looks: a log of a thousand lines is often cut in its middle.
const failed = outcomes.filter(({ fail }) => fail > 0);
if (failed.length > 0) process.stdout.write('\n');
failed.forEach(report);
const total = (what: 'pass' | 'fail' | 'skip') => outcomes.reduce((sum, outcome) => sum + outcome[what], 0);
process.stdout.write(
  `${files.length} files in ${((performance.now() - began) / 1000).toFixed(0)} s\n${total('pass')} passed, ${total('fail')} failed, ${total('skip')} skipped\n`,
);
process.exitCode = total('fail') > 0 || files.length === 0 ? 1 : 0;
