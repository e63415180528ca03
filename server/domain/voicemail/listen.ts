// Listens to a leg that answered, frame by frame, and says who it is as soon as it can; a later verdict corrects an earlier one.
import { nth } from '../../base/nth.ts';
import { decide, type Opinion } from './decide.ts';
import { echoWatch } from './echo.ts';
import { type Frame, frameMs, levelOf, type Measures, measurer } from './frame.ts';
import { type Sound, speechIn } from './speech.ts';
import { sameHz, type Tone, toneAtEnd } from './tones.ts';
import { type Tuning, tuning as usual } from './tuning.ts';

/** `ms` counts from the first frame, which is the answer. `strong`: evidence enough to hang up on. */
export type TimedOpinion = Opinion & { ms: number };

export type Hearing = {
  /**
   * Takes 20 ms of what the callee says, and what we sent them in the same 20 ms when we did: its echo is not heard.
   * Answers with a verdict when it is new, or stronger than the one before.
   */
  push(frame: Frame, sent?: Frame): TimedOpinion | undefined;
};

/**
 * Starts listening at the answer. Deterministic; keeps a few numbers of each frame, no sound, and has nothing more to say
 * after 12 s. A first "human" (the prompt may begin) can be confirmed or corrected; a "machine" stands.
 */
export function listen(options: { tuning?: Tuning } = {}): Hearing {
  const measure = measurer();
  const judge = judgement(options.tuning ?? usual);
  return { push: (frame, sent) => judge(measure(frame), sent ? levelOf(sent) : -100) };
}

/** The part after measuring: one call for each frame, in order, with the level of what was sent. */
export function judgement(tuning: Tuning): (measured: Measures, sentLevel?: number) => TimedOpinion | undefined {
  const measures: Measures[] = [];
  const sounds: Sound[] = [];
  const tones: Tone[] = [];
  const echoes = echoWatch();
  let told: Opinion | undefined;
  return (measured, sentLevel = -100) => {
    if (sounds.length * frameMs >= tuning.limitMs) return undefined;
    measures.push(measured);
    sounds.push({ level: measured.level, ignored: false });
    for (const at of echoes(measured.level, sentLevel)) nth(sounds, at).ignored = true;
    if (!sounds.at(-1)?.ignored) markTone(sounds, tones, toneAtEnd(measures, tuning), tuning);
    if (sounds.length % 2 === 1) return undefined;
    const heard = { frames: sounds.length, speech: speechIn(sounds, tuning), tones, human: told?.verdict === 'human' };
    const opinion = decide(heard, tuning);
    if (!opinion || !isNews(told, opinion)) return undefined;
    told = opinion;
    return { ...opinion, ms: sounds.length * frameMs };
  };
}

/** Frames at the edges of a tone hold a part of it. */
const edge = 2;

/** A tone's frames, known only now that it has lasted, are taken out of what may be speech. */
function markTone(sounds: Sound[], tones: Tone[], tone: Tone | undefined, tuning: Tuning): void {
  const now = sounds.length - 1;
  const last = tones.at(-1);
  if (last && now - last.to <= edge) nth(sounds, now).ignored = true;
  if (!tone) return;
  const loudest = sounds.reduce((most, { level, ignored }) => (ignored ? most : Math.max(most, level)), -100);
  if (nth(sounds, now).level < loudest - tuning.beepBelowTop) return;
  for (let at = Math.max(0, tone.from - edge); at <= now; at++) nth(sounds, at).ignored = true;
  if (last && last.to >= tone.from - 1 && Math.abs(last.hz - tone.hz) < sameHz) last.to = now;
  else tones.push(tone);
}

const weight = ({ strong, certain }: Opinion): number => Number(strong) + Number(certain ?? false);

function isNews(told: Opinion | undefined, opinion: Opinion): boolean {
  if (!told) return true;
  if (told.verdict === opinion.verdict) return weight(opinion) > weight(told);
  return told.verdict !== 'machine' && opinion.verdict !== 'unsure';
}
