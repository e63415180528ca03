// Listens to a leg that answered, frame by frame, and says who it is as soon as it can; a later verdict corrects an earlier one.
import { decide, type Opinion } from './decide.ts';
import { type Frame, frameMs, type Measures, measurer } from './frame.ts';
import { type Sound, type Stretch, speechIn } from './speech.ts';
import { toneAtEnd } from './tones.ts';
import { type Tuning, tuning as usual } from './tuning.ts';

/** `ms` counts from the first frame, which is the answer. `strong`: evidence enough to hang up on. */
export type Verdict = Opinion & { ms: number };

export type Hearing = {
  /** Takes 20 ms of what the callee says; answers with a verdict when it is new, or stronger than the one before. */
  push(frame: Frame): Verdict | undefined;
};

/** Starts listening at the answer. Deterministic; holds no more than the frames' measures. */
export function listen(options: { tuning?: Tuning } = {}): Hearing {
  const measure = measurer();
  const judge = judgement(options.tuning ?? usual);
  return { push: (frame) => judge(measure(frame)) };
}

/** The part after measuring: one call for each frame, in order. */
export function judgement(tuning: Tuning): (measured: Measures) => Verdict | undefined {
  const measures: Measures[] = [];
  const sounds: Sound[] = [];
  const tones: Stretch[] = [];
  let told: Opinion | undefined;
  return (measured) => {
    if (sounds.length * frameMs >= tuning.limitMs) return undefined;
    measures.push(measured);
    sounds.push({ level: measured.level, voicing: measured.voicing, ignored: false });
    markTone(sounds, tones, toneAtEnd(measures, tuning), tuning);
    if (sounds.length % 2 === 1) return undefined;
    const opinion = decide({ frames: sounds.length, speech: speechIn(sounds, tuning), tones }, tuning);
    if (!opinion || !isNews(told, opinion)) return undefined;
    told = opinion;
    return { ...opinion, ms: sounds.length * frameMs };
  };
}

/** Frames at the edges of a tone hold a part of it. */
const edge = 2;

/** A tone's frames, known only now that it has lasted, are taken out of what may be speech. */
function markTone(sounds: Sound[], tones: Stretch[], length: number, tuning: Tuning): void {
  const to = sounds.length - 1;
  const last = tones.at(-1);
  if (last && to - last.to <= edge) (sounds[to] as Sound).ignored = true;
  if (length === 0) return;
  const from = to - length + 1;
  const loudest = Math.max(...sounds.filter((sound) => !sound.ignored).map((sound) => sound.level));
  if ((sounds[to] as Sound).level < loudest - tuning.beepBelowTop) return;
  for (let at = Math.max(0, from - edge); at <= to; at++) (sounds[at] as Sound).ignored = true;
  if (last && last.to >= from - 1) last.to = to;
  else tones.push({ from, to });
}

function isNews(told: Opinion | undefined, opinion: Opinion): boolean {
  if (!told) return true;
  if (told.verdict === 'machine') return opinion.verdict === 'machine' && opinion.strong && !told.strong;
  return told.verdict !== opinion.verdict && opinion.verdict !== 'unsure';
}
