// Several SMS providers as one: what the first does not take, the next one does. Reports and replies of all come to one listener.
import type { Sent, Sms, SmsListener, SmsProvider } from '../../domain/message/port.ts';

export class SmsChain implements SmsProvider {
  readonly name: string;
  readonly #providers: readonly SmsProvider[];

  /** In order of preference; at least one. */
  constructor(providers: readonly SmsProvider[]) {
    this.#providers = providers;
    this.name = providers.map(({ name }) => name).join(', then ');
  }

  async start(listener: SmsListener): Promise<void> {
    await Promise.all(this.#providers.map((provider) => provider.start(listener)));
  }

  /** A refusal for good by one (its rules, its numbers) may be no refusal by another; it is final when all refuse for good. */
  async send(sms: Sms): Promise<Sent> {
    const refusals: Extract<Sent, { accepted: false }>[] = [];
    for (const provider of this.#providers) {
      const sent = await provider.send(sms);
      if (sent.accepted) return { by: provider.name, ...sent };
      refusals.push(sent);
    }
    const why = refusals.map((one, i) => `${this.#providers[i]?.name}: ${one.why}`).join('; ');
    return { accepted: false, why, again: refusals.some(({ again }) => again) };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#providers.map((provider) => provider.stop()));
  }
}
