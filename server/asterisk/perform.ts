// Effects as ARI requests. Requests of one connection are performed in order, so they are sent without waiting for each other; two commands
// (answer, addChannel) hold Asterisk's whole connection until the channel's playback ends, so playbacks are always stopped before them.
import type { Cancel, Clock } from '../base/clock.ts';
import type { CallRef } from '../telephony/carrier.ts';
import type { Effect, EffectBody, EffectType } from '../telephony/effect.ts';
import type { CallEvent, Living } from '../telephony/event.ts';
import { type Hangup, hangup } from '../telephony/hangup.ts';
import { type CallId, type ChannelId, callOf, type EffectId } from '../telephony/names.ts';
import type { Prompt } from '../telephony/prompt.ts';
import { type Answer, at, type Request, succeeded, withQuery } from './ari/words.ts';
import { finished } from './events.ts';
import { mediaList, type PromptSource, promptDeadlineMs } from './media.ts';
import { dialString, plainNumber } from './numbers.ts';
import type { Channel, Registry } from './registry.ts';

export type Outside = {
  request: Request;
  /** For what may wait inside Asterisk: beside the socket, see ari/aside.ts. */
  aside: Request;
  registry: Registry;
  prompts: PromptSource;
  clock: Clock;
  app: string;
  /** The two are in one bridge now. */
  joined(caller: Channel, leg: Channel): void;
  /** An event of a call that did not come from Asterisk: a failure, or an end that needed no request. */
  report(channel: Channel, event: CallEvent): void;
};

/**
 * Legs created and not yet dialled. The dial is sent right behind the creation; where it comes before the leg has entered our application
 * (about half the time, measured) it is refused with 409, and goes out again once the leg is in.
 */
export type Dialling = Map<string, { effect: EffectId; seconds: number; entered?: true; refused?: true }>;

type Of<T extends EffectType> = { id: EffectId } & Extract<EffectBody, { type: T }>;
type Doing = void | Promise<void>;

/** A farewell longer than this is cut: the leg must end whatever happens to its playback. */
const farewellMs = 20_000;
/** A recording is stopped by us this long after its limit: Asterisk only counts while audio comes in. */
const recordGraceMs = 1000;

export class Performer {
  readonly #out: Outside;
  readonly #dialling: Dialling = new Map();
  readonly #bridges = new Set<CallId>();
  readonly #due = new Set<Cancel>();
  /** Callers whose end was asked for and not answered: after a loss they may still be there, and are nobody's new callers. */
  readonly #ending = new Set<ChannelId>();

  constructor(out: Outside) {
    this.#out = out;
  }

  /** Sends what one effect needs. A promise only when audio has to be made first. */
  perform(ref: CallRef, effect: Effect): Doing {
    const caller = this.#out.registry.caller(ref);
    switch (effect.type) {
      case 'answer':
        return this.#answer(caller, effect.id);
      case 'play':
      case 'gather':
        return this.#play(caller, effect.id, effect.prompts);
      case 'stop-play':
        return this.#send(caller, effect.id, 'DELETE', at('playbacks', effect.playback), gone);
      case 'wait':
        return this.#wait(caller, effect.id, effect.sound);
      case 'stop-wait':
        return this.#stopWait(caller, effect.id);
      case 'record':
        return this.#record(caller, effect);
      case 'originate':
        return this.#originate(effect);
      case 'ask-to-confirm':
        return this.#play(this.#out.registry.leg(effect.leg), effect.id, effect.prompts);
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

  /** Bridges that live on from before. */
  found(bridges: readonly { id: string }[]): void {
    for (const { id } of bridges) this.#bridges.add(callOf(id));
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

  /** The call is over: an empty bridge would stay for ever. */
  endBridge(call: CallId): void {
    if (this.#bridges.delete(call)) void this.#out.request('DELETE', at('bridges', bridgeOf(call)));
  }

  /** Forgets every deadline that still runs. */
  stop(): void {
    for (const cancel of this.#due) cancel();
    this.#due.clear();
  }

  /** The leg is in our application: it may be dialled now. */
  entered(leg: Channel): void {
    const dial = this.#dialling.get(leg.id);
    if (!dial) return;
    dial.entered = true;
    if (dial.refused) this.#dial(leg);
  }

  #dialEarly(leg: Channel): void {
    void this.#sendDial(leg).then((answer) => {
      const dial = this.#dialling.get(leg.id);
      if (!dial) return;
      if (succeeded(answer)) this.#dialling.delete(leg.id);
      else if (dial.entered) this.#dial(leg);
      else dial.refused = true;
    });
  }

  #dial(leg: Channel): void {
    const dial = this.#dialling.get(leg.id);
    if (!dial) return;
    const sent = this.#sendDial(leg);
    this.#dialling.delete(leg.id);
    void sent.then((answer) => {
      if (succeeded(answer) || leg.over || leg.endedByUs) return;
      this.#failed(leg, dial.effect, answer, hangup('unknown', said(answer)));
      this.hangUp(leg, dial.effect);
    });
  }

  #sendDial(leg: Channel): Promise<Answer> {
    const timeout = this.#dialling.get(leg.id)?.seconds ?? 1;
    return this.#out.request('POST', withQuery(at('channels', leg.id, 'dial'), { timeout }));
  }

