// One leg's sound on the time since its answer: 20 ms after 20 ms, silence where nothing came, beside what we played. No I/O.
import type { Instant } from '../../../base/clock.ts';
import { frameMs, frameSize } from '../../../domain/voicemail/frame.ts';
import { fromALaw } from '../../../domain/voicemail/g711.ts';
import { listen, type TimedOpinion } from '../../../domain/voicemail/listen.ts';
import { tuning } from '../../../domain/voicemail/tuning.ts';

/** A pause in arrivals shorter than this is the machine's hurry, not the line's silence. */
const patienceMs = 400;
const silence = new Int16Array(frameSize);

export class LegListener {
  readonly #answeredAt: Instant;
  readonly #hearing = listen();
  #frames = 0;
  #rest: Int16Array = new Int16Array();
  #sent: { samples: Int16Array; from: number } | undefined;

  /** @param answeredAt verdicts count their time from here */
  constructor(answeredAt: Instant) {
    this.#answeredAt = answeredAt;
  }

  /** Nothing more will be said. */
  get isDone(): boolean {
    return this.#frames * frameMs >= tuning.limitMs;
  }

  /** From now on the leg hears these samples; none: nothing. */
  plays(samples: Int16Array, now: Instant): void {
    this.#sent = samples.length > 0 ? { samples, from: this.#due(now) } : undefined;
  }

  /** Sound that arrived, of any length. */
  hear(octets: Uint8Array, now: Instant): TimedOpinion[] {
    const news = this.catchUp(now);
    const sound = fromALaw(octets);
    const all = new Int16Array(this.#rest.length + sound.length);
    all.set(this.#rest);
    all.set(sound, this.#rest.length);
    let at = 0;
    for (; at + frameSize <= all.length; at += frameSize) news.push(...this.#push(all.subarray(at, at + frameSize)));
    this.#rest = all.slice(at);
    return news;
  }

  /** A phone that sends nothing while its owner is silent is heard as silent. */
  catchUp(now: Instant): TimedOpinion[] {
    const news: TimedOpinion[] = [];
    const due = this.#due(now);
    if ((due - this.#frames) * frameMs <= (this.#frames === 0 ? 0 : patienceMs)) return news;
    while (this.#frames < due - 1) news.push(...this.#push(silence));
    return news;
  }

  #due = (now: Instant): number => Math.floor((now - this.#answeredAt) / frameMs);

  #push(frame: Int16Array): TimedOpinion[] {
    const at = this.#frames++;
    return [this.#hearing.push(frame, this.#sentAt(at)) ?? []].flat();
  }

  #sentAt(frame: number): Int16Array | undefined {
    if (!this.#sent) return undefined;
    const from = (frame - this.#sent.from) * frameSize;
    return from >= 0 && from < this.#sent.samples.length
      ? this.#sent.samples.subarray(from, from + frameSize)
      : undefined;
  }
}
