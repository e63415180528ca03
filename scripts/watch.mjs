#!/usr/bin/env node
// Ends a server that no longer turns: usage `watch.mjs PID|@PIDFILE URL [SECONDS]`. Asks URL once a second; after SECONDS (3) without
// an answer it sends SIGKILL to the process, so that whoever started it starts a successor. Ends when the process does.
// It is a process of its own on purpose: a stuck event loop cannot watch itself. It needs no package.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const usage = 'usage: watch.mjs PID|@PIDFILE URL [SECONDS]';
const [who = '', url = '', given = '3'] = process.argv.slice(2);
const patienceMs = Number(given) * 1000;

const fail = (why) => {
  process.stderr.write(`watch: ${why}; ${usage}\n`);
  process.exit(2);
};

function pidOf(text) {
  try {
    return Number(text.startsWith('@') ? readFileSync(text.slice(1), 'utf8').trim() : text);
  } catch (error) {
    return fail(error.message);
  }
}

const pid = pidOf(who);
if (!Number.isInteger(pid) || pid < 2) fail(`"${who}" names no process`);
if (!URL.canParse(url)) fail(`"${url}" is no address`);
if (!(patienceMs > 0)) fail(`"${given}" is no number of seconds`);

const lives = () => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return error.code === 'EPERM';
  }
};

/** Any answer will do: even a 500 comes from a loop that turns. */
const answers = (withinMs) =>
  fetch(url, { signal: AbortSignal.timeout(withinMs) }).then(
    (response) =>
      response.arrayBuffer().then(
        () => true,
        () => false,
      ),
    () => false,
  );

let silentSince;
// Before its first answer it is still starting: whoever started it has a deadline for that.
let seen = false;
while (lives()) {
  const asked = performance.now();
  if (await answers(patienceMs)) {
    seen = true;
    silentSince = undefined;
  } else {
    silentSince ??= asked;
  }
  const silentMs = silentSince === undefined ? 0 : performance.now() - silentSince;
  if (seen && silentMs >= patienceMs && lives()) {
    process.stderr.write(`watch: process ${pid} has not answered for ${Math.round(silentMs / 1000)} s: it is ended\n`);
    process.kill(pid, 'SIGKILL');
    process.exit(1);
  }
  await sleep(Math.max(0, 1000 - (performance.now() - asked)));
}
