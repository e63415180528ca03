// An Asterisk in the foreground under our hand: started, waited for until ARI answers, and ended by its pid.
// It knows nothing of what the configuration holds.
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { bad, good, type Problem, type Result } from '../../../server/base/result.ts';
import { type AriAccess, probe } from '../../../server/networks/asterisk/ari/probe.ts';

export type ProcessOptions = {
  /** The program, or a launcher that ends in `exec`. */
  binary: string;
  /** Full path of the asterisk.conf that names every other folder. */
  configFile: string;
  ari: AriAccess;
  /** The longest it may take until ARI answers; 20 s unless said otherwise. */
  deadlineMs?: number;
  env?: NodeJS.ProcessEnv;
};

export type AsteriskProcess = {
  pid: number;
  /** Resolves once the process is gone, whoever ended it. */
  exited: Promise<{ code: number | null; signal: string | null }>;
  /** SIGTERM, then SIGKILL after `graceMs` (3 s unless said otherwise). Resolves when it is gone. */
  stop(graceMs?: number): Promise<void>;
  /** The last lines it printed. */
  lastLines(): string[];
};

/** Starts Asterisk and waits until ARI answers. The problem names the program and quotes its last lines. */
export async function startAsterisk(options: ProcessOptions): Promise<Result<AsteriskProcess>> {
  const child = spawn(options.binary, ['-f', '-C', options.configFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TERM: 'dumb', ...options.env },
  });
  const lines = tailOf(child, 15);
  const spawnFailed = new Promise<string>((resolve) => child.once('error', (error) => resolve(error.message)));
  if (child.pid === undefined) {
    return bad(notStarted(options, `cannot be run: ${await spawnFailed}`, 'install it with scripts/get-asterisk.sh'));
  }
  const running = handleOf(child, child.pid, lines);
  const failure = await ariAnswers(options, running);
  if (!failure) return good(running);
  await running.stop();
  return bad(notStarted(options, failure, lines.slice(-5).join(' | ') || 'it printed nothing'));
}

const notStarted = (options: ProcessOptions, what: string, hint: string): Problem => ({
  file: options.binary,
  message: `Asterisk ${what}`,
  hint,
});

/** Asks ARI until it answers; the sentence that says why it never will, otherwise. */
async function ariAnswers(options: ProcessOptions, running: AsteriskProcess): Promise<string | undefined> {
  const deadlineMs = options.deadlineMs ?? 20_000;
  const end = Date.now() + deadlineMs;
  const exit: { status?: string } = {};
  void running.exited.then(({ code, signal }) => {
    exit.status = signal ?? `status ${code}`;
  });
  while (Date.now() < end) {
    const answer = await probe(options.ari, 1000);
    if (exit.status) return `ended by itself (${exit.status}) before ARI answered`;
    if (answer.ok) return undefined;
    if (answer.never) return `answers, but cannot be used: ${answer.problem.message}`;
    await wait(50);
  }
  return `did not answer on ${options.ari.url} within ${deadlineMs / 1000} s`;
}

function handleOf(child: ChildProcess, pid: number, lines: string[]): AsteriskProcess {
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  const stop = async (graceMs = 3000) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    // A stopped process (SIGSTOP) hears SIGTERM only once it goes on.
    child.kill('SIGCONT');
    const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await exited;
    clearTimeout(kill);
  };
  return { pid, exited, stop, lastLines: () => [...lines] };
}

function tailOf(child: ChildProcess, most: number): string[] {
  const lines: string[] = [];
  const take = (chunk: Buffer) => {
    lines.push(
      ...chunk
        .toString('utf8')
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    );
    lines.splice(0, Math.max(0, lines.length - most));
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  return lines;
}
