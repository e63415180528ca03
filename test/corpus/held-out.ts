// Settings chosen without the speakers, or the sources, on which they are then measured. Knows outcomes; no sound, no rules.
import { type Tuning, tuning } from '../../server/domain/voicemail/tuning.ts';
import { percentile } from '../bench/rows.ts';
import { numbers } from '../domain/voicemail/sounds.ts';
import type { Clip } from './clips.ts';
import { type Figures, figures, judge, type Outcome, percent } from './figures.ts';

/** From where to where each number may be drawn: wide, so that a lucky figure cannot pass for a rule. */
const ranges: Partial<Record<keyof Tuning, [from: number, to: number]>> = {
  aboveSteady: [6, 12],
  perSwing: [1, 4],
  aboveFloor: [11, 16],
  belowTop: [15, 21],
  bridgeMs: [320, 560],
  longMs: [3200, 4600],
  correctMs: [2800, 4200],
  beforeBeepMs: [400, 900],
  shortMs: [800, 1300],
  firstMs: [2300, 2900],
  waitShortMs: [800, 1200],
  waitMore: [0, 0.7],
  settleMs: [1400, 2000],
  waitLongMs: [2500, 3800],
};

/** What every clip came to under each of `count` random settings: one row a setting, clips in their order. */
export function trials(clips: Clip[], count: number, progress: (done: number) => void): Outcome[][] {
  const next = numbers(11);
  return Array.from({ length: count }, (_, done) => {
    progress(done);
    const drawn = Object.entries(ranges).map(([name, [from, to]]) => [name, from + ((to - from) * (next() + 1)) / 2]);
    const settings: Tuning = { ...tuning, ...Object.fromEntries(drawn) };
    return clips.map((clip) => judge(clip, settings));
  });
}

/** Lower is better: the goals in percentage points, people called machines three times, late prompts and hang-ups on top. */
function cost(measured: Figures): number {
  const wrong = 3 * percent(measured.personAsMachine) + percent(measured.personUnsure);
  const missed = 1.5 * percent(measured.machineAsPerson) + percent(measured.machineFirst);
  const late = Math.max(0, percentile(measured.prompts, 50) - 2800) / 50;
  const slow = Math.max(0, percentile(measured.hangUps, 50) - 6000) / 50;
  return wrong + missed + late + slow;
}

/** Parts of the clips with no group in two of them; clips are known by their place. */
export function folds(clips: Clip[], groupOf: (clip: Clip) => string, count: number, seed: number): Set<number>[] {
  const next = numbers(seed);
  const groups = new Map<string, number[]>();
  for (const [at, clip] of clips.entries()) groups.set(groupOf(clip), [...(groups.get(groupOf(clip)) ?? []), at]);
  const parts = Array.from({ length: Math.min(count, groups.size) }, () => new Set<number>());
  const drawn = [...groups.values()].map((members) => ({ members, lot: next() })).sort((a, b) => a.lot - b.lot);
  for (const { members } of drawn) {
    const smallest = parts.reduce((least, part) => (part.size < least.size ? part : least));
    for (const at of members) smallest.add(at);
  }
  return parts;
}

/** Every clip once for each seed, under the settings that did best on the clips of all other folds. */
export function heldOut(tried: Outcome[][], parts: Set<number>[][]): Figures {
  const pooled = parts.flat().flatMap((part) => {
    const costs = tried.map((outcomes) => cost(figures(outcomes.filter((_, at) => !part.has(at)))));
    const best = tried[costs.indexOf(Math.min(...costs))] as Outcome[];
    return best.filter((_, at) => part.has(at));
  });
  return figures(pooled);
}

const first = (names: string): string => names.split(';')[0]?.trim() ?? '';
export const bySpeaker = ({ speaker, file }: Clip): string => first(speaker) || file;
export const bySource = ({ source, file }: Clip): string => first(source) || file;
