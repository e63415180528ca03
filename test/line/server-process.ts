// The server as a child process: to be killed, stopped, started again.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What opens the HTTP of a line in tests, unless a test has one of its own. */
export const apiToken = 'un-jeton-de-tous-les-essais';

/** It gives itself ten seconds; longer than this it hangs. */
const longestEndMs = 60_000;

/** The server as a child process, with its log kept in a file. */
export class ServerProcess {
  #child: ChildProcess | undefined;
  #spawn: () => ChildProcess;
  #log: string;
  #text = '';
  http = 0;
  #downSince: number | undefined;
  /** The longest that it was away between two lives, s: how fast a machine starts a process is not what tests of calls are about. */
  longestAway = 0;

  constructor(start: () => ChildProcess, log: string) {
    this.#spawn = start;
    this.#log = log;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** What it has logged so far, over all its lives. */
  get log(): string {
    return this.#text;
  }

  /** Resolves when it takes calls. @throws with its log when it ends instead. */
  async start(): Promise<void> {
    const child = this.#spawn();
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString();
      appendFileSync(this.#log, chunk);
    });
    await new Promise<void>((ready, fail) => {
      child.once('exit', (code) => fail(new Error(`the server ended with ${code}: ${this.#text.slice(-4000)}`)));
      if (!child.stdout) throw new Error('the server has no output');
      createInterface(child.stdout).on('line', (line) => {
        if (!line.startsWith('{"ready"')) return;
        this.http = (JSON.parse(line) as { http: number }).http;
        if (this.#downSince !== undefined)
          this.longestAway = Math.max(this.longestAway, (performance.now() - this.#downSince) / 1000);
        this.#downSince = undefined;
        ready();
      });
    });
  }

  /** kill -9 (or another signal); resolves when it is gone, or at once for SIGSTOP and SIGCONT. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    if (signal !== 'SIGCONT') this.#downSince ??= performance.now();
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return;
    const late = setTimeout(() => child.kill('SIGABRT'), longestEndMs);
    const [, by] = (await gone) as [number | null, string | null];
    clearTimeout(late);
    if (by === 'SIGABRT') throw new Error(`the server did not end after ${signal}: ${this.#text.slice(-4000)}`);
  }

  stop = (): Promise<void> => this.kill('SIGTERM');
}
