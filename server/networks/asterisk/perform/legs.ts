// A leg's way out of the house: one request makes it and dials it. It stands in no bridge while it rings, its trunk tells what becomes of it
// (applications.ts), and it enters our application once it is answered: render/dialplan.ts says how, also while no server lives.
import type { Effect, EffectBody } from '../../../domain/telephony/effect.ts';
import { hangup } from '../../../domain/telephony/hangup.ts';
import { answererOf } from '../../../domain/telephony/names.ts';
import { plainNumber } from '../../../domain/telephony/numbers.ts';
import type { Trunk } from '../../../domain/trunk/schema.ts';
import { spelled } from '../../../domain/trunk/spelling.ts';
import { hear } from '../applications.ts';
import { succeeded, withQuery } from '../ari/words.ts';
import { dialString } from '../dial-string.ts';
import type { Channel } from '../registry.ts';
import { answererEndpoint, legContext, notForwarded } from '../render/dialplan.ts';
import { dialledBy, shownTo } from '../way-out.ts';
import { type Asker, failure, whyNotCreated } from './asker.ts';

type Originate = Effect & Extract<EffectBody, { type: 'originate' }>;

export class Legs {
  readonly #asker: Asker;

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  originate(effect: Originate): void {
    const { registry, clock, report, trunk } = this.#asker.out;
    const leg = registry.leg(effect.leg);
    const dialled = dialString(dialledBy(trunk(effect.trunk), effect.number), effect.trunk);
    const endpoint = dialled && effect.test ? answererEndpoint : dialled;
    if (!endpoint) {
      const why = `"${effect.number}" over trunk "${effect.trunk}" cannot be dialled`;
      report(leg, failure(effect.id, why, clock.now(), hangup('bad-number')));
      return;
    }
    if (leg.originated) return;
    leg.originated = true;
    this.#send(leg, effect, endpoint);
  }

  /** Asterisk ends a leg that nobody answers by itself: its time-out works also while we are dead. */
  #send(leg: Channel, effect: Originate, endpoint: string): void {
    const { request, app, trunk } = this.#asker.out;
    const timeout = Math.max(1, Math.ceil(effect.ringMs / 1000));
    const query = { endpoint, ...legContext, channelId: leg.id, timeout, ...answererBeside(effect) };
    void request('POST', withQuery('channels', query), { variables: shown(effect, trunk(effect.trunk)) }).then(
      (answer) => {
        // 409: the leg exists already, because this effect is performed a second time.
        if (succeeded(answer) || answer.status === 409) return;
        this.#asker.failed(leg, effect.id, answer, whyNotCreated(answer));
      },
    );
    // It leaves by no trunk that could tell of it.
    if (effect.test) void hear(request, app, leg.id);
  }
}

/** Without a format of the telephone's a Local channel takes 192 kHz, and no detector of tones or voices knows that. */
const answererBeside = ({ test, leg }: Originate): Record<string, string> =>
  test ? { otherChannelId: answererOf(leg), formats: 'slin' } : {};

function shown(effect: Originate, trunk: Trunk | undefined): Record<string, string> {
  const diversion = spelled(plainNumber(effect.diversion ?? ''), trunk?.shownNumbers);
  return {
    ...notForwarded,
    ...shownTo(trunk, effect.callerId),
    ...(diversion ? { 'PJSIP_HEADER(add,Diversion)': `<sip:${diversion}@vigie.invalid>;reason=unconditional` } : {}),
  };
}
