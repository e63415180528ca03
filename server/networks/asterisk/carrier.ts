// The telephone network behind Asterisk: joins link, events, effects and reconciliation into the house's Carrier port.
import { type Clock, systemClock } from '../../base/clock.ts';
import type { CallRef, Carrier } from '../../domain/telephony/carrier.ts';
import type { Effect } from '../../domain/telephony/effect.ts';
import type { CallEvent, CarrierEvent } from '../../domain/telephony/event.ts';
import type { CallId, ChannelId } from '../../domain/telephony/names.ts';
import { toE164 } from '../../domain/telephony/numbers.ts';
import { type Applications, applicationsOf, prepareApplications } from './applications.ts';
import { type Aside, openAside } from './ari/aside.ts';
import { AriLink } from './ari/link.ts';
import { type AriEvent, at, notConnected, withQuery } from './ari/words.ts';
import { arrivalOf, finished, meaningOf } from './events.ts';
import { Hearing, hears } from './hearing.ts';
import { heartbeat } from './heartbeat.ts';
import type { AsteriskOptions } from './options.ts';
import { Orders } from './orders.ts';
import { Performer } from './perform/perform.ts';
import { endedPlaybacks, newsIn } from './reconcile.ts';
import { type Channel, isLeg, Registry } from './registry.ts';
import { TestLine } from './self-test/test-line.ts';
import { keepSilenceNote } from './silence-note.ts';
import type { TextLink } from './sms.ts';
import { Snapshots } from './snapshot.ts';
import { TalkWatch } from './talk-watch.ts';
import { EndpointWatch } from './trunks.ts';

/** Longer than a prompt that a former process may have left playing. */
const asideMs = 15_000;

export class AsteriskCarrier implements Carrier {
  readonly name = 'asterisk';
  readonly listens: boolean;
  readonly #options: AsteriskOptions;
  readonly #clock: Clock;
  readonly #apps: Applications;
  readonly #link: AriLink;
  readonly #registry = new Registry();
  readonly #performer: Performer;
  readonly #aside: Aside;
  readonly #trunks = new EndpointWatch();
  readonly #talks: TalkWatch;
  readonly #snapshots: Snapshots;
  /** The line's test of itself. */
  readonly tests: TestLine;
  readonly #hearing: Hearing;
  readonly #orders = new Orders();
  #listener: (event: CarrierEvent) => void = () => {};
  /** Events that came before `back` was told: they are newer than the snapshot, or part of it. */
  #held: AriEvent[] | undefined = [];
  #stopBeating: () => void = () => {};
  #stopNoting: () => void = () => {};
  /** Counts connections: an answer that belongs to an earlier one is dropped. */
  #generation = 0;
  #firstBack: (() => void) | undefined;
  #textKnock: () => void = () => {};