  /** A playback ended: music goes on, a farewell ends the leg. */
  afterPlayback(channel: Channel, playback: EffectId): void {
    if (channel.farewell === playback) this.hangUp(channel, playback);
    else if (channel.waiting && channel.playing.size === 0 && !channel.over) this.#startSound(channel, playback);
  }

  /** Without a reason: 26 (answered elsewhere) for a phone that still rings, so that it shows no missed call. */
  hangUp(channel: Channel, effect: EffectId, reason = channel.up || channel.role === 'caller' ? 16 : 26): void {
    channel.endedByUs = true;
    this.#dialling.delete(channel.id);
    void this.#end(channel.id, reason).then((answer) => {
      if (!succeeded(answer) && !gone(answer)) this.#failed(channel, effect, answer);
    });
  }

  #answer(caller: Channel, effect: EffectId): void {
    if (caller.up) return;
    caller.up = true;
    this.#silence(caller, effect);
    this.#send(caller, effect, 'POST', at('channels', caller.id, 'answer'));
  }

  #play(channel: Channel, effect: EffectId, prompts: Prompt[]): Doing {
    return this.#whenReady(prompts, (uris) => {
      const media = mediaList(uris);
      if (!media) return this.#nothingToHear(channel, effect);
      if (channel.waiting && channel.playing.size === 0) this.#stopSound(channel, effect);
      channel.playing.add(effect);
      channel.media = uris;
      const uri = withQuery(at('channels', channel.id, 'play'), { playbackId: effect, media });
      void this.#out.request('POST', uri).then((answer) => {
        if (succeeded(answer) || !channel.playing.delete(effect)) return;
        this.#failed(channel, effect, answer);
        this.afterPlayback(channel, effect);
      });
    });
  }

  #whenReady(prompts: Prompt[], go: (uris: string[]) => void): Doing {
    const uris = this.#out.prompts.uris(prompts, promptDeadlineMs);
    return Array.isArray(uris) ? go(uris) : uris.then(go);
  }

  /** Every prompt was live and none could be made: the call goes on as if they had been heard. */
  #nothingToHear(channel: Channel, effect: EffectId): void {
    const now = this.#out.clock.now();
    if (channel.role === 'leg') {
      this.#out.report(channel, { type: 'leg-prompt-started', leg: channel.id, playback: effect, at: now });
    }
    this.#out.report(channel, finished(channel, effect, 'done', now));
  }

  #wait(caller: Channel, effect: EffectId, sound: 'music' | 'ringing'): void {
    if (caller.waiting === sound) return;
    if (caller.waiting) this.#stopWait(caller, effect);
    caller.waiting = sound;
    if (caller.playing.size === 0) this.#startSound(caller, effect);
  }

  #stopWait(caller: Channel, effect: EffectId): void {
    if (caller.waiting && caller.playing.size === 0) this.#stopSound(caller, effect);
    delete caller.waiting;
  }

  /** Music that cannot be started gives way to ringing: a caller who waits must hear something. */
  #startSound(channel: Channel, effect: EffectId): void {
    const ring = () => this.#send(channel, effect, 'POST', at('channels', channel.id, 'ring'));
    if (channel.waiting !== 'music') {
      ring();
      return;
    }
    void this.#out.request('POST', at('channels', channel.id, 'moh')).then((answer) => {
      if (succeeded(answer) || channel.over || channel.waiting !== 'music') return;
      this.#failed(channel, effect, answer);
      channel.waiting = 'ringing';
      ring();
    });
  }

  #stopSound = (channel: Channel, effect: EffectId) =>
    this.#send(
      channel,
      effect,
      'DELETE',
      at('channels', channel.id, channel.waiting === 'music' ? 'moh' : 'ring'),
      gone,
    );

  /** Stops everything that plays or records: a must before commands that wait for it. */
  #silence(channel: Channel, effect: EffectId): void {
    if (channel.recording) this.#send(channel, effect, 'POST', at('recordings/live', channel.recording, 'stop'), gone);
    for (const playback of channel.playing) this.#send(channel, effect, 'DELETE', at('playbacks', playback), gone);
  }

  #record(caller: Channel, effect: Of<'record'>): void {
    this.#stopWait(caller, effect.id);
    const query = {
      name: effect.id,
      format: 'wav',
      ifExists: 'overwrite',
      maxDurationSeconds: Math.max(1, Math.ceil(effect.maxMs / 1000)),
      maxSilenceSeconds: Math.round(effect.silenceMs / 1000),
      beep: effect.beep,
      terminateOn: effect.terminator === '#' || effect.terminator === '*' ? effect.terminator : 'none',
    };
    this.#send(caller, effect.id, 'POST', withQuery(at('channels', caller.id, 'record'), query));
    caller.recording = effect.id;
    this.#later(effect.maxMs + recordGraceMs, () => {
      if (caller.recording !== effect.id) return;
      void this.#out.request('POST', at('recordings/live', effect.id, 'stop'));
    });
  }

  #originate(effect: Of<'originate'>): void {
    const leg = this.#out.registry.leg(effect.leg);
    const endpoint = dialString(effect.number, effect.trunk);
    if (!endpoint) {
      const why = `"${effect.number}" over trunk "${effect.trunk}" cannot be dialled`;
      this.#out.report(leg, failure(effect.id, why, this.#out.clock.now(), hangup('bad-number')));
      return;
    }
    if (leg.originated) return;
    leg.originated = true;
    this.#dialling.set(leg.id, { effect: effect.id, seconds: Math.max(1, Math.ceil(effect.ringMs / 1000)) });
    const query = { endpoint, app: this.#out.app, appArgs: 'leg', channelId: leg.id };
    const sent = this.#out.request('POST', withQuery('channels/create', query), { variables: shown(effect) });
    void sent.then((answer) => {
      // 409: the leg exists already, because this effect is performed a second time.
      if (succeeded(answer) || answer.status === 409) return;
      this.#dialling.delete(leg.id);
      this.#failed(leg, effect.id, answer, whyNotCreated(answer));
    });
    this.#dialEarly(leg);
  }

  #tellAndHangup(leg: Channel, effect: Of<'tell-and-hangup'>): Doing {
    if (!leg.up) return this.hangUp(leg, effect.id);
    this.#silence(leg, effect.id);
    leg.farewell = effect.id;
    this.#later(farewellMs, () => {
      if (!leg.over) this.hangUp(leg, effect.id);
    });
    return this.#play(leg, effect.id, effect.prompts);
  }

  /** `mixing` alone lets Asterisk hand the audio over directly (native RTP). */
  #bridge(caller: Channel, effect: Of<'bridge'>): void {
    const leg = this.#out.registry.leg(effect.leg);
    this.#bridges.add(caller.call);
    this.#stopWait(caller, effect.id);
    this.#silence(caller, effect.id);
    this.#silence(leg, effect.id);
    leg.joined = true;
    this.#answer(caller, effect.id);
    void this.#join(caller, leg, effect.id, bridgeOf(caller.call));
  }

  async #join(caller: Channel, leg: Channel, effect: EffectId, bridge: string): Promise<void> {
    const made = await this.#out.request('POST', withQuery(at('bridges', bridge), { type: 'mixing' }));
    const both = withQuery(at('bridges', bridge, 'addChannel'), { channel: `${caller.id},${leg.id}` });
    const joined = succeeded(made) ? await this.#out.aside('POST', both) : made;
    if (succeeded(joined)) this.#out.joined(caller, leg);
    else this.#failed(caller, effect, joined);
  }

  #send(channel: Channel, effect: EffectId, method: 'POST' | 'DELETE', uri: string, fine = (_: Answer) => false): void {
    void this.#out.request(method, uri).then((answer) => {
      if (!succeeded(answer) && !fine(answer)) this.#failed(channel, effect, answer);
    });
  }

  #later(ms: number, task: () => void): void {
    const cancel = this.#out.clock.after(ms, () => {
      this.#due.delete(cancel);
      task();
    });
    this.#due.add(cancel);
  }

  #failed(channel: Channel, effect: EffectId, answer: Answer, hangup?: Hangup): void {
    this.#out.report(channel, failure(effect, said(answer), this.#out.clock.now(), hangup));
  }
}

