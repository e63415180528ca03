// The line's test of itself at Twilio: our number called from another of the account, our own caller at the door, and what answers in a
// person's place. It knows channels and keys, and not what a test is about. Whatever it does is asked for, second by second: if this server dies,
// the next request of our caller fails, its call ends, and with it the other end, before the fallback document rings anybody.
import type { Clock } from '../../../base/clock.ts';
import type { Log } from '../../../base/log.ts';
import type { Arrival } from '../../../domain/telephony/event.ts';
import { hangupFromTwilio } from '../../../domain/telephony/hangup.ts';
import {
  answererOf,
  type CallId,
  type ChannelId,
  type LegId,
  type PhoneNumber,
} from '../../../domain/telephony/names.ts';
import {
  codeDigits,
  type TestChannelEvent,
  type TestDial,
  type TestListener,
  type TestNetwork,
} from '../../../domain/telephony/self-test.ts';
import { endDocument } from '../document.ts';
import { isOver } from '../events.ts';
import type { Links } from '../links.ts';
import type { Rest } from '../rest.ts';
import type { VoiceWebhook } from '../webhook.ts';
import { Answerers } from './answerers.ts';
import { Doors, type Held } from './doors.ts';
import { type Ours, testOf } from './ours.ts';
import { endFormer, orderOf, together } from './rest.ts';
import { lastDocument, type Script, scriptDocument, shownDocument } from './script.ts';

export type TwilioTestOptions = {
  rest: Rest;
  links: Links;
  clock: Clock;
  log: Log;
  /** Ten random digits that nobody can guess. */
  code: () => string;
  /** The name of a piece of sound: ringing for callers that wait, music for a message. */
  sound: (kind: 'music' | 'ringing', fromMs: number, ms: number) => string;
  /** Ends a leg of ours. */
  drop: (leg: LegId) => void;
};

type Said = TestChannelEvent extends infer E ? (E extends unknown ? Omit<E, 'at'> : never) : never;

/** In pieces, so that it is never long before our caller asks again. */
const messageMs = [0, 3_000, 6_000];
const pieceMs = 3_000;

export class TwilioTests implements TestNetwork {
  readonly #options: TwilioTestOptions;
  readonly #doors = new Doors();
  readonly #answerers: Answerers;
  /** Answerers that have shown which leg they are: Twilio's names. */
  readonly #answering = new Map<ChannelId, string>();
  /** Keys for an answerer that is not there yet. */
  readonly #early = new Map<ChannelId, string>();
  #listener: TestListener | undefined;
  #ours: Ours | undefined;

  constructor(options: TwilioTestOptions) {
    this.#options = options;
    const { clock, code, drop } = options;
    this.#answerers = new Answerers({ clock, code, drop });
  }

  listen(listener: TestListener): void {
    this.#listener = listener;
  }

  /** We have come back: what a former life left under way is ended now. */
  back(): void {
    this.#listener?.back();
  }

