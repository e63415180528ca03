// How fast the ear is, and how soon it hangs up on a voicemail, on sounds made here: sixty clips of every kind, through the whole path.
import { performance } from 'node:perf_hooks';
import { classify } from '../../server/domain/voicemail/classify.ts';
import { after, noise, over, pcm, silence, tone, voice } from '../domain/voicemail/sounds.ts';
import type { BenchRow } from './planning.ts';

type Clip = { samples: Int16Array; machine: boolean };

/** 12 s each: the whole of what is ever heard of a leg. */
const heardMs = 12_000;
function clips(): Clip[] {
  return Array.from({ length: 60 }, (_, i) => {
    const machine = i % 2 === 0;
    const talk = voice(machine ? 2000 + 300 * i : 300 + 20 * i, { pitch: 90 + 3 * i, seed: i + 1, db: -14 - (i % 12) });
    // Under 4 s and without a beep a greeting is a person to the ear (docs/voicemail.md): the short ones have theirs.
    const end = machine && (i % 3 || i < 12) ? after(silence(400), tone(600 + 40 * i, 300)) : silence(200);
    const call = after(silence(200 + 25 * (i % 40)), talk, end, silence(heardMs));
    return {
      samples: pcm(over(call, noise(heardMs, -66 + (i % 10), i)).subarray(0, (heardMs * 8000) / 1000)),
      machine,
    };
  });
}

/** One core, one thread; the first pass warms up and is not counted. */
export async function voicemailBench(): Promise<BenchRow[]> {
  const all = clips();
  for (const { samples } of all.slice(0, 10)) classify(samples);
  const from = performance.now();
  const verdicts = all.map(({ samples, machine }) => ({ machine, heard: classify(samples) }));
  const factor = (all.length * heardMs) / (performance.now() - from);
  const right = verdicts.filter(({ machine, heard }) => heard.verdict === (machine ? 'machine' : 'human')).length;
  const hangUps = verdicts
    .filter(({ machine }) => machine)
    .map(({ heard }) => (heard.verdict === 'machine' ? (heard.strongMs ?? heardMs) : heardMs))
    .sort((a, b) => a - b);
  const hangUp = (hangUps[hangUps.length >> 1] as number) / 1000;
  return [
    row('voicemail detection, real time per core', Math.round(factor), '×', '≥ 200', factor >= 200),
    row('voicemail detection, made clips right', (100 * right) / all.length, '%', '≥ 97', right >= 0.97 * all.length),
    row('voicemail detection, hang-up on a made greeting, median', hangUp, 's', '≤ 6', hangUp <= 6),
  ];
}

const row = (name: string, value: number, unit: string, goal: string, holds: boolean): BenchRow => ({
  name,
  value: Math.round(value * 100) / 100,
  unit,
  goal,
  holds,
});