  constructor(options: AsteriskOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#apps = applicationsOf(options.app ?? 'vigie', hears(options));
    this.#link = new AriLink(
      {
        access: options.access,
        apps: Object.values(this.#apps),
        log: options.log,
        clock: this.#clock,
        firstMs: options.firstMs ?? 10_000,
      },
      { event: (event) => this.#event(event), up: () => void this.#up(), down: (why) => this.#down(why) },
    );
    this.#aside = openAside(options.access, asideMs);
    this.#snapshots = new Snapshots(this.#link.request, this.#apps.calls, options);
    this.#performer = new Performer({
      // Nothing is asked between a new connection and its snapshot: what began there would be missing in it, and be taken for dead.
      request: (method, uri, body) =>
        this.#held ? Promise.resolve(notConnected) : this.#link.request(method, uri, body),
      aside: (method, uri) => (this.#held ? Promise.resolve(notConnected) : this.#aside.request(method, uri)),
      registry: this.#registry,
      prompts: options.prompts,
      trunk: options.trunk,
      clock: this.#clock,
      app: this.#apps.calls,
      joined: (caller, leg) => this.#talks.joined(caller, leg),
      said: (channel, playback) => this.#hearing.said(channel, playback),
      report: (channel, event) => this.#report(channel, event),
    });
    this.#talks = new TalkWatch(this.#link.request, this.#clock, (caller, leg, silent) => {
      const from = silent === leg ? leg.id : 'caller';
      this.#report(caller, { type: 'unheard', from, at: this.#clock.now() });
    });
    this.tests = new TestLine({
      request: this.#link.request,
      clock: this.#clock,
      log: options.log,
      app: this.#apps.tests,
      trunk: options.trunk,
      answered: (channel) => this.#registry.answeredBefore(channel),
      admit: (arrival) => this.#listener({ type: 'arrival', arrival }),
    });
    this.listens = options.detector !== undefined;
    this.#hearing = new Hearing(options, {
      request: this.#link.request,
      app: this.#apps.ears ?? '',
      clock: this.#clock,
      log: options.log,
      hush: (caller, playback) => this.#performer.stopPlay(caller, playback),
      report: (channel, event) => this.#report(channel, event),
    });
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
    this.#stopNoting = keepSilenceNote({
      file: this.#options.silenceNote,
      clock: this.#clock,
      log: this.#options.log,
      silentMs: () => this.#link.silentMs,
      channels: () => [...this.#registry.all()].flatMap(({ id, over }) => (over ? [] : [id])),
    });
    await this.#link.start().catch((error: unknown) => {
      this.#stopNoting();
      throw error;
    });
    await back;
  }

  adopt(ref: CallRef): void {
    this.#registry.caller(ref);
  }

  /** What was asked before is still performed, in its order. */
  forget(call: CallId): void {
    this.#orders.afterAll(call, () => {
      this.#performer.endBridge(call);
      this.#registry.forget(call);
      this.#orders.forget(call);
    });
  }

  perform(ref: CallRef, effects: readonly Effect[]): void {
    for (const effect of effects) {
      this.#hearing.before(this.#registry.caller(ref), effect);
      this.#orders.add(ref.call, () => this.#performer.performSafely(ref, effect));
    }
  }

  drop(channel: ChannelId): void {
    void this.#link.request('DELETE', withQuery(at('channels', channel), { reason_code: 16 }));
  }

  rescue(ref: CallRef): void {
    this.#performer.handOver(this.#registry.caller(ref));
  }

  async stop(): Promise<void> {
    this.#generation++;
    this.#stopBeating();
    this.#stopNoting();
    this.#performer.stop();
    this.#talks.stop();
    this.#hearing.stop();
    this.#link.stop();
  }

  async #up(): Promise<void> {
    const generation = ++this.#generation;
    this.#stopBeating = heartbeat(this.#link.request, {
      clock: this.#clock,
      log: this.#options.log,
      healthy: this.#options.healthy,
    });
    void prepareApplications(this.#link.request, this.#apps);
    await this.#resync(generation);
  }

  #down(why: string): void {
    this.#generation++;
    this.#held = [];
    this.#hearing.reset();
    this.#aside.reset();
    this.#stopBeating();
    this.#options.log.error({ why }, 'the connection to Asterisk is lost');
    this.tests.lost();
    this.#listener({ type: 'lost', at: this.#clock.now() });
  }

  /** Tells `back`, then what happened since the snapshot. */
  async #resync(generation: number): Promise<void> {
    const now = () => this.#clock.now();
    const [snapshot, trunks] = await Promise.all([
      this.#snapshots.take(now),
      this.#trunks.askAll(this.#link.request, now),
    ]);
    if (generation !== this.#generation) return;
    if (!snapshot) {
      this.#options.log.warn({}, 'Asterisk did not tell what lives there: asked again');
      this.#clock.after(1000, () => void this.#resync(generation));
      return;
    }
    const held = this.#held ?? [];
    this.#held = undefined;
    const living = this.#performer.endAgain(snapshot.found);
    this.#registry.settle(living);
    this.#performer.found(living.bridges);
    this.#listener({ type: 'back', at: now(), living: this.#snapshots.told(snapshot, living, this.tests) });
    this.tests.back();
    for (const trunk of trunks) this.#listener(trunk);
    this.#talks.found(living, this.#registry);
    for (const event of newsIn(held, living)) this.#event(event);
    this.#firstBack?.();
    await this.#missedEnds(generation);
  }

  /** Playbacks that ended while nobody listened: their end is told now, or the call would wait for it. */
  async #missedEnds(generation: number): Promise<void> {
    for await (const { channel, id } of endedPlaybacks(this.#link.request, this.#registry.all())) {
      if (generation !== this.#generation) return;
      if (!channel.playing.delete(id)) continue;
      this.#performer.afterPlayback(channel, id);
      this.#listener({ type: 'call', call: channel.call, event: finished(channel, id, 'done', this.#clock.now()) });
    }
  }

  #report(channel: Channel, event: CallEvent): void {
    // Never from inside perform(): the switchboard is still in the middle of the step that asked for this.
    queueMicrotask(() => this.#listener({ type: 'call', call: channel.call, event }));
  }

  #event(event: AriEvent): void {
    if (event.type === 'ApplicationReplaced') this.#replaced(event);
    else if (event.type === 'TextMessageReceived') this.#textKnock();
    else if (event.application === this.#apps.tests) this.tests.own(event);
    else if (event.application === this.#apps.ears) this.#hearing.entered(event.channel?.id ?? '');
    else if (this.#held) this.#held.push(event);
    else if (event.application === this.#apps.trunks) this.#ofTrunk(event);
    else if (event.type === 'StasisStart' && !isLeg(event.channel?.id ?? '')) this.#entered(event);
    else this.#happened(event);
  }

  /** Asterisk leaves our socket open and sends everything to the other: deaf, we must not look alive, nor take the calls back in turn. */
  #replaced(event: AriEvent): void {
    const { calls: app } = this.#apps;
    if (event.application !== app) return;
    this.#options.log.error({ app }, 'another process has taken this line over: this one serves no call any more');
    this.#link.stop();
    this.#down('replaced by another process');
    this.#options.replaced?.();
  }

  /** A trunk tells of itself, and of its legs: how they fare before they are with us, and their end. */
  #ofTrunk(event: AriEvent): void {
    if (isLeg(event.channel?.id ?? event.peer?.id ?? '')) this.#happened(event);
    else this.#tell(this.#trunks.read(event, this.#clock.now()));
  }

  #happened(event: AriEvent): void {
    this.tests.saw(event);
    const meaning = meaningOf(this.#registry, event, this.#clock.now(), this.#options.recordings);
    if (!meaning) return;
    const { channel, event: meant } = meaning;
    if (event.type === 'PlaybackFinished' && event.playback) {
      this.#performer.afterPlayback(channel, event.playback.id);
    }
    this.#hearing.happens(channel, meant);
    this.#listener({ type: 'call', call: channel.call, event: meant });
    this.#hearing.happened(channel, meant);
  }

  #entered(event: AriEvent): void {
    const { channel, args = [] } = event;
    if (!channel) return;
    const arrival = arrivalOf(channel, args, this.#clock.now());
    if (channel.state === 'Up') this.#registry.answeredBefore(channel.id);
    if (arrival) {
      if (!this.tests.holds(arrival, false)) this.#tell({ type: 'arrival', arrival });
    } else {
      const entered = { channel: channel.id, args: args.join() };
      this.#options.log.warn(entered, 'a channel entered that is no caller: left alone');
    }
  }

  #tell(event: CarrierEvent | undefined): void {
    if (event) this.#listener(event);
  }
}
