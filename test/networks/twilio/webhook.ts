// How Twilio asks: a signed form, a deadline, a second try only where the connection failed, the fallback URL otherwise. Written from its documentation.
import { createHmac, randomBytes } from 'node:crypto';
import { XMLValidator } from 'fast-xml-parser';

/** `fallback`: asked when `url` fails, with ErrorCode and ErrorUrl. */
export type Asked = {
  url: string;
  method?: string;
  params: Record<string, string>;
  /** The document itself, where the request brought it: nothing is asked. */
  twiml?: string;
  fallback?: string | undefined;
  fallbackMethod?: string | undefined;
};
export type Answered = { status: number; type: string; body: string; ms: number };

export type Habits = {
  token: string;
  /** The longest a request may take, ms: Twilio's 15 s, shortened with its time. */
  deadlineMs: number;
  /** Every request is delivered so many times. */
  times: () => number;
};

/** base64(HMAC-SHA1(token, url + each name and value, sorted by name)). */
export function signature(token: string, url: string, params: Record<string, string>): string {
  const text = Object.keys(params)
    .sort()
    .reduce((sum, name) => sum + name + params[name], url);
  return createHmac('sha1', token).update(Buffer.from(text, 'utf8')).digest('base64');
}

/** One request as Twilio makes it; parameters that nobody knows yet are among them. @throws when it cannot be delivered in time. */
export async function knock({ url, method = 'POST', params }: Asked, habits: Habits): Promise<Answered> {
  const all = { ...params, VigieUnknownParameter: 'added without notice é&=' };
  const [target = ''] = url.split('#');
  const began = Date.now();
  const query = new URLSearchParams(all).toString();
  const request: RequestInit =
    method === 'GET'
      ? { method }
      : {
          method,
          body: query,
          headers: {
            'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
            'x-twilio-signature': signature(habits.token, target, all),
            'i-twilio-idempotency-token': randomBytes(16).toString('hex'),
            'user-agent': 'TwilioProxy/1.1',
          },
        };
  const asked = method === 'GET' ? `${target}${target.includes('?') ? '&' : '?'}${query}` : target;
  const response = await fetch(asked, {
    ...request,
    redirect: 'follow',
    signal: AbortSignal.timeout(habits.deadlineMs),
  });
  const body = await response.text();
  return { status: response.status, type: response.headers.get('content-type') ?? '', body, ms: Date.now() - began };
}

/** The document for these parameters, by the fallback where the first address fails. Undefined: both failed. */
export async function fetchDocument(asked: Asked, habits: Habits): Promise<Answered | undefined> {
  const failed = await attempt(asked, habits);
  if ('answer' in failed) return failed.answer;
  if (!asked.fallback) return undefined;
  const params = { ...asked.params, ErrorCode: failed.code, ErrorUrl: asked.url };
  const method = asked.fallbackMethod ?? 'POST';
  const second = await attempt({ ...asked, url: asked.fallback, method, params }, habits);
  return 'answer' in second ? second.answer : undefined;
}

/** Twilio's code for an answer that is no document. Plain text is one: it is read aloud. */
function failureOf({ status, type, body }: Answered): string | undefined {
  if (status >= 400) return '11200';
  if (/^text\/plain/.test(type)) return undefined;
  if (!/^(text\/xml|application\/xml|text\/html)/.test(type)) return '12300';
  return XMLValidator.validate(body) === true ? undefined : '12100';
}

async function attempt(asked: Asked, habits: Habits): Promise<{ answer: Answered } | { code: string }> {
  for (let tries = 0; tries < 2; tries++) {
    try {
      const answers = await Promise.all(Array.from({ length: habits.times() }, () => knock(asked, habits)));
      // Of several deliveries one answer counts, and not always the first.
      const answer = answers.at(-1) as Answered;
      const code = failureOf(answer);
      return code ? { code } : { answer };
    } catch (error) {
      if ((error as Error).name === 'TimeoutError') return { code: '11205' };
    }
  }
  return { code: '11205' };
}
