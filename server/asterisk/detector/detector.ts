// Listens to legs that answered, and tells who it is. Each leg costs a snoop and an external media channel in Asterisk for 12 s at most;
// they live in an application of their own, so that none of their events passes for one of a call.
import type { Cancel } from '../../base/clock.ts';
import type { CallEvent } from '../../telephony/event.ts';
import type { ChannelId, LegId } from '../../telephony/names.ts';
import type { Verdict } from '../../voicemail/listen.ts';
import type { Detector, DetectorTools } from '../media.ts';
import { closeEar, earOf, isEar, joinEar, openEar } from './channels.ts';
import { Ear } from './ear.ts';
import { Played } from './played.ts';
import { Sounds } from './sounds.ts';

type Heard = (event: CallEvent & { type: 'leg-heard' }) => void;
type Listening = { leg: LegId; ear: Ear; heard: Heard; missing: Set<ChannelId>; deafen: () => void; asked: boolean };

/** How often legs that send nothing are looked at. */
const tickMs = 100;

export class AudioDetector implements Detector {
  readonly #tools: DetectorTools;
  readonly #sounds: Sounds;
  readonly #played = new Played();
  readonly #legs = new Map<LegId, Listening>();
  #ticking: Cancel | undefined;

  /** @param host address of ours that Asterisk can send sound to */
  constructor(host: string, tools: DetectorTools) {
    this.#tools = tools;
    this.#sounds = new Sounds(host);
  }

  attach(leg: LegId, heard: Heard): void {
    if (this.#legs.has(leg)) return;
    const { snoop, media } = earOf(leg);
    const ear = new Ear(this.#tools.clock.now());
    const one: Listening = { leg, ear, heard, missing: new Set([snoop, media]), deafen: () => {}, asked: false };
    this.#legs.set(leg, one);
    this.#tick();
    this.#open(one).catch((error) => this.#failed(one, (error as Error).message));
  }

  detach(leg: LegId): void {
    const one = this.#legs.get(leg);
    if (!one) return;
    this.#legs.delete(leg);
    one.deafen();
    if (one.asked) closeEar(this.#tools.request, leg);
  }

  entered(channel: ChannelId): void {
    const one = isEar(channel) ? this.#legs.get(channel.slice(0, channel.lastIndexOf('.'))) : undefined;
    if (!one?.missing.delete(channel) || one.missing.size > 0) return;
    void joinEar(this.#tools.request, one.leg).then((joined) => {
      if (!joined) this.#failed(one, 'Asterisk does not join its channels');
    });
  }

  plays(leg: LegId, media: readonly string[]): void {
    const one = this.#legs.get(leg);
    if (!one) return;
    const since = this.#tools.clock.now();
    void this.#played.samples(media).then((samples) => one.ear.plays(samples, since));
  }

  reset(): void {
    for (const { deafen } of this.#legs.values()) deafen();
    this.#legs.clear();
  }

  stop(): void {
    for (const leg of [...this.#legs.keys()]) this.detach(leg);
    this.#ticking?.();
    this.#ticking = undefined;
    this.#sounds.close();
  }

  async #open(one: Listening): Promise<void> {
    const { request, app } = this.#tools;
    const address = await this.#sounds.address();
    if (!this.#isHeard(one)) return;
    one.asked = true;
    const from = await openEar(request, one.leg, app, address);
    if (!this.#isHeard(one)) return;
    if (from) one.deafen = this.#sounds.hear(from, (octets) => this.#tell(one, one.ear.hear(octets, this.#now())));
    else this.#failed(one, 'Asterisk does not give its sound');
  }

  #isHeard = (one: Listening): boolean => this.#legs.get(one.leg) === one;
  #now = () => this.#tools.clock.now();

  /** The question is asked all the same when the time for listening is over: a detector that fails costs seconds, never a call. */
  #failed(one: Listening, why: string): void {
    if (!this.#isHeard(one)) return;
    this.#tools.log.warn({ leg: one.leg, why }, 'a leg cannot be listened to');
    this.detach(one.leg);
  }

  #tell(one: Listening, verdicts: readonly Verdict[]): void {
    for (const { verdict, strong, certain, ms, because } of verdicts) {
      this.#tools.log.debug({ leg: one.leg, verdict, strong, ms, because }, 'heard who answered');
      const sure = certain ? { certain } : {};
      one.heard({ type: 'leg-heard', leg: one.leg, verdict, strong, ...sure, ms, because, at: this.#now() });
    }
    if (one.ear.isDone && this.#isHeard(one)) this.detach(one.leg);
  }

  #tick(): void {
    this.#ticking ??= this.#tools.clock.after(tickMs, () => {
      this.#ticking = undefined;
      // Packets that wait in the socket are older than this instant: they are read first.
      setImmediate(() => {
        for (const one of [...this.#legs.values()]) this.#tell(one, one.ear.catchUp(this.#now()));
        if (this.#legs.size > 0) this.#tick();
      });
    });
  }
}
