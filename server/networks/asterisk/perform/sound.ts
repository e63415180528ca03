// What a channel hears and what is recorded of it: prompts, music or ringing between them, messages.
import type { Effect, EffectBody } from '../../../domain/telephony/effect.ts';
import type { EffectId } from '../../../domain/telephony/names.ts';
import type { Prompt } from '../../../domain/telephony/prompt.ts';
import { at, succeeded, withQuery } from '../ari/words.ts';
import { finished } from '../events.ts';
import { mediaList, promptDeadlineMs } from '../media.ts';
import type { Channel } from '../registry.ts';
import { type Asker, gone } from './asker.ts';

type Record = Effect & Extract<EffectBody, { type: 'record' }>;
type Doing = void | Promise<void>;

/** A recording is stopped by us this long after its limit: Asterisk only counts while audio comes in. */
const recordGraceMs = 1000;

export class Sound {
  readonly #asker: Asker;
  readonly #ended: (channel: Channel, playback: EffectId) => void;

  /** @param ended told when a playback that was asked for could not be begun */
  constructor(asker: Asker, ended: (channel: Channel, playback: EffectId) => void) {
    this.#asker = asker;
    this.#ended = ended;
  }

  /** A promise only when audio has to be made first. */
  play(channel: Channel, effect: EffectId, prompts: Prompt[]): Doing {
    return this.#whenReady(prompts, (uris) => {
      const media = mediaList(uris);
      if (!media) return this.#nothingToHear(channel, effect);
      if (channel.waiting && channel.playing.size === 0) this.#stopSound(channel, effect);
      channel.playing.add(effect);
      channel.media = uris;
      const uri = withQuery(at('channels', channel.id, 'play'), { playbackId: effect, media });
      void this.#asker.out.request('POST', uri).then((answer) => {
        if (succeeded(answer) || !channel.playing.delete(effect)) return;
        this.#asker.failed(channel, effect, answer);
        this.#ended(channel, effect);
      });
    });
  }

  stop(channel: Channel, effect: EffectId, playback: EffectId): void {
    this.#asker.send(channel, effect, 'DELETE', at('playbacks', playback), gone);
  }

  #whenReady(prompts: Prompt[], go: (uris: string[]) => void): Doing {
    const uris = this.#asker.out.prompts.uris(prompts, promptDeadlineMs);
    return Array.isArray(uris) ? go(uris) : uris.then(go);
  }

  /** Every prompt was live and none could be made: the call goes on as if they had been heard. */
  #nothingToHear(channel: Channel, effect: EffectId): void {
    const { clock, report, said } = this.#asker.out;
    const now = clock.now();
    if (channel.role === 'leg') {
      report(channel, { type: 'leg-prompt-started', leg: channel.id, playback: effect, at: now });
    }
    report(channel, finished(channel, effect, 'done', now));
    said(channel, effect);
  }

  wait(caller: Channel, effect: EffectId, sound: 'music' | 'ringing'): void {
    if (caller.waiting === sound) return;
    if (caller.waiting) this.stopWait(caller, effect);
    caller.waiting = sound;
    if (caller.playing.size === 0) this.#startSound(caller, effect);
  }

  stopWait(caller: Channel, effect: EffectId): void {
    if (caller.waiting && caller.playing.size === 0) this.#stopSound(caller, effect);
    delete caller.waiting;
  }

  /** What the channel hears between playbacks goes on once none is left. */
  goOn(channel: Channel, playback: EffectId): void {
    if (channel.waiting && channel.playing.size === 0 && !channel.over) this.#startSound(channel, playback);
  }

  /** Music that cannot be started gives way to ringing: a caller who waits must hear something. */
  #startSound(channel: Channel, effect: EffectId): void {
    const ring = () => this.#asker.send(channel, effect, 'POST', at('channels', channel.id, 'ring'));
    if (channel.waiting !== 'music') {
      ring();
      return;
    }
    void this.#asker.out.request('POST', at('channels', channel.id, 'moh')).then((answer) => {
      if (succeeded(answer) || channel.over || channel.waiting !== 'music') return;
      this.#asker.failed(channel, effect, answer);
      channel.waiting = 'ringing';
      ring();
    });
  }

  #stopSound(channel: Channel, effect: EffectId): void {
    const sound = channel.waiting === 'music' ? 'moh' : 'ring';
    this.#asker.send(channel, effect, 'DELETE', at('channels', channel.id, sound), gone);
  }

  /** Stops everything that plays or records: a must before commands that wait for it. */
  silence(channel: Channel, effect: EffectId): void {
    const { recording } = channel;
    if (recording) this.#asker.send(channel, effect, 'POST', at('recordings/live', recording, 'stop'), gone);
    for (const playback of channel.playing) this.stop(channel, effect, playback);
  }

  record(caller: Channel, effect: Record): void {
    this.stopWait(caller, effect.id);
    const query = {
      name: effect.id,
      format: 'wav',
      ifExists: 'overwrite',
      maxDurationSeconds: Math.max(1, Math.ceil(effect.maxMs / 1000)),
      maxSilenceSeconds: Math.round(effect.silenceMs / 1000),
      beep: effect.beep,
      terminateOn: effect.terminator === '#' || effect.terminator === '*' ? effect.terminator : 'none',
    };
    this.#asker.send(caller, effect.id, 'POST', withQuery(at('channels', caller.id, 'record'), query));
    caller.recording = effect.id;
    this.#asker.later(effect.maxMs + recordGraceMs, () => {
      if (caller.recording !== effect.id) return;
      void this.#asker.out.request('POST', at('recordings/live', effect.id, 'stop'));
    });
  }
}
