// `npx vigie …` as a person or a script calls it: the compiled program in a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

export type Said = { code: number; out: string; err: string };
export type Limits = {
  /** The largest file it may write, in KiB: what a full disk is to it. */
  fileKiB?: number;
};

/** @returns its exit code and all that it said. */
export async function vigie(env: Record<string, string>, args: readonly string[], limits: Limits = {}): Promise<Said> {
  const program = [process.execPath, resolve('scripts/vigie.mjs'), ...args];
  const limited =
    limits.fileKiB === undefined
      ? program
      : ['bash', '-c', `ulimit -f ${limits.fileKiB}; exec "$@"`, 'bash', ...program];
  const [command = '', ...rest] = limited;
  const child = spawn(command, rest, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...said };
}