  /** @returns true: the arrival is no switchboard's business yet. */
  holds(arrival: Arrival): boolean {
    const { channel } = arrival;
    // Asked twice, it is one caller.
    if (this.#doors.get(channel)) return true;
    if (this.#answerers.takes(arrival)) {
      const held = this.#doors.open(arrival);
      held.script.deeds.push({ digits: codeDigits, ringing: true });
      return true;
    }
    this.#doors.open(arrival);
    const held = this.#listener?.arrival(arrival, false) === true;
    if (!held) this.#doors.close(channel);
    return held;
  }

  /** What a caller at the door hears. `arrival`: it is let in. Undefined: nobody whom we know. */
  atDoor({ CallSid, Digits }: VoiceWebhook, place: number): { document: string } | { arrival: Arrival } | undefined {
    const held = this.#doors.get(CallSid);
    if (!held) return undefined;
    held.place = Math.max(place, held.place);
    if (place > 0 && this.#doors.finished(held, place - 1)) this.#keyed(held, Digits);
    const { free } = held;
    const letIn = free ?? (this.#answerers.isCaller(CallSid) ? held.arrival : undefined);
    if (letIn) this.#doors.close(CallSid);
    if (free) return { arrival: free };
    if (letIn) return undefined;
    return { document: held.document ?? this.#document(held.script, place, (at) => this.#options.links.door(at)) };
  }

  #keyed(held: Held, digits: string): void {
    const { channel } = held.arrival;
    held.script.idle = 'rings';
    if (!this.#answerers.isUnknown(channel)) {
      for (const digit of digits) this.#tell({ type: 'pressed', channel, digit });
      return;
    }
    const leg = this.#answerers.keyed(channel, digits);
    if (!leg) return;
    const answerer = answererOf(leg);
    held.document = lastDocument(this.#early.get(answerer) ?? '');
    this.#early.delete(answerer);
    this.#answering.set(answerer, channel);
    this.#tell({ type: 'called', channel: answerer });
  }

  /** A caller's channel is over. False: it was nobody at the door. */
  gone({ CallSid, CallStatus = 'completed' }: VoiceWebhook): boolean {
    this.#answerers.gone(CallSid);
    if (!this.#doors.close(CallSid)) return false;
    this.#tell({ type: 'ended', channel: CallSid, hangup: hangupFromTwilio(CallStatus) });
    return true;
  }

  /** Nothing here outlives us: see above. */
  expect(): void {}

  dial(channel: ChannelId, dial: TestDial): void {
    const { rest, links } = this.#options;
    const ours: Ours = { channel, dial, script: { deeds: [], idle: 'holds' }, over: false };
    this.#ours = ours;
    this.#answering.clear();
    this.#early.clear();
    const asked = orderOf(links, testOf(channel), dial);
    void rest
      .create(
        (client) => client.calls.create(asked),
        () => !ours.over,
      )
      .then((answer) => {
        if (answer?.ok) this.#named(ours, answer.value.sid);
        else if (answer) this.#refused(ours, answer.hangup);
      });
  }

  #refused(ours: Ours, { detail = '', ...hangup }: Extract<TestChannelEvent, { type: 'ended' }>['hangup']): void {
    const { channel, dial } = ours;
    ours.over = true;
    const itself = dial.number === dial.shows ? ', d’un numéro à lui-même' : '';
    this.#tell({ type: 'ended', channel, hangup: { ...hangup, detail: detail + itself } });
  }

  #named(ours: Ours, sid: string): void {
    const first = ours.sid === undefined;
    ours.sid = sid;
    if (first && ours.over) void this.#end(sid);
  }

  /** Our own caller, whose channel has a name from now on. Undefined: it is over, or who asks is somebody else. */
  #callerOf(test: string, { CallSid }: VoiceWebhook): Ours | undefined {
    const ours = this.#ours;
    if (!ours || testOf(ours.channel) !== test || ours.over) return undefined;
    if (ours.sid !== undefined && ours.sid !== CallSid) return undefined;
    this.#named(ours, CallSid);
    return ours;
  }

  /** Our own caller asks what to do at this place. */
  asks(test: string, place: number, said: VoiceWebhook): string {
    const ours = this.#callerOf(test, said);
    if (!ours) return endDocument();
    const { channel, hears } = ours;
    this.#tell({ type: 'answered', channel });
    if (hears && place === hears.place + 1 && said.Digits === hears.keys) {
      delete ours.hears;
      this.#tell({ type: 'heard', channel });
    }
    if (hears && place === hears.place) this.#gathers(ours);
    return this.#document(ours.script, place, (at) => this.#options.links.test(test, at));
  }

  /** It listens now: what the other end was to send waited for that. */
  #gathers({ hears }: Ours): void {
    if (hears) hears.gathers = true;
    this.#doors.sends();
  }

  told(test: string, said: VoiceWebhook): void {
    const ours = this.#callerOf(test, said);
    if (!ours) return;
    const { CallStatus = '' } = said;
    const { channel } = ours;
    if (CallStatus === 'ringing') this.#tell({ type: 'ringing', channel });
    if (!isOver(said)) return;
    ours.over = true;
    this.#tell({ type: 'ended', channel, hangup: hangupFromTwilio(CallStatus, said.SipResponseCode) });
  }

  /** Where a leg of a test call goes in place of a person: the way that has just proved itself. Undefined: no test is under way. */
  legOf(leg: LegId): { to: PhoneNumber; from: PhoneNumber; url: string } | undefined {
    if (!this.#ours || this.#ours.over) return undefined;
    const { number, shows } = this.#ours.dial;
    this.#answerers.expect(leg, { number, shows });
    return { to: number, from: shows, url: this.#options.links.testLeg(leg) };
  }

  /** Such a leg was answered: it shows which one it is, and then goes on as any leg does. */
  legShows(leg: LegId): string {
    const code = this.#answerers.codeOf(leg);
    return code === undefined ? endDocument() : shownDocument(code, this.#options.links.leg(leg));
  }

  /** A caller hears the tone of ringing, and keys its code. A machine of ours was answered already: nobody tells it apart before. */
  answer(channel: ChannelId): void {
    this.#doors.get(channel)?.script.deeds.push({ digits: codeDigits, ringing: true });
  }

  press(channel: ChannelId, keys: string): void {
    if (channel === this.#ours?.channel) {
      this.#ours.script.deeds.push({ keys });
      return;
    }
    const sid = this.#answering.get(channel);
    if (!sid) this.#early.set(channel, keys);
    else this.#update(sid, { twiml: lastDocument(keys) });
  }

  /** From the door a pitch is sent as its digits, once our caller listens for them; from our caller it is a message. */
  sound(channel: ChannelId, hertz: number): void {
    if (channel !== this.#ours?.channel) {
      this.#doors.toSend(channel, String(hertz));
      if (this.#ours?.hears?.gathers) this.#doors.sends();
      return;
    }
    const { links, sound } = this.#options;
    for (const from of messageMs) this.#ours.script.deeds.push({ plays: links.audio(sound('music', from, pieceMs)) });
  }

  quiet(): void {}

  hear(channel: ChannelId, hertz: number): void {
    if (channel !== this.#ours?.channel) return;
    const { script } = this.#ours;
    const keys = String(hertz);
    this.#ours.hears = { place: script.deeds.push({ digits: keys.length }) - 1, keys, gathers: false };
  }

  meet(channel: ChannelId, call: CallId): void {
    const { rest, clock } = this.#options;
    void together(rest, clock, call, () => this.#ours?.channel === channel && !this.#ours.over).then((both) => {
      if (both) this.#tell({ type: 'together', channel });
    });
  }

  hangUp(channel: ChannelId, of?: { number: PhoneNumber; shows: PhoneNumber }): void {
    const ours = this.#ours;
    if (channel === ours?.channel) {
      ours.over = true;
      if (ours.sid) void this.#end(ours.sid);
    } else if (of) void endFormer(this.#options.rest, this.#options.clock, of).then((why) => this.#warn(why));
    else void this.#end(channel);
  }

  /** Lets a held caller in: they are told when they ask again, which who hears ringing is made to do now. */
  admit(arrival: Arrival): void {
    const held = this.#doors.get(arrival.channel);
    if (!held) return;
    held.free = arrival;
    if (this.#doors.gathers(held))
      this.#update(arrival.channel, { url: this.#options.links.door(held.place), method: 'POST' });
  }

  #document(script: Script, place: number, at: (place: number) => string): string {
    const { links, sound } = this.#options;
    return scriptDocument(script, place, { at, ringing: (ms) => links.audio(sound('ringing', 0, ms)) });
  }

  #end = (sid: string) => this.#options.rest.ask((client) => client.calls(sid).update({ status: 'completed' }));

  #update(sid: string, update: { twiml: string } | { url: string; method: string }): void {
    void this.#options.rest
      .ask((client) => client.calls(sid).update(update))
      .then((answer) => this.#warn(answer.ok || answer.gone ? undefined : answer.why));
  }

  #warn(why: string | undefined): void {
    if (why) this.#options.log.warn({ why }, 'a test call is refused something');
  }

  #tell(said: Said): void {
    this.#listener?.event({ ...said, at: this.#options.clock.now() });
  }
}
