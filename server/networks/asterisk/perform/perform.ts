// Effects as ARI requests. Requests of one connection are performed in order, so they are sent without waiting for each other. Two commands
// (answer, addChannel) wait inside Asterisk for the channel's own thread, and would hold up everybody's connection with it: they go beside
// it, and only their own call waits for them. Playbacks are stopped before, or they would wait for those.
import { messageOf } from '../../../base/errors.ts';
import type { CallRef } from '../../../domain/telephony/carrier.ts';
import type { Effect, EffectBody, EffectType } from '../../../domain/telephony/effect.ts';
import type { Living } from '../../../domain/telephony/event.ts';
import { type CallId, type ChannelId, callOf, type EffectId } from '../../../domain/telephony/names.ts';
import { type Answer, at, succeeded, withQuery } from '../ari/words.ts';
import type { Channel } from '../registry.ts';
import { lastResortRoute } from '../render/last-resort.ts';
import { Asker, failure, gone, type Outside } from './asker.ts';
import { Legs } from './legs.ts';
import { Sound } from './sound.ts';

type Of<T extends EffectType> = { id: EffectId } & Extract<EffectBody, { type: T }>;
type Doing = void | Promise<void>;

/** A farewell longer than this is cut: the leg must end whatever happens to its playback. */
const farewellMs = 20_000;

export class Performer {
  readonly #out: Outside;
  readonly #asker: Asker;
  readonly #legs: Legs;
  readonly #sound: Sound;
  /** Each with what is to be over before it may end. */
  readonly #bridges = new Map<CallId, Promise<unknown>>();
  /** Callers whose end was asked for and not answered: after a loss they may still be there, and are nobody's new callers. */
  readonly #ending = new Set<ChannelId>();

  constructor(out: Outside) {
    this.#out = out;
    this.#asker = new Asker(out);
    this.#legs = new Legs(this.#asker);
    this.#sound = new Sound(this.#asker, (channel, playback) => this.afterPlayback(channel, playback));
  }