const bridgeOf = (call: CallId) => `${call}.b`;

/** What we wanted ended has ended by itself; 409: it is on its way out of our application. */
const gone = (answer: Answer) => answer.status === 404 || answer.status === 409;

/** Asterisk's own words for a refusal, short enough for a record. */
function said(answer: Answer): string {
  const detail = /"(?:message|error)":\s*"([^"]*)"/.exec(answer.body)?.[1];
  return answer.status === 0 ? answer.reason : `Asterisk: ${answer.status} ${detail ?? answer.reason}`;
}

const failure = (effect: EffectId, why: string, at: number, hangup?: Hangup): CallEvent => ({
  type: 'effect-failed',
  effect,
  why,
  at,
  ...(hangup ? { hangup } : {}),
});

/** 500 "Allocation failed" is how a trunk without a reachable contact shows (measured); no answer leaves it open whether the leg exists. */
function whyNotCreated(answer: Answer): Hangup {
  if (answer.status === 0) return hangup('lost', said(answer));
  return hangup(answer.status >= 500 ? 'unreachable' : 'unknown', said(answer));
}

/** The number shown is the connected party of an outgoing channel (measured: CALLERID alone gives "anonymous"). */
function shown(effect: Of<'originate'>): Record<string, string> {
  const number = plainNumber(effect.callerId);
  const diversion = plainNumber(effect.diversion ?? '');
  return {
    ...(number ? { 'CONNECTEDLINE(num,i)': number } : {}),
    ...(diversion ? { 'PJSIP_HEADER(add,Diversion)': `<sip:${diversion}@vigie.invalid>;reason=unconditional` } : {}),
  };
}
