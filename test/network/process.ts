// Starts the network's Asterisk as a child of ours and ends it by its process id. Knows the folder, not what is in its files.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { patienceMs } from '../waiting.ts';

/** What scripts/get-asterisk.sh leaves behind, with absolute paths. */
export type AsteriskHome = {
  version: string;
  binary: string;
  modules: string;
  data: string;
  available: ReadonlySet<string>;
};

/** @throws with the mend when there is none. */
export function findAsterisk(dir = resolve('.asterisk')): AsteriskHome {
  const file = join(dir, 'home.json');
  if (!existsSync(file)) throw new Error(`no Asterisk in ${dir}: run scripts/get-asterisk.sh`);
  const home = JSON.parse(readFileSync(file, 'utf8')) as Record<'version' | 'binary' | 'modules' | 'data', string>;
  const modules = resolve(dir, home.modules);
  const available = new Set(readdirSync(modules).map((name) => name.replace(/\.so$/, '')));
  return {
    version: home.version,
    binary: resolve(dir, home.binary),
    modules,
    data: resolve(dir, home.data),
    available,
  };
}

export type Running = { pid: number; stop(): Promise<void> };

/** A short folder for the control socket: its path may hold 108 characters at most. */
export const runFolder = () => mkdtempSync(join(tmpdir(), 'vn-'));

/**
 * Writes `files` to dir/etc, starts Asterisk in the foreground and waits until `ready` says so.
 * @throws with the last lines of its log when it ends, or is not ready in time.
 */
export async function startAsterisk(
  home: AsteriskHome,
  { dir, run, files }: { dir: string; run: string; files: Record<string, string> },
  ready: () => Promise<boolean>,
): Promise<Running> {
  for (const part of ['etc', 'lib', 'log', 'spool']) mkdirSync(join(dir, part), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, 'etc', name), text);
  const child = spawn(home.binary, ['-f', '-C', join(dir, 'etc', 'asterisk.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // Whatever ends this process ends Asterisk too.
  const last = () => child.kill('SIGKILL');
  process.once('exit', last);
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said = (said + text.toString()).slice(-4000);
  });
  let over = false;
  const ended = new Promise<void>((done) => {
    child.once('error', (error) => {
      said += error.message;
      over = true;
      done();
    });
    child.once('exit', () => {
      over = true;
      done();
    });
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), 3000);
    await ended;
    clearTimeout(hard);
    process.off('exit', last);
    rmSync(run, { recursive: true, force: true });
  };
  for (const deadline = Date.now() + patienceMs; !(await ready()); ) {
    if (over || Date.now() > deadline) {
      await stop();
      throw new Error(`the network's Asterisk ${over ? 'ended' : 'was not ready in time'}: ${lastLines(dir)}${said}`);
    }
    await new Promise((later) => setTimeout(later, 30));
  }
  return { pid: child.pid ?? 0, stop };
}

function lastLines(dir: string): string {
  const log = join(dir, 'log', 'messages.log');
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-15).join('\n') : '';
}
