// Twilio's REST API behind the few requests we make: paced, with a deadline, failures as values with their blame.
import twilio from 'twilio';
import type { Clock } from '../../base/clock.ts';
import { type Hangup, hangupFromTwilioError } from '../../domain/telephony/hangup.ts';
import type { TwilioAccess } from './access.ts';
import { Pace } from './pace.ts';

/** `gone`: the call is over, or was never there. `code`: Twilio's error code. */
export type Refusal = { ok: false; why: string; hangup: Hangup; http: number; code?: number; gone: boolean };
export type Answer<T> = { ok: true; value: T } | Refusal;

const deadlineMs = 8_000;
/** How long a request that Twilio found too fast is tried again. */
const mostTries = 5;
const backOffMs = 500;

const goneCodes = new Set([20404, 21220]);

export type TwilioClient = ReturnType<typeof twilio>;

/** The SDK's client; its requests go to `access.api` where that is not Twilio itself. */
export function clientFor(access: TwilioAccess): TwilioClient {
  return twilio(access.accountSid, access.tokens[0], { httpClient: new Elsewhere(access.api) });
}

class Elsewhere extends twilio.RequestClient {
  readonly #api: string;

  constructor(api: string) {
    super({ timeout: deadlineMs });
    this.#api = api.replace(/\/$/, '');
  }

  override request<T>(options: Parameters<twilio.RequestClient['request']>[0]) {
    options.uri = options.uri.replace(/^https:\/\/api(\.[a-z0-9.-]+)?\.twilio\.com/, this.#api);
    return super.request<T>(options as Parameters<twilio.RequestClient['request']>[0] & { data?: T });
  }
}

export class Rest {
  readonly client: TwilioClient;
  readonly #pace: Pace;
  readonly #clock: Clock;

  constructor(access: TwilioAccess, clock: Clock) {
    this.client = clientFor(access);
    this.#clock = clock;
    this.#pace = new Pace(clock, access.callsPerSecond);
  }

  /**
   * A request that makes something (a call, a message): paced, and sent again only when Twilio says that it did not take it.
   * @param wanted asked just before each sending: what nobody wants any more is not sent
   */
  async create<T>(send: (client: TwilioClient) => Promise<T>, wanted: () => boolean): Promise<Answer<T> | undefined> {
    for (let tries = 1; ; tries++) {
      await this.#pace.turn();
      if (!wanted()) return undefined;
      const answer = await settled(send(this.client));
      if (answer.ok || answer.http !== 429 || tries === mostTries) return answer;
      this.#pace.holdBack(backOffMs * 2 ** (tries - 1));
    }
  }

  /** A request that may be repeated without harm: tried again when the network or Twilio fails. */
  async ask<T>(send: (client: TwilioClient) => Promise<T>, tries = 3): Promise<Answer<T>> {
    const answer = await settled(send(this.client));
    const passing = !answer.ok && (answer.http === 0 || answer.http === 429 || answer.http >= 500);
    if (!passing || tries <= 1) return answer;
    await new Promise<void>((go) => this.#clock.after(backOffMs, go));
    return this.ask(send, tries - 1);
  }
}

async function settled<T>(work: Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    return refusal(error as Error & { status?: number; code?: number | string });
  }
}

function refusal(error: Error & { status?: number; code?: number | string }): Refusal {
  const http = error.status ?? 0;
  const code = typeof error.code === 'number' ? error.code : undefined;
  return {
    ok: false,
    why: `Twilio: ${error.message}`,
    hangup: hangupFromTwilioError(code, http),
    http,
    ...(code === undefined ? {} : { code }),
    gone: http === 404 || (code !== undefined && goneCodes.has(code)),
  };
}
