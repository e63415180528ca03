// What the detector makes of sounds made for the tests, on a line that is never quite silent.
import { type Classified, classify } from '../../../server/domain/voicemail/classify.ts';
import { listen, type TimedOpinion } from '../../../server/domain/voicemail/listen.ts';
import { after, noise, over, pcm, type Sound } from './sounds.ts';

/** A line is never quite silent. */
export const line = (sound: Sound): Sound => over(sound, noise((sound.length / 8000) * 1000, -66));
export const heard = (...sounds: Sound[]): Classified => classify(pcm(line(after(...sounds))));
export const verdict = (...sounds: Sound[]): string => heard(...sounds).verdict;

/** Everything that was said while frames went by. */
export function verdicts(sound: Sound, sent?: Sound): TimedOpinion[] {
  const hearing = listen();
  const said: TimedOpinion[] = [];
  for (let from = 0; from < sound.length; from += 160) {
    const event = hearing.push(sound.subarray(from, from + 160), sent?.subarray(from, from + 160));
    if (event) said.push(event);
  }
  return said;
}
