// Callers who are asked to speak: their sound goes to a recogniser, its words to the call. What goes wrong is told to the call as well: it goes on without.
import type { Cancel, Clock } from '../../../base/clock.ts';
import type { Log } from '../../../base/log.ts';
import type { CallEvent } from '../../../domain/telephony/event.ts';
import type { ChannelId, EffectId } from '../../../domain/telephony/names.ts';
import { fromALaw } from '../../../domain/voicemail/g711.ts';
import type { Recognition, Recognizer } from '../../speech/port.ts';
import type { AudioTaps } from '../audio/taps.ts';
import type { Channel } from '../registry.ts';
import { Utterance } from './utterance.ts';

export type Question = { id: EffectId; timeoutMs: number; bargeIn?: false; speech: { hints: readonly string[] } };

export type ListeningTools = {
  taps: AudioTaps;
  /** Nobody understands speech without one. */
  recognizer?: Recognizer;
  clock: Clock;
  log: Log;
  /** Somebody speaks: what the channel hears is stopped. */
  hush(caller: Channel, playback: EffectId): void;
  report(caller: Channel, event: CallEvent): void;
};

type One = {
  caller: Channel;
  question: Question;
  utterance: Utterance;
  recognition: Recognition;
  /** What is said before counts for nothing. */
  open: boolean;
};

const tickMs = 100;
/** A question and its answer; what a server that died left behind ends by itself after that. */
const longestSeconds = 180;

export class Listening {
  readonly #tools: ListeningTools;
  readonly #callers = new Map<ChannelId, One>();
  #ticking: Cancel | undefined;

  constructor(tools: ListeningTools) {
    this.#tools = tools;
  }

  /** The caller is being asked, from now on. */
  begin(caller: Channel, question: Question): void {
    this.end(caller.id);
    const { recognizer, taps } = this.#tools;
    if (!recognizer) {
      this.#deaf(caller, question.id, 'no speech server is set');
      return;
    }
    const utterance = new Utterance(question.timeoutMs);
    const recognition = recognizer.open(
      { hints: question.speech.hints },
      {
        heard: (text, final) => this.#heard(one, text, final),
        failed: (why) => this.#failed(one, why),
      },
    );
    const one: One = { caller, question, utterance, recognition, open: question.bargeIn !== false };
    this.#callers.set(caller.id, one);
    taps.open(
      { name: question.id, channel: caller.id, longestSeconds },
      { take: (octets) => this.#sound(one, fromALaw(octets)), failed: (why) => this.#failed(one, why) },
    );
    this.#tick();
  }

  /** What was said to the caller has ended. */
  said(caller: ChannelId, playback: EffectId): void {
    const one = this.#callers.get(caller);
    if (one?.question.id !== playback) return;
    one.open = true;
    one.utterance.asked(this.#tools.clock.now());
  }

  /** The caller is not listened to any more: they hear something else, or are gone. */
  end(caller: ChannelId): void {
    const one = this.#callers.get(caller);
    if (!one) return;
    this.#callers.delete(caller);
    one.recognition.close();
    this.#tools.taps.close(one.question.id);
  }

  /** The connection to Asterisk is gone: what was being asked is asked again. */
  stop(): void {
    for (const caller of [...this.#callers.keys()]) this.end(caller);
    this.#ticking?.();
    this.#ticking = undefined;
  }

  #isOpen = (one: One): boolean => this.#callers.get(one.caller.id) === one;

  #sound(one: One, samples: Int16Array): void {
    if (!one.open) return;
    one.utterance.sound(samples, this.#tools.clock.now());
    one.recognition.hear(samples);
  }

  #heard(one: One, text: string, final: boolean): void {
    if (!this.#isOpen(one)) return;
    const speaks = one.utterance.heard(text, final, this.#tools.clock.now());
    if (speaks && one.caller.playing.has(one.question.id)) this.#tools.hush(one.caller, one.question.id);
    this.#judge(one);
  }

  #judge(one: One): void {
    const verdict = one.utterance.now(this.#tools.clock.now());
    if (verdict.do === 'finish') one.recognition.finish();
    if (verdict.do === 'failed') this.#failed(one, verdict.why);
    if (verdict.do === 'said') this.#tell(one.caller, one.question.id, { text: verdict.text });
  }

  #failed(one: One, why: string): void {
    if (this.#isOpen(one)) this.#deaf(one.caller, one.question.id, why);
  }

  #deaf(caller: Channel, asked: EffectId, why: string): void {
    this.#tools.log.warn({ call: caller.call, why }, 'a caller cannot be understood: the call goes on without');
    this.#tell(caller, asked, { text: '', failed: why });
  }

  #tell(caller: Channel, asked: EffectId, said: { text: string; failed?: string }): void {
    this.end(caller.id);
    this.#tools.report(caller, { type: 'speech', asked, ...said, at: this.#tools.clock.now() });
  }

  #tick(): void {
    this.#ticking ??= this.#tools.clock.after(tickMs, () => {
      this.#ticking = undefined;
      for (const one of [...this.#callers.values()]) this.#judge(one);
      if (this.#callers.size > 0) this.#tick();
    });
  }
}
