#!/usr/bin/env node
// Ends a process that no longer turns: usage `watch.mjs PID|@PIDFILE URL [SECONDS [NOTE]]`. Asks URL once a second; after SECONDS (3)
// without an answer it writes down what its threads do and sends SIGKILL, so that whoever started it starts a successor. NOTE is a file in
// which somebody else says for how long that process has been silent to them (`{"silentMs": …}`, written anew each second): it may answer
// simple questions and be stuck all the same. Ends when the process does.
// It is a process of its own on purpose: what is stuck cannot watch itself. It needs no package.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const usage = 'usage: watch.mjs PID|@PIDFILE URL [SECONDS [NOTE]]';
const [who = '', url = '', given = '3', note = ''] = process.argv.slice(2);
const patienceMs = Number(given) * 1000;

const say = (text) => process.stderr.write(`watch: ${text}\n`);
const fail = (why) => {
  say(`${why}; ${usage}`);
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

/** A note that is not renewed is nobody's word any more. */
const freshMs = 3000;

/** What the note says; undefined: nothing. */
function noted() {
  try {
    if (!note || Date.now() - statSync(note).mtimeMs > freshMs) return undefined;
    const text = readFileSync(note, 'utf8');
    const { silentMs } = JSON.parse(text);
    return typeof silentMs === 'number' ? { silentMs, text } : undefined;
  } catch {
    // No note, or one that is just being written: the next look will tell.
    return undefined;
  }
}

/** Seconds of processor time, state and place in the kernel of each thread. */
function threads() {
  try {
    const of = (thread, file) => readFileSync(`/proc/${pid}/task/${thread}/${file}`, 'utf8').trim();
    return readdirSync(`/proc/${pid}/task`).map((thread) => {
      const [state, ...fields] = of(thread, 'stat').split(') ').at(-1).split(' ');
      return {
        thread,
        name: of(thread, 'comm'),
        state,
        ticks: Number(fields[10]) + Number(fields[11]),
        at: of(thread, 'wchan'),
      };
    });
  } catch (error) {
    say(`its threads cannot be read (${error.message})`);
    return [];
  }
}

/** Whoever looks into it later finds who computed without end, and where everybody else waited. */
async function writeDown() {
  const before = new Map(threads().map(({ thread, ticks }) => [thread, ticks]));
  await sleep(200);
  const all = threads();
  say(`the ${all.length} threads of process ${pid}:`);
  for (const { thread, name, state, ticks, at } of all) {
    const spins = ticks - (before.get(thread) ?? ticks) > 10 ? ', computing' : '';
    say(`  ${thread} ${name} ${state} ${at} ${ticks} ticks${spins}`);
  }
  const said = noted();
  if (said) say(`  noted by whom it is silent to: ${said.text}`);
}

async function end(why) {
  await writeDown();
  if (!lives()) return;
  say(`process ${pid} ${why}: it is ended`);
  process.kill(pid, 'SIGKILL');
  process.exit(1);
}

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
  if (seen && silentMs >= patienceMs) await end(`has not answered for ${Math.round(silentMs / 1000)} s`);
  const said = noted();
  if (said && said.silentMs >= patienceMs)
    await end(`has been silent to its server for ${Math.round(said.silentMs / 1000)} s`);
  await sleep(Math.max(0, 1000 - (performance.now() - asked)));
}
