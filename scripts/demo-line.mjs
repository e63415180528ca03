// The line that `make run` has started in this checkout: where it keeps its things, for the commands that are typed beside it.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('..', import.meta.url));
/** Written by scripts/demo.ts once it runs, taken away when it ends: its process, the port of `make call`, its settings. */
const demoFile = resolve(checkout, process.env.DEMO_DIR ?? 'var/run', 'demo.json');

/** @returns what the demo wrote, unless none runs here (one that was killed leaves its file behind) */
export function runningDemo(file = demoFile) {
  const demo = read(file);
  return demo && lives(demo.pid) ? demo : undefined;
}

/**
 * The settings with which a command runs: its own where there are any, else those of the demo that runs here.
 * A line of its own is started with its own settings.
 */
export function settingsFor(command, env, demo = runningDemo()) {
  const own = Object.keys(env).some((name) => /^(VIGIE_|TWILIO_|CARRIER$)/.test(name));
  if (own || !demo || command === 'serve' || command === 'asterisk') return { env, ofDemo: false };
  return { env: { ...env, ...demo.env }, ofDemo: true };
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function lives(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
