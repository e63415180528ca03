// SMS through providers whose HTTP APIs are described in messages.yaml: asked in the file's order, as it stands now.

import { z } from 'zod';
import { sameDigest } from '../../base/digest.ts';
import { causeOf } from '../../base/errors.ts';
import { type Asked, type Reply, type Route, route } from '../../base/route.ts';
import { askedForNone, type Reception, takeIn } from '../../domain/message/opt-outs.ts';
import type { Sent, Sms, SmsListener, SmsProvider } from '../../domain/message/port.ts';
import { split } from '../../domain/message/segments.ts';
import {
  type Environment,
  type GatewaySpec,
  lacking,
  readAnswer,
  readTold,
  requestFor,
  type Told,
} from '../../domain/message/template.ts';

export type GatewaysOptions = Reception & {
  specs: () => readonly GatewaySpec[];
  env: Environment;
  now: () => number;
  /** Our id of what a provider calls so. */
  idOf(reference: string): string | undefined;
};

const answerMs = 20_000;
const mostBytes = 64 * 1024;
const fields = z.record(z.string(), z.unknown());
/** Providers put so many together on the phone; more is sent as several messages. */
const mostSegments = 8;
/** Reports that came before the answer which tells their reference. */
const mostEarly = 200;

export class SmsGateways implements SmsProvider {
  readonly name = 'gateways';
  readonly #options: GatewaysOptions;
  readonly #early = new Map<string, Extract<Told, { type: 'report' }>>();
  #listener: SmsListener | undefined;

  constructor(options: GatewaysOptions) {
    this.#options = options;
  }

  async start(listener: SmsListener): Promise<void> {
    this.#listener = listener;
  }

  async stop(): Promise<void> {
    this.#listener = undefined;
  }

  /** What the first does not take, the next one does. */
  async send(sms: Sms): Promise<Sent> {
    if (this.#options.optOuts.isStopped(sms.to)) return askedForNone;
    const refusals: Extract<Sent, { accepted: false }>[] = [];
    for (const spec of this.#options.specs()) {
      const sent = await this.#sendBy(spec, sms);
      if (sent.accepted) return sent;
      refusals.push(sent);
    }
    const why = refusals.map((one) => one.why).join('; ');
    return { accepted: false, why, again: refusals.some(({ again }) => again) };
  }

  /** All parts; the last one carries our id, and its report is the message's. */
  async #sendBy(spec: GatewaySpec, sms: Sms): Promise<Sent> {
    const { env } = this.#options;
    const variable = lacking(spec, env);
    if (variable)
      return { accepted: false, why: `${spec.name}: the environment variable ${variable} is not set`, again: true };
    const parts = split(sms.text, mostSegments);
    for (const [i, text] of parts.slice(0, -1).entries()) {
      const sent = await ask(spec, { ...sms, id: `${sms.id}~${i + 1}`, text }, env);
      if (!sent.accepted) return sent;
    }
    const sent = await ask(spec, { ...sms, text: parts.at(-1) ?? '' }, env);
    const early = sent.accepted && sent.reference ? this.#early.get(sent.reference) : undefined;
    if (early) setImmediate(() => this.#reported({ ...early, id: sms.id }));
    return sent;
  }

  /** `/sms/gateway/NAME`: reports and replies, with the key that the file names. */
  routes(): Route[] {
    return [
      route({
        method: ['GET', 'POST', 'PUT'],
        path: '/sms/gateway/:name',
        access: { who: 'signed', by: 'the key', proof: (asked) => this.#holdsKey(asked) },
        hosts: 'any',
        params: z.object({ name: z.string() }),
        query: fields,
        body: z.union([fields, z.array(z.unknown())]),
        forms: true,
        most: mostBytes,
        handle: ({ params, query, body }) =>
          this.#hear(params.name, Array.isArray(body) ? body : { ...query, ...body }),
      }),
    ];
  }

  #specOf(name: string): GatewaySpec | undefined {
    return this.#options.specs().find((one) => one.name === name);
  }

  #holdsKey({ params, query, headers }: Asked): boolean {
    const name = fields.safeParse(params).data?.name;
    const spec = this.#specOf(String(name));
    const key = spec?.hears && this.#options.env[spec.hears.key];
    const shown = fields.safeParse(query).data?.key;
    const given = typeof shown === 'string' ? `Bearer ${shown}` : String(headers.authorization ?? '');
    return Boolean(key) && sameDigest(given, `Bearer ${key}`);
  }

  #hear(name: string, body: unknown): Reply {
    const spec = this.#specOf(name);
    const told = spec ? readTold(spec, body) : [];
    for (const one of told) this.#told(one);
    // A provider asks again for ever where it gets no 2xx: what fits no form of ours is taken, and stands in the log.
    if (told.length === 0) this.#options.log.info({ gateway: name }, 'a gateway told us nothing that we know');
    return { json: { taken: told.length } };
  }

  #told(told: Told): void {
    if (told.type === 'report') this.#reported(told);
    else {
      const { type: _, ...sms } = told;
      takeIn(this.#options, this.#listener, { ...sms, at: this.#options.now() });
    }
  }

  #reported(told: Extract<Told, { type: 'report' }>): void {
    const { reference, delivered, why } = told;
    const id = told.id ?? (reference === undefined ? undefined : this.#options.idOf(reference));
    if (id !== undefined) this.#listener?.reported({ id, delivered, at: this.#options.now(), ...(why ? { why } : {}) });
    else if (reference !== undefined) {
      this.#early.set(reference, told);
      for (const oldest of this.#early.keys()) if (this.#early.size > mostEarly) this.#early.delete(oldest);
    }
  }
}

async function ask(spec: GatewaySpec, sms: Sms, env: Environment): Promise<Sent> {
  const { url, ...request } = requestFor(spec, sms, env);
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(answerMs), redirect: 'error' });
    return readAnswer(spec, response.status, (await response.text()).slice(0, mostBytes));
  } catch (error) {
    return { accepted: false, why: `${spec.name} cannot be reached: ${causeOf(error)}`, again: true };
  }
}
