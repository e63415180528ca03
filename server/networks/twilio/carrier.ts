// The telephone network behind Twilio: webhooks come in, are stepped and saved, and are answered with the view of the saved call.
import { Gate } from '../../base/gate.ts';
import type { Problem } from '../../base/result.ts';
import { isCaller, type Legs, legView } from '../../domain/call/view.ts';
import { legOf } from '../../domain/hunt/state.ts';
import type { CallRef, Carrier } from '../../domain/telephony/carrier.ts';
import type { Effect } from '../../domain/telephony/effect.ts';
import type { Arrival, CallEvent, CarrierEvent } from '../../domain/telephony/event.ts';
import {
  type CallId,
  type ChannelId,
  callOf,
  type LegId,
  noChannel,
  type PhoneNumber,
} from '../../domain/telephony/names.ts';
import { endDocument } from './document.ts';
import { Documents } from './documents.ts';
import { arrivalOf, endings, legAnswered, legHeard, legPressed, legProgress } from './events.ts';
import { fallbackName } from './fallback.ts';
import { type Ending, type Links, linksFor } from './links.ts';
import { namesFor } from './names.ts';
import type { TwilioOptions } from './options.ts';
import { OurCalls } from './our-calls.ts';
import { Performer } from './perform.ts';
import { Recordings } from './recordings.ts';
import { isCallSid, type Known, Registry } from './registry.ts';
import { Rest } from './rest.ts';
import { TwilioTests } from './self-test/test-line.ts';
import type { VoiceWebhook } from './webhook.ts';

const againMs = 1_000;

export class TwilioCarrier implements Carrier {
  readonly name = 'twilio';
  readonly links: Links;
  readonly rest: Rest;
  /** The line's test of itself. */
  readonly tests: TwilioTests;
  readonly #options: TwilioOptions;
  readonly #registry = new Registry();
  readonly #performer: Performer;
  readonly #recordings: Recordings;
  readonly #documents: Documents;
  readonly #mine: OurCalls;
  #listener: (event: CarrierEvent) => void = () => {};
  /** The CallSid whose request is being dealt with. */
  #answering: string | undefined;
  #stopped = false;
  /** Open once the calls that live are known again. */
  readonly begun = new Gate();

