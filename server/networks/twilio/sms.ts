// SMS over Twilio, behind the house's port: out by REST with reports, in by webhook.
import type { Clock } from '../../base/clock.ts';
import { Gate } from '../../base/gate.ts';
import type { Log } from '../../base/log.ts';
import { askedForNone, OptOuts, takeIn } from '../../domain/message/opt-outs.ts';
import type { Sent, Sms, SmsListener, SmsProvider } from '../../domain/message/port.ts';
import { split } from '../../domain/message/segments.ts';
import type { PhoneNumber } from '../../domain/telephony/names.ts';
import type { Links } from './links.ts';
import type { Refusal, Rest } from './rest.ts';
import { type MessageWebhook, numberOf } from './webhook.ts';

type Refused = Pick<Refusal, 'why' | 'code'>;

export type TwilioSmsOptions = {
  rest: Rest;
  links: Links;
  /** Our numbers; the first that Twilio can send from is shown where a message names none. */
  own: () => readonly PhoneNumber[];
  clock: Clock;
  log: Log;
  /** Shared with the line's other providers. */
  optOuts?: OptOuts;
};

/** What Twilio puts together on the phone; more is sent as several messages. */
const mostSegments = 10;
/** Asked not to be written to; not a mobile, or no number at all; loops and machines. */
const never = new Set([
  14107, 21211, 21214, 21217, 21408, 21610, 21612, 21614, 30003, 30004, 30005, 30006, 30007, 30039,
]);
const stopped = 21610;
/** This number is none of the account's, or none that can send. */
const noSender = new Set([21212, 21603, 21606, 21659, 21660, 21661]);

export class TwilioSms implements SmsProvider {
  readonly name = 'twilio';
  readonly #options: TwilioSmsOptions;
  readonly #optOuts: OptOuts;
  #listener: SmsListener | undefined;
  /** The number of ours that sent last: others may stand at another carrier. */
  #sender: PhoneNumber | undefined;
  /** Open once somebody listens: a message that comes earlier would be lost. */
  readonly begun = new Gate();

  constructor(options: TwilioSmsOptions) {
    this.#options = options;
    this.#optOuts = options.optOuts ?? new OptOuts();
  }

  async start(listener: SmsListener): Promise<void> {
    this.#listener = listener;
    this.begun.open();
  }

  async stop(): Promise<void> {
    this.#listener = undefined;
  }

  async send(sms: Sms): Promise<Sent> {
    if (this.#optOuts.isStopped(sms.to)) return askedForNone;
    let refusal: Refused | undefined;
    for (const sender of sms.from ? [sms.from] : this.#senders()) {
      const answer = await this.#sendFrom(sender, sms);
      if (typeof answer === 'string') {
        if (!sms.from) this.#sender = sender;
        return { accepted: true, reports: true, reference: answer };
      }
      refusal = answer;
      if (!noSender.has(answer.code ?? 0)) break;
    }
    return refusal
      ? this.#refused(sms.to, refusal)
      : { accepted: false, why: 'no number of ours can send', again: false };
  }

  /** The one that sent last first; another, should it be given up. */
  #senders(): PhoneNumber[] {
    const own = this.#options.own();
    return [...own.filter((number) => number === this.#sender), ...own.filter((number) => number !== this.#sender)];
  }

  /** @returns Twilio's name of the first part, or why one was not taken */
  async #sendFrom(sender: PhoneNumber, { id, to, text }: Sms): Promise<string | Refused> {
    const { rest, links } = this.#options;
    const parts = split(text, mostSegments);
    let reference = '';
    for (const [index, body] of parts.entries()) {
      const statusCallback = links.messageStatus(id, index + 1 === parts.length);
      const answer = await rest.create(
        (client) => client.messages.create({ to, from: sender, body, statusCallback }),
        () => true,
      );
      if (!answer?.ok) return answer ?? { why: 'not sent' };
      reference ||= answer.value.sid;
    }
    return reference;
  }

  #refused(to: PhoneNumber, { code, why }: Refused): Sent {
    if (code === stopped) this.#optOuts.stop(to, this.#options.clock.now());
    return { accepted: false, why, again: code === undefined || !(never.has(code) || noSender.has(code)) };
  }

  /** A message came in. Twice, from ourselves, or from a machine that answers a machine: it ends here. */
  received({ MessageSid, From, To, Body, OptOutType }: MessageWebhook): void {
    const { own, clock, log } = this.#options;
    const [from, to, at] = [numberOf(From), numberOf(To), clock.now()];
    if (!from || !to) return void log.info({ from: From }, 'an SMS without a number is left alone');
    const reception = { optOuts: this.#optOuts, own: (number: PhoneNumber) => own().includes(number), log };
    takeIn(reception, this.#listener, {
      from,
      to,
      text: Body,
      at,
      reference: MessageSid,
      ...(OptOutType ? { optOut: OptOutType } : {}),
    });
  }

  /** What became of one we sent. Only the last part says that all of it arrived. */
  reported(id: string, last: boolean, { MessageStatus, ErrorCode }: MessageWebhook): void {
    const at = this.#options.clock.now();
    if (MessageStatus === 'delivered' && last) this.#listener?.reported({ id, delivered: true, at });
    if (MessageStatus !== 'failed' && MessageStatus !== 'undelivered') return;
    this.#listener?.reported({ id, delivered: false, why: `Twilio ${MessageStatus} ${ErrorCode ?? ''}`.trim(), at });
  }
}
