// The telephone network behind Asterisk: joins link, events, effects and reconciliation into the house's Carrier port.
import { type Clock, systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { CallRef, Carrier } from '../telephony/carrier.ts';
import type { Effect } from '../telephony/effect.ts';
import type { CallEvent, CarrierEvent, Living } from '../telephony/event.ts';
import type { CallId, ChannelId } from '../telephony/names.ts';
import { type Aside, openAside } from './ari/aside.ts';
import { AriLink } from './ari/link.ts';
import type { AriAccess } from './ari/probe.ts';
import { type AriEvent, at, notConnected, withQuery } from './ari/words.ts';
import { follow } from './detector/follow.ts';
import { arrivalOf, finished, meaningOf } from './events.ts';
import type { Detector, MakeDetector, PromptSource } from './media.ts';
import { toE164 } from './numbers.ts';
import { Performer } from './perform.ts';
import { livingNow, prepareApplications } from './reconcile.ts';
import { type Channel, isLeg, Registry } from './registry.ts';
import type { TextLink } from './sms.ts';
import { TalkWatch } from './talk-watch.ts';
import { TrunkWatch } from './trunks.ts';

export type AsteriskOptions = {
  access: AriAccess;
  prompts: PromptSource;
  /** Folder in which Asterisk keeps recordings (`<astspooldir>/recording`). */
  recordings: string;
  log: Log;
  clock?: Clock;
  /** Stasis application; the dialplan names it too. */
  app?: string;
  /** The longest the first connection may take; 10 s unless said otherwise. */
  firstMs?: number;
  /** No heartbeat while this says no: new callers then take the last-resort route. */
  healthy?: () => boolean;
  /** Listens to legs that answered; without one nobody does. */
  detector?: MakeDetector;
  /** Another process connected as the same application, and has the calls now: nothing is left but to end. */
  replaced?: () => void;
};

const heartbeatMs = 1000;
/** Longer than a prompt that a former process may have left playing. */
const asideMs = 15_000;
/** Read by the dialplan: a value older than 3 s sends callers to the last-resort route. */
export const heartbeatVariable = 'VIGIE_HEARTBEAT';

export class AsteriskCarrier implements Carrier {
  readonly name = 'asterisk';
  readonly listens: boolean;
  readonly #options: AsteriskOptions;
  readonly #clock: Clock;
  readonly #app: string;
  readonly #link: AriLink;
  readonly #registry = new Registry();
  readonly #performer: Performer;
  readonly #aside: Aside;
  readonly #trunks = new TrunkWatch();
  readonly #talks: TalkWatch;
  readonly #detector: Detector | undefined;
  readonly #queues = new Map<CallId, Promise<void>>();
  #listener: (event: CarrierEvent) => void = () => {};
  /** Events that came before `back` was told: they are newer than the snapshot, or part of it. */
  #held: AriEvent[] | undefined = [];
  #beating: NodeJS.Timeout | undefined;
  /** Counts connections: an answer that belongs to an earlier one is dropped. */
  #generation = 0;
  #firstBack: (() => void) | undefined;
  #textKnock: () => void = () => {};

  constructor(options: AsteriskOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#app = options.app ?? 'vigie';
    this.#link = new AriLink(
      {
        access: options.access,
        apps: [this.#app, this.#trunkApp, ...(options.detector ? [this.#earApp] : [])],
        log: options.log,
        clock: this.#clock,
        firstMs: options.firstMs ?? 10_000,
      },
      { event: (event) => this.#event(event), up: () => void this.#up(), down: (why) => this.#down(why) },
    );
    this.#aside = openAside(options.access, asideMs);
    this.#performer = new Performer({
      // Nothing is asked between a new connection and its snapshot: what began there would be missing in it, and be taken for dead.
      request: (method, uri, body) =>
        this.#held ? Promise.resolve(notConnected) : this.#link.request(method, uri, body),
      aside: this.#aside.request,
      registry: this.#registry,
      prompts: options.prompts,
      clock: this.#clock,
      app: this.#app,
      joined: (caller, leg) => this.#talks.joined(caller, leg),
      report: (channel, event) => this.#report(channel, event),
    });
    this.#talks = new TalkWatch(this.#link.request, this.#clock, (caller, leg, silent) => {
      const from = silent === leg ? leg.id : 'caller';
      this.#report(caller, { type: 'unheard', from, at: this.#clock.now() });
    });
    this.listens = options.detector !== undefined;
    this.#detector = options.detector?.({
      request: this.#link.request,
      app: this.#earApp,
      clock: this.#clock,
      log: options.log,
    });
  }

  /** Endpoint events come through an application of their own: an application that hears both a channel and its endpoint hears everything twice. */
  get #trunkApp(): string {
    return `${this.#app}-trunks`;
  }

  get #earApp(): string {
    return `${this.#app}-ears`;
  }

  /** What SMS over the trunks need; see sms.ts. */
  readonly texts: TextLink = {
    request: (method, uri, body) => this.#link.request(method, uri, body),
    isReachable: (trunk) => this.#trunks.isReachable(trunk),
    listen: (knock) => {
      this.#textKnock = knock;
    },
  };

  /** @throws Problem (place, sentence, mend) when Asterisk cannot be reached in time, refuses us, or is too old. */
  async start(listener: (event: CarrierEvent) => void): Promise<void> {
    this.#listener = listener;
    // The first number takes ten times as long as the others: better now than for the first caller.
    toE164('+33100000000');
    const back = new Promise<void>((resolve) => {
      this.#firstBack = resolve;
    });
    await this.#link.start();
    await back;
  }

  adopt(ref: CallRef): void {
    this.#registry.caller(ref);
  }

  /** What was asked before is still performed, in its order. */
  forget(call: CallId): void {
    const before = this.#queues.get(call);
    if (before) void before.then(() => this.#forgetNow(call));
    else this.#forgetNow(call);
  }

  #forgetNow(call: CallId): void {
    this.#performer.endBridge(call);
    this.#registry.forget(call);
    this.#queues.delete(call);
  }

  perform(ref: CallRef, effects: readonly Effect[]): void {
    for (const effect of effects) {
      // Before what the effect asks for: a channel that is snooped on is not bridged natively.
      if (effect.type === 'bridge') this.#detector?.detach(effect.leg);
      const before = this.#queues.get(ref.call);
      const doing = before ? before.then(() => this.#safely(ref, effect)) : this.#safely(ref, effect);
      if (!doing) continue;
      const queue = doing.then(() => {
        if (this.#queues.get(ref.call) === queue) this.#queues.delete(ref.call);
      });
      this.#queues.set(ref.call, queue);
    }
  }

  drop(channel: ChannelId): void {
    void this.#link.request('DELETE', withQuery(at('channels', channel), { reason_code: 16 }));
  }

  async stop(): Promise<void> {
    this.#generation++;
    clearInterval(this.#beating);
    this.#performer.stop();
    this.#talks.stop();
    this.#detector?.stop();
    this.#link.stop();
  }

  async #up(): Promise<void> {
    const generation = ++this.#generation;
    this.#beat();
    this.#beating = setInterval(() => this.#beat(), heartbeatMs);
    void prepareApplications(this.#link.request, {
      ...{ app: this.#app, trunkApp: this.#trunkApp },
      ...(this.#detector ? { earApp: this.#earApp } : {}),
    });
    await this.#resync(generation);
  }

  #down(why: string): void {
    this.#generation++;
    this.#held = [];
    this.#detector?.reset();
    this.#aside.reset();
    clearInterval(this.#beating);
    this.#options.log.error({ why }, 'the connection to Asterisk is lost');
    this.#listener({ type: 'lost', at: this.#clock.now() });
  }

  /** Tells `back`, then what happened since the snapshot. */
  async #resync(generation: number): Promise<void> {
    const now = () => this.#clock.now();
    const [found, trunks] = await Promise.all([
      livingNow(this.#link.request, this.#app, now),
      this.#trunks.askAll(this.#link.request, now),
    ]);
    if (generation !== this.#generation) return;
    if (!found) {
      this.#options.log.warn({}, 'Asterisk did not tell what lives there: asked again');
      this.#clock.after(1000, () => void this.#resync(generation));
      return;
    }
    const held = this.#held ?? [];
    this.#held = undefined;
    const living = this.#performer.endAgain(found);
    this.#registry.settle(living);
    this.#performer.found(living.bridges);
    this.#listener({ type: 'back', at: now(), living });
    for (const trunk of trunks) this.#listener(trunk);
    this.#watchTalks(living);
    this.#release(living, held);
    this.#firstBack?.();
    await this.#missedEnds(generation);
  }

  /** Talks that went on without us. */
  #watchTalks({ bridges }: Living): void {
    for (const { channels } of bridges) {
      const both = channels.map((id) => this.#registry.known(id) ?? (isLeg(id) ? this.#registry.leg(id) : undefined));
      const caller = both.find((one) => one?.role === 'caller');
      const leg = both.find((one) => one?.role === 'leg');
      if (caller && leg) this.#talks.joined(caller, leg);
    }
  }

  #release(living: Living, held: readonly AriEvent[]): void {
    const inSnapshot = new Set(living.channels.map(({ channel }) => channel));
    for (const { channel } of living.channels) {
      if (isLeg(channel)) this.#performer.entered(this.#registry.leg(channel));
    }
    for (const event of held) {
      const told = event.type === 'StasisStart' && inSnapshot.has(event.channel?.id ?? '');
      if (!told) this.#event(event);
    }
  }

  /** Playbacks that ended while nobody listened: their end is told now, or the call would wait for it. */
  async #missedEnds(generation: number): Promise<void> {
    const asked = [...this.#registry.all()].flatMap((channel) => [...channel.playing].map((id) => ({ channel, id })));
    for (const { channel, id } of asked) {
      const answer = await this.#link.request('GET', at('playbacks', id));
      if (generation !== this.#generation) return;
      if (answer.status !== 404 || !channel.playing.delete(id)) continue;
      this.#performer.afterPlayback(channel, id);
      this.#listener({ type: 'call', call: channel.call, event: finished(channel, id, 'done', this.#clock.now()) });
    }
  }

  #beat(): void {
    if (this.#options.healthy?.() === false) return;
    const value = Math.floor(this.#clock.now() / 1000);
    void this.#link
      .request('POST', withQuery('asterisk/variable', { variable: heartbeatVariable, value }))
      .then((answer) => {
        if (answer.status >= 300)
          this.#options.log.error({ ...answer }, 'the heartbeat is refused: callers go to the last-resort route');
      });
  }

  #safely(ref: CallRef, effect: Effect): undefined | Promise<void> {
    const failed = (error: unknown) => {
      const why = (error as Error).message;
      this.#report(this.#registry.caller(ref), {
        type: 'effect-failed',
        effect: effect.id,
        why,
        at: this.#clock.now(),
      });
    };
    try {
      const doing = this.#performer.perform(ref, effect);
      return doing ? doing.catch(failed) : undefined;
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  #report(channel: Channel, event: CallEvent): void {
    // Never from inside perform(): the switchboard is still in the middle of the step that asked for this.
    queueMicrotask(() => this.#listener({ type: 'call', call: channel.call, event }));
  }

  #event(event: AriEvent): void {
    if (event.type === 'ApplicationReplaced') this.#replaced(event);
    else if (event.type === 'TextMessageReceived') this.#textKnock();
    else if (event.application === this.#earApp) this.#detector?.entered(event.channel?.id ?? '');
    else if (this.#held) this.#held.push(event);
    else if (event.application === this.#trunkApp) this.#tell(this.#trunks.read(event, this.#clock.now()));
    else if (event.type === 'StasisStart') this.#entered(event);
    else this.#happened(event);
  }

  /** Asterisk leaves our socket open and sends everything to the other: deaf, we must not look alive, nor take the calls back in turn. */
  #replaced(event: AriEvent): void {
    if (event.application !== this.#app) return;
    this.#options.log.error(
      { app: this.#app },
      'another process has taken this line over: this one serves no call any more',
    );
    this.#link.stop();
    this.#down('replaced by another process');
    this.#options.replaced?.();
  }

  #happened(event: AriEvent): void {
    const meaning = meaningOf(this.#registry, event, this.#clock.now(), this.#options.recordings);
    if (!meaning) return;
    const { channel, event: meant } = meaning;
    if (event.type === 'PlaybackFinished' && event.playback) {
      this.#performer.afterPlayback(channel, event.playback.id);
    }
    this.#listener({ type: 'call', call: channel.call, event: meant });
    if (this.#detector) follow(this.#detector, channel, meant, (heard) => this.#report(channel, heard));
  }

  #entered(event: AriEvent): void {
    const { channel, args = [] } = event;
    if (!channel) return;
    if (isLeg(channel.id)) {
      this.#performer.entered(this.#registry.leg(channel.id));
      return;
    }
    const arrival = arrivalOf(channel, args, this.#clock.now());
    if (channel.state === 'Up') this.#registry.answeredBefore(channel.id);
    if (arrival) this.#tell({ type: 'arrival', arrival });
    else
      this.#options.log.warn(
        { channel: channel.id, args: args.join() },
        'a channel entered that is no caller: left alone',
      );
  }

  #tell(event: CarrierEvent | undefined): void {
    if (event) this.#listener(event);
  }
}