  constructor(options: TwilioOptions) {
    const { access, clock, log, calls, code, media } = options;
    this.#options = options;
    this.links = linksFor(access.publicUrl);
    this.rest = new Rest(access, clock);
    this.#documents = new Documents({ links: this.links, media });
    this.#recordings = new Recordings(options.recordings, this.rest, access, clock, log);
    this.#mine = new OurCalls(options, this.rest, this.#recordings);
    this.tests = new TwilioTests({
      rest: this.rest,
      links: this.links,
      clock,
      log,
      code,
      drop: (leg) => this.drop(leg),
      sound: media.waiting,
    });
    this.#performer = new Performer({
      rest: this.rest,
      links: this.links,
      access,
      call: calls.one,
      now: () => clock.now(),
      answering: () => this.#answering,
      testLeg: (leg) => this.tests.legOf(leg),
      report: (call, event) => this.#listener({ type: 'call', call, event }),
    });
  }

  /** @throws Problem when Twilio does not know the account or its token. */
  async start(listener: (event: CarrierEvent) => void): Promise<void> {
    this.#listener = listener;
    for (const call of this.#mine.all()) this.#recall(call);
    this.#registry.past(await this.#mine.past());
    this.begun.open();
    this.tests.back();
    await this.#tellLiving();
  }

  /** Twilio's names of a saved call's channels, and the recordings that their documents name. */
  #recall(call: Legs): void {
    const known = this.#registry.adopt({ call: call.id, channel: call.channel ?? noChannel(call.id) });
    for (const leg of call.hunt?.legs ?? []) {
      if (leg.placed) known.sids.set(leg.id, leg.placed);
      this.#documents.leg(call.id, leg.id, legView(call, leg.id));
    }
    const withCaller = this.#options.calls.one(call.id);
    if (withCaller?.test) known.test = true;
    if (withCaller) this.#documents.caller(call.id, withCaller);
    if (withCaller?.callBack?.leg) known.sids.set(withCaller.callBack.leg, withCaller.channel);
  }

  async #tellLiving(): Promise<void> {
    const { clock, log } = this.#options;
    const found = await this.#mine.living((leg, sid) => this.#named(leg, sid));
    if (this.#stopped) return;
    if (found.ok) return this.#listener({ type: 'back', at: clock.now(), living: found.value });
    if (found.http === 401) throw refused(found.why);
    log.warn({ why: found.why }, 'Twilio does not tell what lives there: asked again');
    clock.after(againMs, () => void this.#tellLiving().catch((error) => log.error({ error }, 'Twilio refuses us')));
  }

  adopt(ref: CallRef): void {
    this.#registry.adopt(ref);
  }

  forget(call: CallId): void {
    this.#registry.end(call, this.#options.clock.now());
  }

  perform(ref: CallRef, effects: readonly Effect[]): void {
    this.#performer.perform(this.#registry.adopt(ref), effects);
  }

  drop(channel: ChannelId): void {
    const sid = this.#registry.ofLeg(channel)?.sids.get(channel) ?? (isCallSid(channel) ? channel : undefined);
    if (sid && this.#answering !== sid) void this.#performer.end(sid);
  }

  /** Who asks at this moment is answered with a refusal, which sends them to the number's fallback URL; who does not ask is turned there. */
  rescue(ref: CallRef, called: PhoneNumber): void {
    const known = this.#registry.adopt(ref);
    known.rescued = true;
    if (this.#answering === ref.channel) return;
    void this.#performer.turnTo(
      known,
      `${this.#options.access.fallbackUrl}/${fallbackName(called, namesFor(this.#options.access.tokens))}`,
    );
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#recordings.stop();
  }

  /** A caller at the door; asked twice, it is the same call. A CallSid that was is no new caller: undefined. */
  arrived(said: VoiceWebhook): string | undefined {
    const { CallSid } = said;
    const before = this.#registry.callOfChannel(CallSid);
    if (before) return this.#callerHears(before);
    if (this.#registry.isPast(CallSid)) return undefined;
    const arrival = arrivalOf(said, this.#options.clock.now());
    return this.tests.holds(arrival) ? this.atDoor(said, 0) : this.#letIn(arrival);
  }

  /** A caller who was kept at the door asks again. One whom nobody knows has just come. */
  atDoor(said: VoiceWebhook, place: number): string | undefined {
    const before = this.#registry.callOfChannel(said.CallSid);
    if (before) return this.#callerHears(before);
    const asked = this.tests.atDoor(said, place);
    if (!asked) return this.arrived(said);
    return 'arrival' in asked ? this.#letIn(asked.arrival) : asked.document;
  }

  #letIn(arrival: Arrival): string | undefined {
    this.#deal(arrival.channel, [{ type: 'arrival', arrival }]);
    const call = this.#registry.callOfChannel(arrival.channel);
    const known = call && this.#registry.get(call);
    if (known && arrival.test) known.test = true;
    return call && this.#callerHears(call);
  }

  /** What the caller's channel finished, or nothing: it only asks what to hear. Undefined: not a call of ours. */
  caller(id: CallId, said: VoiceWebhook, done?: { turn: number; what: Ending }): string | undefined {
    const known = this.#registry.get(id);
    if (!known || known.channel !== said.CallSid) return undefined;
    const call = this.#options.calls.one(id);
    if (call && done) {
      const file = this.#recordings.file(id, said.RecordingSid);
      const events = endings(call, done.turn, done.what, said, file, this.#options.clock.now());
      this.#dealWith(known.channel, id, events);
      if (said.RecordingSid) this.#recordings.fetch(id, said.RecordingSid, known);
    }
    return this.#callerHears(id);
  }

  /** The waiting caller's sound, round after round. */
  waiting(id: CallId, round: number): string {
    const known = this.#registry.get(id);
    if (known) known.inRoom = true;
    return this.#documents.waiting(id, this.#options.calls.one(id), round);
  }

  /** The caller's channel is over. */
  gone(said: VoiceWebhook): void {
    const call = this.#registry.callOfChannel(said.CallSid);
    if (!call) this.tests.gone(said);
    else this.#dealWith(said.CallSid, call, [{ type: 'caller-hung-up', at: this.#options.clock.now() }]);
  }

  /** The phone of a leg was picked up, or it asks again what to hear. */
  leg(leg: LegId, said: VoiceWebhook): string {
    return this.#ofLeg(leg, said, (call) => legAnswered(call, leg, this.#options.clock.now()));
  }

  pressed(leg: LegId, question: string, said: VoiceWebhook): string {
    const asked = `${callOf(leg)}.${question}`;
    return this.#ofLeg(leg, said, (call) => legPressed(call, leg, asked, said.Digits, this.#options.clock.now()));
  }

  #ofLeg(leg: LegId, said: VoiceWebhook, meaning: (call: Legs) => CallEvent[]): string {
    const id = callOf(leg);
    const known = this.#learn(leg, said);
    const call = this.#mine.one(id);
    if (!known || !call || known.sids.get(leg) !== said.CallSid) return endDocument();
    this.#dealWith(said.CallSid, id, meaning(call));
    return this.#legHears(leg, id, said.CallSid);
  }

  /** Progress of a leg. What is older than what we know means nothing. */
  legTold(leg: LegId, said: VoiceWebhook): void {
    const known = this.#learn(leg, said);
    if (!known || known.sids.get(leg) !== said.CallSid) return;
    const number = said.SequenceNumber ?? Number.MAX_SAFE_INTEGER;
    if (number < (known.sequence.get(leg) ?? -1)) return;
    known.sequence.set(leg, number);
    this.#dealWith(said.CallSid, known.call, legProgress(leg, said, this.#options.clock.now()));
  }

  legHeard(leg: LegId, said: VoiceWebhook): void {
    const known = this.#registry.ofLeg(leg);
    if (known?.sids.get(leg) !== said.CallSid) return;
    this.#dealWith(said.CallSid, known.call, legHeard(leg, said, this.#options.clock.now()));
  }

  /** A recording is ready to be fetched. */
  recorded(call: CallId, said: VoiceWebhook): void {
    const { RecordingSid: sid, RecordingStatus, CallSid } = said;
    const known = this.#registry.get(call);
    if (sid && RecordingStatus !== 'absent' && known?.channel === CallSid) this.#recordings.fetch(call, sid, known);
  }

  #named(leg: LegId, sid: string): void {
    const known = this.#registry.ofLeg(leg);
    if (known) this.#performer.placed(known, leg, sid);
  }

  /** The first word of a leg's CallSid may be its webhook, before the answer to our own request. */
  #learn(leg: LegId, said: VoiceWebhook): Known | undefined {
    const known = this.#registry.ofLeg(leg);
    const call = this.#mine.one(callOf(leg));
    if (known && call?.hunt && legOf(call.hunt, leg)) this.#performer.placed(known, leg, said.CallSid);
    return known;
  }

  #callerHears(id: CallId): string | undefined {
    return this.#documents.caller(id, this.#options.calls.one(id), this.#registry.get(id));
  }

  /** Keys count from the moment in which the question is given to be heard. */
  #legHears(leg: LegId, id: CallId, sid: string): string {
    const call = this.#mine.one(id);
    if (!call) return endDocument();
    if (isCaller(call, leg)) return this.#callerHears(id) ?? endDocument();
    const view = legView(call, leg);
    if (view.hears === 'question') {
      const at = this.#options.clock.now();
      const began = { type: 'leg-prompt-started' as const, leg, playback: view.question, at };
      this.#dealWith(sid, id, [began]);
    }
    return this.#documents.leg(id, leg, view);
  }

  #dealWith(sid: string, call: CallId, events: CallEvent[]): void {
    this.#deal(
      sid,
      events.map((event) => ({ type: 'call', call, event })),
    );
  }

  /** The whole step, save and perform happen inside the listener: what it leaves behind is what the document shows. */
  #deal(sid: string, events: CarrierEvent[]): void {
    this.#answering = sid;
    try {
      for (const event of events) this.#listener(event);
    } finally {
      this.#answering = undefined;
    }
  }
}

const refused = (why: string): Problem => ({
  file: 'Twilio',
  message: why,
  hint: 'check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN',
});
