// What a voicemail costs the caller, on the whole line: the same greetings with nobody listening and with the detector, and what listening costs.
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { after, pcm, silence, tone, voice } from '../domain/voicemail/sounds.ts';
import { type Line, startLine } from '../line/line.ts';
import { voicemailHouse } from '../line/voicemail-house.ts';
import type { Phone } from '../network/phone.ts';
import { percentile, type Row, row } from './rows.ts';

/** Seconds of greeting; every other one ends with a beep. */
const greetings = [3, 5, 7, 9, 12, 15, 20, 6];
const silent = 12;
const people = [...greetings, ...Array(silent).fill(0)].map((_, index) => `p${index}`);
const stories = people.map((person, index) => ({ line: String(5000 + index), people: [person] }));
const listenedMs = 12_000;
/** USER_HZ on every Linux that runs here: /proc counts in hundredths of a second. */
const tickMs = 10;

type Measured = { lost: number[]; cpuMs: number };

export async function voicemailLineBench(say: (text: string) => void): Promise<Row[]> {
  const before = await measure({ VIGIE_LISTEN_MS: '0' }, say);
  const now = await measure({}, say);
  const median = (of: Measured) => percentile(of.lost, 50);
  const perLeg = (now.cpuMs - before.cpuMs) / silent;
  return [
    row('seconds lost per voicemail, nobody listens, median', median(before), 's'),
    row('seconds lost per voicemail, with the detector, median', median(now), 's', '<= 7', (value) => value <= 7),
    row('seconds lost per voicemail, with the detector, longest', Math.max(...now.lost), 's'),
    row(
      'CPU of the server for 12 s of listening to a leg',
      (100 * perLeg) / listenedMs,
      '% of core',
      '<= 2',
      (value) => value <= 2,
    ),
  ];
}

async function measure(env: Record<string, string>, say: (text: string) => void): Promise<Measured> {
  const house = voicemailHouse(stories);
  const line = await startLine({ prepare: house.prepare, env });
  try {
    const phones = people.map((name) => line.network.phone(house.numberOf(name), name));
    say(`${greetings.length} voicemails, ${env.VIGIE_LISTEN_MS === '0' ? 'nobody listens' : 'the detector listens'}`);
    const lost = await Promise.all(greetings.map((seconds, index) => secondsLost(line, phones, index, seconds)));
    return { lost, cpuMs: await cpuOfSilence(line, phones) };
  } finally {
    await line.stop();
  }
}

const callTo = (line: Line, index: number) =>
  line.network.call({ from: `+3361230${5000 + index}`, to: `+3319900${5000 + index}` });

/** From the machine's answer until the line leaves it. */
async function secondsLost(line: Line, phones: readonly Phone[], index: number, seconds: number): Promise<number> {
  const caller = await callTo(line, index);
  const machine = await (phones[index] as Phone).rings();
  await machine.answers();
  const greeting = voice(seconds * 1000, { seed: index + 1, pitch: 100 + 15 * index });
  const end = index % 2 === 0 ? after(silence(400), tone(1000, 400)) : silence(0);
  void machine.says(pcm(after(silence(500), greeting, end)));
  await machine.isHungUp();
  await caller.hangsUp();
  return ((machine.endedAt ?? Number.NaN) - (machine.answeredAt ?? Number.NaN)) / 1000;
}

/** CPU time of the server while as many legs are up and silent, from before their answers until nobody listens any more. */
async function cpuOfSilence(line: Line, phones: readonly Phone[]): Promise<number> {
  const indices = Array.from({ length: silent }, (_, i) => greetings.length + i);
  const callers = await Promise.all(indices.map((index) => callTo(line, index)));
  const rings = await Promise.all(indices.map((index) => (phones[index] as Phone).rings()));
  const from = cpuMsOf(line.server.pid);
  await Promise.all(rings.map((ring) => ring.answers()));
  await wait(listenedMs);
  const used = cpuMsOf(line.server.pid) - from;
  await Promise.all(callers.map((caller) => caller.hangsUp()));
  return used;
}

/** User and system time so far (proc(5), fields 14 and 15). */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return tickMs * (Number(fields[11]) + Number(fields[12]));
}
