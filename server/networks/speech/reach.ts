// Does a speech server answer? Sends a fifth of a second of silence, as a call would, and waits for its first words.
import { systemClock } from '../../base/clock.ts';
import { vosk } from './vosk.ts';
import { rate } from './words.ts';

const patienceMs = 3000;

/** @returns why it cannot be used; undefined when it can. */
export const reach = (url: string): Promise<string | undefined> =>
  new Promise((found) => {
    const tell = (why: string | undefined) => {
      late();
      recognition.close();
      found(why);
    };
    const late = systemClock.after(patienceMs, () => tell(`no answer within ${patienceMs / 1000} s`));
    const recognition = vosk({ url, clock: systemClock }).open(
      { hints: [] },
      { heard: () => tell(undefined), failed: tell },
    );
    recognition.hear(new Int16Array(rate / 5));
  });
