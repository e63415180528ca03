// SMS over the trunks that carry them, as SIP MESSAGE through Asterisk (RFC 3428), behind the house's port. It knows no conversation.
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Cancel, Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { askedForNone, type OptOuts, takeIn } from '../../domain/message/opt-outs.ts';
import type { Sent, Sms, SmsListener, SmsProvider } from '../../domain/message/port.ts';
import { split } from '../../domain/message/segments.ts';
import type { PhoneNumber, TrunkId } from '../../domain/telephony/names.ts';
import { plainNumber } from '../../domain/telephony/numbers.ts';
import { noHealth } from '../../domain/trunk/breaker.ts';
import { route } from '../../domain/trunk/route.ts';
import type { Trunk, TrunkPlan } from '../../domain/trunk/schema.ts';
import { type Request, succeeded } from './ari/words.ts';
import { type SpooledText, spooledTexts } from './sms-spool.ts';

/** The part of the carrier that messages travel through. */
export type TextLink = {
  request: Request;
  isReachable(trunk: TrunkId): boolean;
  listen(knock: () => void): void;
};

export type SipSmsOptions = {
  link: TextLink;
  /** Folder in which Asterisk writes down what comes in. */
  spool: string;
  plan: () => TrunkPlan;
  /** Our numbers; the first is shown where a message names none. */
  own: () => readonly PhoneNumber[];
  optOuts: OptOuts;
  clock: Clock;
  log: Log;
};

/** A MESSAGE is to stay below 1300 bytes (RFC 3428 §8); letters outside GSM take up to four. */
const mostSegments = 4;
/** Messages that came in while no server ran, or whose knock was lost, are found at the next look. */
const pollMs = 1000;
const knockMs = 30;
/** Asterisk gives an empty text for a body of 1024 bytes or more: somebody wrote all the same, and can be called back. */
const unreadable = '(SMS vide ou trop long pour être lu)';

export class SipSms implements SmsProvider {
  readonly name = 'sip';
  readonly #options: SipSmsOptions;
  #listener: SmsListener | undefined;
  #collecting = false;
  #cancel: Cancel = () => {};

  constructor(options: SipSmsOptions) {
    this.#options = options;
    // The event is a knock, often a moment before the message stands on disk.
    options.link.listen(() => options.clock.after(knockMs, () => void this.#collect()));
  }

  async start(listener: SmsListener): Promise<void> {
    this.#listener = listener;
    await mkdir(this.#options.spool, { recursive: true });
    const beat = () => {
      void this.#collect();
      this.#cancel = this.#options.clock.after(pollMs, beat);
    };
    beat();
  }

  async stop(): Promise<void> {
    this.#cancel();
    this.#listener = undefined;
  }

  /**
   * Asterisk says that it sent the message, never what the carrier answered: accepted is all that is learnt. A trunk that does
   * not answer OPTIONS is passed over, so that another provider can take the message.
   */
  async send({ to, text, from, id }: Sms): Promise<Sent> {
    const { optOuts, own, log } = this.#options;
    const sender = from ?? own()[0];
    if (!sender) return { accepted: false, why: 'no number of ours can send', again: false };
    if (optOuts.isStopped(to)) return askedForNone;
    const trunks = this.#trunksFor(to);
    if ('refused' in trunks) return { accepted: false, why: trunks.refused, again: trunks.again };
    let why = '';
    for (const trunk of trunks.list) {
      const failed = await this.#sendAll(trunk, to, sender, text);
      if (failed === undefined) return { accepted: true, reports: false, by: `sip ${trunk.id}` };
      why = `${trunk.id}: ${failed}`;
      log.warn({ sms: id, trunk: trunk.id, why: failed }, 'an SMS is not taken by a trunk');
    }
    return { accepted: false, why, again: true };
  }

  #trunksFor(to: PhoneNumber): { list: Trunk[] } | { refused: string; again: boolean } {
    const { plan, clock, link } = this.#options;
    const routed = route({ plan: plan(), health: noHealth }, to, clock.now());
    if ('refused' in routed) return { refused: routed.refused, again: false };
    const carrying = routed.trunks.flatMap((id) => plan().trunks.filter((one) => one.id === id && one.sms));
    const list = carrying.filter(({ id }) => link.isReachable(id));
    if (list.length > 0) return { list };
    return { refused: 'no trunk that carries SMS answers', again: true };
  }

  /** All parts by the same trunk, in order. @returns why not. */
  async #sendAll(trunk: Trunk, to: PhoneNumber, from: PhoneNumber, text: string): Promise<string | undefined> {
    const address = `${trunk.host}:${trunk.port}`;
    for (const body of split(text, mostSegments)) {
      const answer = await this.#options.link.request('PUT', 'endpoints/sendMessage', {
        to: `pjsip:trunk-${trunk.id}/sip:${plainNumber(to)}@${address}`,
        from: `sip:${plainNumber(from)}@${trunk.host}`,
        body,
      });
      if (!succeeded(answer)) return `Asterisk answers ${answer.status} ${answer.reason}`;
    }
    return undefined;
  }

  /** Asterisk wrote each message down before anything else: what stands there is taken in, saved by whoever listens, and only then removed. */
  async #collect(): Promise<void> {
    const { spool, log } = this.#options;
    if (this.#collecting || !this.#listener) return;
    this.#collecting = true;
    try {
      for (const { file, message } of await spooledTexts(spool)) {
        if (message) this.#received(message, basename(file));
        else log.warn({ file }, 'a MESSAGE that cannot be read is set aside');
        await (message ? rm(file, { force: true }) : rename(file, `${file}.bad`));
      }
    } catch (error) {
      log.error({ error }, 'messages that came in over the trunks wait on disk');
    } finally {
      this.#collecting = false;
    }
  }

  #received({ trunk, from, to, text }: SpooledText, reference: string): void {
    const { plan, own, optOuts, clock, log } = this.#options;
    const carries = plan().trunks.some(({ id, sms }) => id === trunk && sms);
    const line = to.find((one) => own().includes(one));
    if (!carries || from === '' || line === undefined)
      return void log.info({ trunk, from, to }, 'a MESSAGE that is no SMS to a number of ours is left alone');
    const mine = (number: PhoneNumber) => own().includes(number);
    const sms = { from, to: line, text: text || unreadable, at: clock.now(), reference };
    takeIn({ optOuts, own: mine, log }, this.#listener, sms);
  }
}
