// `vigie serve` and `vigie asterisk`: the line as a process, and the configuration that it writes for Asterisk.
import { existsSync } from 'node:fs';
import { type Built, build, writeAsterisk } from '../app/build.ts';
import { serve as start } from '../app/main.ts';
import type { Settings } from '../app/settings.ts';
import { openLog } from '../base/log.ts';
import { type Run, terminal } from './command.ts';
import { told } from './usage.ts';

/** Well within the time that systemd gives. A record that does not reach the ledger in it waits in the journal for the next start. */
const graceMs = 10_000;

export type ServeIo = {
  out: (text: string) => void;
  err: (text: string) => void;
  env: Record<string, string | undefined>;
};

/** Serves until SIGTERM or SIGINT. Says `ready` on stdout, as one JSON line, once calls are taken. */
export async function serve(settings: Settings, io: ServeIo): Promise<0 | 1> {
  const built = await prepare(settings, io);
  if (!built) return 1;
  const server = await start(built);
  if (!server.ok) return told(io, server.problems);
  // Who reads that it is ready may tell it to stop in the same instant.
  const toldToStop = new Promise<void>((done) => {
    process.once('SIGTERM', () => done());
    process.once('SIGINT', () => done());
  });
  const { port = null, alivePort: alive = null, config } = server.value;
  io.out(JSON.stringify({ ready: true, http: port, alive, flows: config.flows().version }));
  await toldToStop;
  endAnyway(built);
  await server.value.stop();
  return 0;
}

/** A restart must not wait for whatever does not end: calls live on at the carrier, and all of them are saved. */
function endAnyway({ log }: Built): void {
  setTimeout(() => {
    log.error({ still: process.getActiveResourcesInfo() }, `not stopped after ${graceMs / 1000} s: ended`);
    process.exit(1);
  }, graceMs).unref();
}

/** Writes the configuration and ends. */
export async function asterisk(settings: Settings, io: ServeIo): Promise<0 | 1 | 2> {
  if (!settings.asterisk) {
    io.err('vigie asterisk: set VIGIE_ASTERISK_ETC to the folder that the configuration goes into');
    return 2;
  }
  const built = await prepare(settings, io);
  if (!built) return 1;
  const written = await writeAsterisk(built);
  built.prompts.close();
  built.store.close();
  return written.ok ? 0 : told(io, written.problems);
}

async function prepare(settings: Settings, io: ServeIo): Promise<Built | undefined> {
  if (!existsSync(settings.flows))
    io.err(`vigie: there is no folder ${settings.flows}; run vigie from the checkout, or set VIGIE_ROOT`);
  const built = await build(settings, io.env, openLog(settings.log), slowly(io.err));
  if (built.ok) return built.value;
  told(io, built.problems);
  return undefined;
}

/** Speaking every prompt takes a while the first time: said every two seconds, and not at all when nothing is missing. */
export function slowly(
  say: (text: string) => void,
  now: () => number = Date.now,
): (done: number, total: number) => void {
  let due = now() + 2000;
  return (done, total) => {
    if (now() < due || done === total) return;
    due = now() + 2000;
    say(`speaking the prompts: ${done} of ${total}`);
  };
}

export const runServe: Run = (_args, settings, env) => serve(settings, { ...terminal, env });
export const runAsterisk: Run = (_args, settings, env) => asterisk(settings, { ...terminal, env });
