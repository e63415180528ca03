// A leg's way out of the house: created, dialled right behind, and dialled again where the first dial came too early.
import type { Effect, EffectBody } from '../../../domain/telephony/effect.ts';
import { hangup } from '../../../domain/telephony/hangup.ts';
import { answererOf, type ChannelId, type EffectId } from '../../../domain/telephony/names.ts';
import { type Answer, at, succeeded, withQuery } from '../ari/words.ts';
import { dialString, plainNumber } from '../numbers.ts';
import type { Channel } from '../registry.ts';
import { answererEndpoint } from '../render/dialplan.ts';
import { type Asker, failure, said, whyNotCreated } from './asker.ts';

type Originate = Effect & Extract<EffectBody, { type: 'originate' }>;

/**
 * Legs created and not yet dialled. The dial is sent right behind the creation; where it comes before the leg has entered our application
 * (about half the time, measured) it is refused with 409, and goes out again once the leg is in.
 */
type Dialling = { effect: EffectId; seconds: number; entered?: true; refused?: true };

export class Legs {
  readonly #asker: Asker;
  readonly #hangUp: (leg: Channel, effect: EffectId) => void;
  readonly #dialling = new Map<ChannelId, Dialling>();

  /** @param hangUp ends a leg whose dial was refused */
  constructor(asker: Asker, hangUp: (leg: Channel, effect: EffectId) => void) {
    this.#asker = asker;
    this.#hangUp = hangUp;
  }

  originate(effect: Originate): void {
    const { registry, clock, report, request, app } = this.#asker.out;
    const leg = registry.leg(effect.leg);
    const dialled = dialString(effect.number, effect.trunk);
    const endpoint = dialled && effect.test ? answererEndpoint : dialled;
    if (!endpoint) {
      const why = `"${effect.number}" over trunk "${effect.trunk}" cannot be dialled`;
      report(leg, failure(effect.id, why, clock.now(), hangup('bad-number')));
      return;
    }
    if (leg.originated) return;
    leg.originated = true;
    this.#dialling.set(leg.id, { effect: effect.id, seconds: Math.max(1, Math.ceil(effect.ringMs / 1000)) });
    // Without a format of the telephone's a Local channel takes 192 kHz, and no detector of tones or voices knows that.
    const other = effect.test ? { otherChannelId: answererOf(leg.id), formats: 'slin' } : {};
    const query = { endpoint, app, appArgs: 'leg', channelId: leg.id, ...other };
    const sent = request('POST', withQuery('channels/create', query), { variables: shown(effect) });
    void sent.then((answer) => {
      // 409: the leg exists already, because this effect is performed a second time.
      if (succeeded(answer) || answer.status === 409) return;
      this.#dialling.delete(leg.id);
      this.#asker.failed(leg, effect.id, answer, whyNotCreated(answer));
    });
    this.#dialEarly(leg);
  }

  /** The leg is in our application: it may be dialled now. */
  entered(leg: Channel): void {
    const dial = this.#dialling.get(leg.id);
    if (!dial) return;
    dial.entered = true;
    if (dial.refused) this.#dial(leg);
  }

  /** It is to be dialled no more. */
  forget(leg: ChannelId): void {
    this.#dialling.delete(leg);
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
      this.#asker.failed(leg, dial.effect, answer, hangup('unknown', said(answer)));
      this.#hangUp(leg, dial.effect);
    });
  }

  #sendDial(leg: Channel): Promise<Answer> {
    const timeout = this.#dialling.get(leg.id)?.seconds ?? 1;
    return this.#asker.out.request('POST', withQuery(at('channels', leg.id, 'dial'), { timeout }));
  }
}

/** The number shown is the connected party of an outgoing channel (measured: CALLERID alone gives "anonymous"). */
function shown(effect: Originate): Record<string, string> {
  const number = plainNumber(effect.callerId);
  const diversion = plainNumber(effect.diversion ?? '');
  return {
    ...(number ? { 'CONNECTEDLINE(num,i)': number } : {}),
    ...(diversion ? { 'PJSIP_HEADER(add,Diversion)': `<sip:${diversion}@vigie.invalid>;reason=unconditional` } : {}),
  };
}
