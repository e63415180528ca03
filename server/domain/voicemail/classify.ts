// The verdict on a whole recording that begins at the answer. Knows the policy after the end of a file; opens nothing.
import { lastOf, nth } from '../../base/nth.ts';
import { frameMs, frameSize } from './frame.ts';
import { listen, type TimedOpinion } from './listen.ts';
import { sampleRate } from './sound.ts';
import { type Tuning, tuning as usual } from './tuning.ts';

/** What was said of a recording: the verdict that stood at the end, when it became strong, and the ones that it corrected, in order. */
export type Classified = TimedOpinion & { strongMs?: number; before: TimedOpinion[] };

/**
 * Hears `samples` (8 kHz, the first is the answer) to the end and then its last second again and again, until 12 s after
 * the answer. The verdict is the last one given, `ms` the instant at which it was given first.
 */
export function classify(samples: Int16Array, options: { tuning?: Tuning } = {}): Classified {
  const hearing = listen(options);
  const verdicts: TimedOpinion[] = [];
  const frames = (options.tuning ?? usual).limitMs / frameMs;
  for (let frame = 0; frame < frames; frame++) {
    const verdict = hearing.push(frameOf(samples, frame * frameSize));
    if (verdict) verdicts.push(verdict);
  }
  return standing(verdicts);
}

/** Of verdicts in their order, the one that stands. A stronger reason for the same verdict does not make it later. */
export function standing(verdicts: TimedOpinion[]): Classified {
  const last = lastOf(verdicts);
  const turn = verdicts.findLastIndex((verdict) => verdict.verdict !== last.verdict) + 1;
  const strong = verdicts.find((verdict, at) => at >= turn && verdict.strong);
  return {
    ...last,
    ...(strong ? { strongMs: strong.ms } : {}),
    ms: nth(verdicts, turn).ms,
    because: nth(verdicts, turn).because,
    before: verdicts.slice(0, turn),
  };
}

/** The 20 ms from sample `from` on; past the end the last `repeat` samples again and again. */
export function frameOf(samples: Int16Array, from: number, repeat = sampleRate): Int16Array {
  if (from + frameSize <= samples.length) return samples.subarray(from, from + frameSize);
  const loop = Math.min(repeat, samples.length);
  const start = samples.length - loop;
  return Int16Array.from({ length: frameSize }, (_, i) => {
    const at = from + i;
    return nth(samples, at < samples.length ? at : start + ((at - samples.length) % loop));
  });
}
