// SMS through any HTTP gateway: one POST a message; reports and replies come back to a door of ours. Both sides show the same token.
// docs/messaging.md says what a gateway must speak; a few lines of glue make one of most providers.

import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { sameDigest } from '../../base/digest.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { type Reply, type Route, route } from '../../base/route.ts';
import { askedForNone, OptOuts, takeIn } from '../../domain/message/opt-outs.ts';
import type { Sent, Sms, SmsListener, SmsProvider } from '../../domain/message/port.ts';

export type GatewayAccess = { url: string; token: string; from?: string };

export type GatewayOptions = {
  clock: Clock;
  log: Log;
  /** Is this one of our numbers? What comes from there is a loop. */
  own?: (number: string) => boolean;
  /** Shared with the line's other providers. */
  optOuts?: OptOuts;
};

const answerMs = 20_000;
const number = z.string().regex(/^\+[1-9]\d{6,14}$/);
const answer = z.object({ reference: z.string().max(200).optional(), reports: z.boolean().default(true) });
const told = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('report'),
    id: z.string().max(200),
    delivered: z.boolean(),
    why: z.string().max(300).optional(),
  }),
  z.object({
    type: z.literal('sms'),
    from: number,
    to: z.string().max(40).default(''),
    text: z.string().max(2000),
    reference: z.string().max(200).optional(),
  }),
]);

export class SmsGateway implements SmsProvider {
  readonly name = 'gateway';
  readonly #access: GatewayAccess;
  readonly #options: Required<GatewayOptions>;
  #listener: SmsListener | undefined;

  constructor(access: GatewayAccess, options: GatewayOptions) {
    this.#access = access;
    this.#options = { own: () => false, optOuts: new OptOuts(), ...options };
  }

  async start(listener: SmsListener): Promise<void> {
    this.#listener = listener;
  }

  async stop(): Promise<void> {
    this.#listener = undefined;
  }

  async send({ id, to, text, from }: Sms): Promise<Sent> {
    const { url, token, from: usual } = this.#access;
    const sender = from ?? usual;
    if (this.#options.optOuts.isStopped(to)) return askedForNone;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': id },
        body: JSON.stringify({ id, to, text, ...(sender ? { from: sender } : {}) }),
        signal: AbortSignal.timeout(answerMs),
        redirect: 'error',
      });
      if (!response.ok)
        return {
          accepted: false,
          why: `the gateway answers ${response.status}`,
          again: response.status >= 500 || response.status === 429,
        };
      const read = answer.safeParse(await response.json().catch(() => ({})));
      if (!read.success) return { accepted: true, reports: false };
      const { reference, reports } = read.data;
      return { accepted: true, reports, ...(reference ? { reference } : {}) };
    } catch (error) {
      return { accepted: false, why: `the gateway cannot be reached: ${messageOf(error)}`, again: true };
    }
  }

  /** `POST /sms/gateway`: reports and replies, with our token. */
  routes(): Route[] {
    return [
      route({
        method: 'POST',
        path: '/sms/gateway',
        access: {
          who: 'signed',
          by: 'the token',
          proof: ({ headers }) => sameDigest(String(headers.authorization ?? ''), `Bearer ${this.#access.token}`),
        },
        hosts: 'any',
        body: told,
        handle: ({ body }) => this.#told(body),
      }),
    ];
  }

  #told(data: z.output<typeof told>): Reply {
    const at = this.#options.clock.now();
    if (data.type === 'report') {
      const { id, delivered, why } = data;
      this.#listener?.reported({ id, delivered, at, ...(why ? { why } : {}) });
    } else {
      const { from, to, text, reference } = data;
      takeIn(this.#options, this.#listener, { from, to, text, at, ...(reference ? { reference } : {}) });
    }
    this.#options.log.debug({ type: data.type }, 'the gateway told us');
    return { status: 204, empty: true };
  }
}