  /** As `perform`, with whatever is thrown reported as the effect's failure. */
  performSafely(ref: CallRef, effect: Effect): undefined | Promise<void> {
    const { registry, report, clock } = this.#out;
    const failed = (error: unknown) => report(registry.caller(ref), failure(effect.id, messageOf(error), clock.now()));
    try {
      const doing = this.#perform(ref, effect);
      return doing ? doing.catch(failed) : undefined;
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  /** Sends what one effect needs. A promise only when audio has to be made first. */
  #perform(ref: CallRef, effect: Effect): Doing {
    const caller = this.#out.registry.caller(ref);
    switch (effect.type) {
      case 'answer':
        return this.#answer(caller, effect.id);
      case 'play':
      case 'gather':
        return this.#sound.play(caller, effect.id, effect.prompts);
      case 'stop-play':
        return this.#sound.stop(caller, effect.id, effect.playback);
      case 'wait':
        return this.#sound.wait(caller, effect.id, effect.sound);
      case 'stop-wait':
        return this.#sound.stopWait(caller, effect.id);
      case 'record':
        return this.#sound.record(caller, effect);
      case 'originate':
        return this.#legs.originate(effect);
      case 'ask-to-confirm':
        return this.#sound.play(this.#out.registry.leg(effect.leg), effect.id, effect.prompts);
      case 'tell-and-hangup':
        return this.#tellAndHangup(this.#out.registry.leg(effect.leg), effect);
      case 'bridge':
        return this.#bridge(caller, effect);
      case 'hangup-leg':
        return this.hangUp(this.#out.registry.leg(effect.leg), effect.id);
      case 'hangup':
        return this.hangUp(caller, effect.id, { normal: 16, busy: 17, rejected: 21 }[effect.reason]);
      default:
        // Internal effects (timers, look-ups, alerts) belong to the switchboard.
        return undefined;
    }
  }

  /** Stops what a channel hears. */
  stopPlay(channel: Channel, playback: EffectId): void {
    this.#sound.stop(channel, playback, playback);
  }

  /** Bridges that live on from before. */
  found(bridges: readonly { id: string }[]): void {
    for (const { id } of bridges) this.#bridges.set(callOf(id), Promise.resolve());
  }

  /** What lives once those are ended whose end was lost on its way. */
  endAgain({ channels, bridges }: Living): Living {
    const ended = channels.filter(({ channel }) => this.#ending.has(channel));
    this.#ending.clear();
    for (const { channel } of ended) void this.#end(channel, 16);
    return { channels: channels.filter((one) => !ended.includes(one)), bridges };
  }

  #end(channel: ChannelId, reason: number): Promise<Answer> {
    this.#ending.add(channel);
    const asked = this.#out.request('DELETE', withQuery(at('channels', channel), { reason_code: reason }));
    void asked.then(({ status }) => {
      if (status !== 0) this.#ending.delete(channel);
    });
    return asked;
  }

  /**
   * The call is over: an empty bridge would stay for ever. Never while somebody is being put into it: of some thousand bridges that ended
   * under an addChannel, one left a thread of Asterisk that span for ever (22.10.1).
   */
  endBridge(call: CallId): void {
    const joining = this.#bridges.get(call);
    this.#bridges.delete(call);
    void joining?.then(() => this.#out.request('DELETE', at('bridges', bridgeOf(call))));
  }

  /** Back into the dialplan, where the last-resort route needs nothing of us. Refused, the caller is ended: the worst would be silence. */
  handOver(caller: Channel): void {
    const effect = `${caller.call}.rescue`;
    this.#sound.stopWait(caller, effect);
    this.#sound.silence(caller, effect);
    void this.#out.request('POST', withQuery(at('channels', caller.id, 'continue'), lastResortRoute)).then((answer) => {
      // Without a connection the caller is still here when there is one again, and then a new one.
      if (!succeeded(answer) && !gone(answer) && answer.status !== 0) this.hangUp(caller, effect);
    });
  }

  /** Forgets every deadline that still runs. */
  stop(): void {
    this.#asker.stop();
  }

  /** A playback ended: music goes on, a farewell ends the leg. */
  afterPlayback(channel: Channel, playback: EffectId): void {
    this.#out.said(channel, playback);
    if (channel.farewell === playback) this.hangUp(channel, playback);
    else this.#sound.goOn(channel, playback);
  }

  /** Without a reason: 26 (answered elsewhere) for a phone that still rings, so that it shows no missed call. */
  hangUp(channel: Channel, effect: EffectId, reason = channel.up || channel.role === 'caller' ? 16 : 26): void {
    channel.endedByUs = true;
    void this.#end(channel.id, reason).then((answer) => {
      if (!succeeded(answer) && !gone(answer)) this.#asker.failed(channel, effect, answer);
    });
  }

  #answer(caller: Channel, effect: EffectId): Doing {
    if (caller.up) return undefined;
    caller.up = true;
    this.#sound.silence(caller, effect);
    return this.#out.aside('POST', at('channels', caller.id, 'answer')).then((answer) => {
      if (!succeeded(answer)) this.#asker.failed(caller, effect, answer);
    });
  }

  #tellAndHangup(leg: Channel, effect: Of<'tell-and-hangup'>): Doing {
    if (!leg.up) return this.hangUp(leg, effect.id);
    this.#sound.silence(leg, effect.id);
    leg.farewell = effect.id;
    this.#asker.later(farewellMs, () => {
      if (!leg.over) this.hangUp(leg, effect.id);
    });
    return this.#sound.play(leg, effect.id, effect.prompts);
  }

  /** `mixing` alone lets Asterisk hand the audio over directly (native RTP). */
  #bridge(caller: Channel, effect: Of<'bridge'>): Doing {
    const leg = this.#out.registry.leg(effect.leg);
    this.#sound.stopWait(caller, effect.id);
    this.#sound.silence(caller, effect.id);
    this.#sound.silence(leg, effect.id);
    leg.joined = true;
    const join = () => {
      this.#bridges.set(caller.call, this.#join(caller, leg, effect.id, bridgeOf(caller.call)));
    };
    const answering = this.#answer(caller, effect.id);
    return answering ? answering.then(join) : join();
  }

  async #join(caller: Channel, leg: Channel, effect: EffectId, bridge: string): Promise<void> {
    const made = await this.#out.request('POST', withQuery(at('bridges', bridge), { type: 'mixing' }));
    const both = withQuery(at('bridges', bridge, 'addChannel'), { channel: `${caller.id},${leg.id}` });
    const joined = succeeded(made) ? await this.#out.aside('POST', both) : made;
    if (succeeded(joined)) this.#out.joined(caller, leg);
    else this.#asker.failed(caller, effect, joined);
  }
}

const bridgeOf = (call: CallId) => `${call}.b`;
