// A ticket in somebody else's tool: one POST of JSON, signed, under an idempotency key; its reference is read from the answer.

import { createHmac } from 'node:crypto';
import { causeOf, isTimeout } from '../../base/errors.ts';
import { inside } from '../../base/inside.ts';
import type { Sent } from '../../domain/message/port.ts';
import type { Tool } from '../../domain/message/rules.ts';

const answerMs = 20_000;
const mostBytes = 256 * 1024;
type Environment = Readonly<Record<string, string | undefined>>;

/** Never rejects. 4xx other than 408, 409, 425 and 429 will never succeed: the request itself is wrong. 409: it is there already. */
export async function openTicket(tool: Tool, id: string, body: string, env: Environment): Promise<Sent> {
  const headers = headersOf(tool, id, body, env);
  if ('lacks' in headers)
    return { accepted: false, why: `the environment variable ${headers.lacks} is not set`, again: true };
  try {
    const signal = AbortSignal.timeout(answerMs);
    const response = await fetch(tool.url, { method: 'POST', headers: headers.given, body, signal, redirect: 'error' });
    const text = (await response.text()).slice(0, mostBytes);
    if (response.ok || response.status === 409)
      return { accepted: true, reports: false, ...referenceIn(text, tool.reference) };
    const again = response.status >= 500 || [401, 403, 408, 425, 429].includes(response.status);
    return { accepted: false, why: `the tool answers ${response.status}`, again };
  } catch (error) {
    const why = isTimeout(error) ? `no answer within ${answerMs / 1000} s` : causeOf(error);
    return { accepted: false, why: `the tool cannot be reached: ${why}`, again: true };
  }
}

function headersOf(
  tool: Tool,
  id: string,
  body: string,
  env: Environment,
): { given: Record<string, string> } | { lacks: string } {
  const wanted = [...Object.values(tool.headers), ...(tool.sign ? [tool.sign] : [])];
  const lacks = wanted.find((variable) => !env[variable]);
  if (lacks) return { lacks };
  const own = Object.entries(tool.headers).map(([header, variable]) => [header, env[variable] ?? '']);
  const signature = tool.sign
    ? createHmac('sha256', env[tool.sign] ?? '')
        .update(body)
        .digest('hex')
    : undefined;
  return {
    given: {
      'content-type': 'application/json',
      accept: 'application/json',
      'idempotency-key': id,
      ...Object.fromEntries(own),
      ...(signature ? { 'x-vigie-signature': `sha256=${signature}` } : {}),
    },
  };
}

/** `ticket.id` of the answer, when it is there and is short. */
function referenceIn(text: string, path: string): { reference?: string } {
  try {
    const found = inside(JSON.parse(text), path);
    return typeof found === 'string' || typeof found === 'number' ? { reference: String(found).slice(0, 64) } : {};
  } catch {
    // An answer that is no JSON holds no reference; the ticket was taken all the same.
    return {};
  }
}
