// From speech, tones and silence to a verdict. Knows the habits of people and of machines on the telephone; nothing of samples.
import { nth } from '../../base/nth.ts';
import { frameMs } from './frame.ts';
import { lengthMs, type Stretch } from './speech.ts';
import { announced, sameHz, type Tone } from './tones.ts';
import type { Tuning } from './tuning.ts';

/** What has been heard up to now, `frames` frames after the answer. */
export type Heard = {
  frames: number;
  speech: readonly Stretch[];
  tones: readonly Tone[];
  /** A first verdict was "human". */
  human: boolean;
};
/** `certain`: no person, and no assistant that answers for one, sounds like this. */
export type Opinion = {
  verdict: 'human' | 'machine' | 'tone' | 'unsure';
  strong: boolean;
  certain?: true;
  because: string;
};

/** The opinion on what was heard, or nothing yet. */
export const decide = (heard: Heard, tuning: Tuning): Opinion | undefined =>
  afterBeep(heard, tuning) ?? afterSpeech(heard, tuning) ?? afterNothing(heard, tuning);

const spokenMs = (speech: readonly Stretch[]): number => speech.reduce((sum, stretch) => sum + lengthMs(stretch), 0);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function afterBeep({ tones, speech }: Heard, tuning: Tuning): Opinion | undefined {
  const before = (tone: Tone) => speech.filter(({ to }) => to < tone.from);
  // A tone that sounded before anybody spoke is the line's own (busy, ringing), and a burst of it may have passed for speech.
  const isOfTheLine = ({ hz }: Tone) =>
    tones.some((other) => before(other).length === 0 && Math.abs(other.hz - hz) < sameHz);
  const beep = tones.find((tone) => !isOfTheLine(tone) && spokenMs(before(tone)) >= tuning.beforeBeepMs);
  if (announced(tones) && spokenMs(speech) >= tuning.beforeBeepMs) {
    return {
      verdict: 'machine',
      strong: true,
      certain: true,
      because: 'the tones of a network announcement, then speech',
    };
  }
  return beep && { verdict: 'machine', strong: true, certain: true, because: 'a beep after speech' };
}

function afterSpeech(heard: Heard, tuning: Tuning): Opinion | undefined {
  const { speech, tones, frames, human } = heard;
  const last = speech.at(-1);
  if (!last) return undefined;
  const silence = (frames - 1 - Math.max(last.to, tones.at(-1)?.to ?? 0)) * frameMs;
  const spoken = spokenMs(speech);
  const talk = human ? runOnMs(speech, silence, tuning) : spoken;
  if (talk >= (human ? tuning.correctMs : tuning.longMs)) {
    const strong = talk >= tuning.longMs && silence <= tuning.stillMs && heedless(heard, last, tuning);
    return { verdict: 'machine', strong, because: `${seconds(talk)} of speech` };
  }
  const settled = spoken < tuning.shortMs ? tuning.settleMs : tuning.waitLongMs;
  const enough = spoken < tuning.shortMs ? Math.min(settled, firstWaitMs(heard, tuning)) : settled;
  if (silence < enough) return undefined;
  return {
    verdict: 'human',
    strong: silence >= settled,
    because: `${seconds(spoken)} of speech, then ${seconds(silence)} of silence`,
  };
}

/** Whether the talk has gone on over our question for longer than a person's would. */
const heedless = ({ frames }: Heard, last: Stretch, { longMs, heedlessMs, breathlessMs }: Tuning): boolean =>
  frames * frameMs >= (lengthMs(last) >= longMs ? breathlessMs : heedlessMs);

/** The silence after a word that is worth beginning the question early, at this instant. */
function firstWaitMs({ frames, tones }: Heard, tuning: Tuning): number {
  const late = frames * frameMs - tuning.firstMs;
  if (tones.length > 0) return tuning.waitRungMs;
  return late < 0 || frames * frameMs >= tuning.promptMs ? Infinity : tuning.waitShortMs + tuning.waitMore * late;
}

/** The talk that goes on now and has not paused for an answer: people wait, a recording runs on. */
function runOnMs(speech: readonly Stretch[], silence: number, tuning: Tuning): number {
  if (silence >= tuning.settleMs) return 0;
  const start = speech.findLastIndex(
    ({ from }, at) => at === 0 || (from - nth(speech, at - 1).to - 1) * frameMs >= tuning.settleMs,
  );
  return spokenMs(speech.slice(start));
}

function afterNothing({ frames, speech, tones }: Heard, tuning: Tuning): Opinion | undefined {
  const ms = frames * frameMs;
  if (speech.length > 0) {
    return ms >= tuning.limitMs ? { verdict: 'unsure', strong: false, because: 'no pause to tell by' } : undefined;
  }
  if (tones.length > 0) return { verdict: 'tone', strong: false, because: 'a steady tone' };
  return ms >= tuning.nothingMs ? { verdict: 'unsure', strong: false, because: 'nobody has spoken' } : undefined;
}
