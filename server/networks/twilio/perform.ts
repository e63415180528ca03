// Effects as REST requests. What a document says needs none: whoever asks for one hears it; only who does not ask is turned to it.
import type { Instant } from '../../base/clock.ts';
import type { Call } from '../../domain/call/call.ts';
import { type CallerView, callerView } from '../../domain/call/view.ts';
import type { Effect, EffectBody, EffectType } from '../../domain/telephony/effect.ts';
import type { CallEvent } from '../../domain/telephony/event.ts';
import { hangup } from '../../domain/telephony/hangup.ts';
import type { CallId, EffectId, LegId, PhoneNumber } from '../../domain/telephony/names.ts';
import type { TwilioAccess } from './access.ts';
import type { Links } from './links.ts';
import { isCallSid, type Known } from './registry.ts';
import type { Refusal, Rest } from './rest.ts';

type Of<T extends EffectType> = { id: EffectId } & Extract<EffectBody, { type: T }>;

export type Outside = {
  rest: Rest;
  links: Links;
  access: TwilioAccess;
  /** The saved call as it is now; undefined once it is over. */
  call: (id: CallId) => Call | undefined;
  /** The CallSid whose webhook is being answered at this moment: its document tells them everything. */
  answering: () => string | undefined;
  report: (call: CallId, event: CallEvent) => void;
  /** Where a leg of a test call goes instead. */
  testLeg: (leg: LegId) => { to: PhoneNumber; from: PhoneNumber; url: string } | undefined;
  now: () => Instant;
};

const forCaller: ReadonlySet<EffectType> = new Set([
  'play',
  'gather',
  'record',
  'wait',
  'stop-wait',
  'bridge',
  'hangup',
]);
const forLeg: ReadonlySet<EffectType> = new Set(['ask-to-confirm', 'tell-and-hangup', 'bridge']);

/** Two views of one name sound the same: who hears the one need not be turned to the other. */
export const nameOf = (view: CallerView): string => (view.hears === 'sound' ? `sound ${view.turn}` : view.hears);

/**
 * A document that we gave may never have been heard: an answer that came too late for Twilio sent the caller to the fallback document.
 * Whoever never asked for the room's waiting sound is not in it, and is brought there.
 */
const isThere = ({ inRoom }: Known, name: string): boolean => name !== 'company' || inRoom === true;

/** A test call that outlived its test rings nobody. */
const noTest = { why: 'the test is over', hangup: hangup('refused-by-policy', 'the test is over') };

export class Performer {
  readonly #out: Outside;

  constructor(out: Outside) {
    this.#out = out;
  }

  perform(known: Known, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === 'originate') void this.#originate(known, effect);
      else if (effect.type === 'hangup-leg') void this.#endLeg(known, effect.leg);
      else if (effect.type === 'hangup') known.reason = effect.reason;
      if (forLeg.has(effect.type) && 'leg' in effect) void this.#turnLeg(known, effect.leg, effect.id);
    }
    const sound = effects.findLast((effect) => forCaller.has(effect.type));
    if (sound) void this.#turnCaller(known, sound.id);
  }

  /** We learnt what Twilio calls this leg. Told once; a leg that nobody wants any more is ended now. */
  placed(known: Known, leg: LegId, sid: string): void {
    if (known.sids.has(leg)) return;
    known.sids.set(leg, sid);
    if (known.unwanted.delete(leg)) void this.#end(sid);
    this.#out.report(known.call, { type: 'leg-placed', leg, name: sid, at: this.#out.now() });
  }

  async #originate(known: Known, effect: Of<'originate'>): Promise<void> {
    const { links, access, rest } = this.#out;
    const { leg } = effect;
    const usual = { to: effect.number, from: effect.callerId, url: links.leg(leg) };
    const way = effect.test ? this.#out.testLeg(leg) : usual;
    if (!way) return this.#failed(known.call, effect.id, noTest);
    const detection =
      access.detectMachines && !effect.test
        ? { machineDetection: 'Enable', asyncAmd: 'true', asyncAmdStatusCallback: links.legHeard(leg) }
        : {};
    const answer = await rest.create(
      (client) =>
        client.calls.create({
          ...way,
          method: 'POST',
          statusCallback: links.legStatus(leg),
          statusCallbackMethod: 'POST',
          statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
          timeout: Math.ceil(effect.ringMs / 1000),
          ...detection,
        }),
      () => !known.unwanted.has(leg),
    );
    if (!answer) return;
    if (answer.ok) this.placed(known, leg, answer.value.sid);
    else this.#failed(known.call, effect.id, answer);
  }

  async #endLeg(known: Known, leg: LegId): Promise<void> {
    const sid = known.sids.get(leg);
    if (!sid) known.unwanted.add(leg);
    else if (this.#out.answering() !== sid) await this.#end(sid);
  }

  /** Ends a channel; one that has ended already is as good. */
  #end = (sid: string) => this.#out.rest.ask((client) => client.calls(sid).update({ status: 'completed' }));
  end = this.#end;

  async #turnLeg(known: Known, leg: LegId, effect: EffectId): Promise<void> {
    const sid = known.sids.get(leg);
    if (!sid || this.#out.answering() === sid) return;
    const url = this.#out.links.leg(leg);
    const answer = await this.#out.rest.ask((client) => client.calls(sid).update({ url, method: 'POST' }));
    if (!answer.ok && !answer.gone) this.#failed(known.call, effect, answer);
  }

  /** The caller hears another document from now on; one who has left hears nothing more. */
  async turnTo({ channel }: Known, url: string): Promise<void> {
    await this.#out.rest.ask((client) => client.calls(channel).update({ url, method: 'POST' }));
  }

  async #turnCaller(known: Known, effect: EffectId): Promise<void> {
    const { answering, call: callNow, rest, links, report, now } = this.#out;
    if (answering() === known.channel || !isCallSid(known.channel)) return;
    const call = callNow(known.call);
    const name = call ? nameOf(callerView(call)) : 'end';
    // Who hears nothing yet asks again within a second.
    if ((name === known.served && isThere(known, name)) || known.served === 'nothing-yet') return;
    known.served = name;
    const update =
      name === 'end' ? { status: 'completed' as const } : { url: links.now(known.call), method: 'POST' as const };
    const answer = await rest.ask((client) => client.calls(known.channel).update(update));
    if (answer.ok) return;
    if (answer.gone) report(known.call, { type: 'caller-hung-up', at: now() });
    else this.#failed(known.call, effect, answer);
  }

  #failed(call: CallId, effect: EffectId, { why, hangup }: Pick<Refusal, 'why' | 'hangup'>): void {
    this.#out.report(call, { type: 'effect-failed', effect, why, hangup, at: this.#out.now() });
  }
}
