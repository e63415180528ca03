// Listens to legs that answered, and tells who it is: a leg is heard for 12 s at most.
import type { Cancel } from '../../../base/clock.ts';
import type { CallEvent } from '../../../domain/telephony/event.ts';
import type { LegId } from '../../../domain/telephony/names.ts';
import type { TimedOpinion } from '../../../domain/voicemail/listen.ts';
import type { Detector, DetectorTools } from '../media.ts';
import { LegListener } from './leg-listener.ts';
import { Played } from './played.ts';

type Heard = (event: CallEvent & { type: 'leg-heard' }) => void;
type Listening = { leg: LegId; listener: LegListener; heard: Heard };

/** How often legs that send nothing are looked at. */
const tickMs = 100;
/** Longer than any leg is listened to. */
const longestSeconds = 30;

export class AudioDetector implements Detector {
  readonly #tools: DetectorTools;
  readonly #played = new Played();
  readonly #legs = new Map<LegId, Listening>();
  #ticking: Cancel | undefined;

  constructor(tools: DetectorTools) {
    this.#tools = tools;
  }

  attach(leg: LegId, heard: Heard): void {
    if (this.#legs.has(leg)) return;
    const one: Listening = { leg, listener: new LegListener(this.#now()), heard };
    this.#legs.set(leg, one);
    this.#tick();
    this.#tools.taps.open(
      { name: leg, channel: leg, longestSeconds },
      {
        take: (octets) => this.#tell(one, one.listener.hear(octets, this.#now())),
        failed: (why) => this.#failed(one, why),
      },
    );
  }

  detach(leg: LegId): void {
    if (this.#legs.delete(leg)) this.#tools.taps.close(leg);
  }

  plays(leg: LegId, media: readonly string[]): void {
    const one = this.#legs.get(leg);
    if (!one) return;
    const since = this.#now();
    void this.#played.samples(media).then((samples) => one.listener.plays(samples, since));
  }

  reset(): void {
    this.#legs.clear();
  }

  stop(): void {
    for (const leg of [...this.#legs.keys()]) this.detach(leg);
    this.#ticking?.();
    this.#ticking = undefined;
  }

  #isHeard = (one: Listening): boolean => this.#legs.get(one.leg) === one;
  #now = () => this.#tools.clock.now();

  /** The question is asked all the same when the time for listening is over: a detector that fails costs seconds, never a call. */
  #failed(one: Listening, why: string): void {
    if (!this.#isHeard(one)) return;
    this.#tools.log.warn({ leg: one.leg, why }, 'a leg cannot be listened to');
    this.detach(one.leg);
  }

  #tell(one: Listening, verdicts: readonly TimedOpinion[]): void {
    for (const { verdict, strong, certain, ms, because } of verdicts) {
      this.#tools.log.debug({ leg: one.leg, verdict, strong, ms, because }, 'heard who answered');
      const sure = certain ? { certain } : {};
      one.heard({ type: 'leg-heard', leg: one.leg, verdict, strong, ...sure, ms, because, at: this.#now() });
    }
    if (one.listener.isDone && this.#isHeard(one)) this.detach(one.leg);
  }

  #tick(): void {
    this.#ticking ??= this.#tools.clock.after(tickMs, () => {
      this.#ticking = undefined;
      // Packets that wait in the socket are older than this instant: they are read first.
      setImmediate(() => {
        for (const one of [...this.#legs.values()]) this.#tell(one, one.listener.catchUp(this.#now()));
        if (this.#legs.size > 0) this.#tick();
      });
    });
  }
}
