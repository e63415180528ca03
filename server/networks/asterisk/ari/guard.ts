// Keeps swagger-client, below ari-client, from ending the process: its HTTP callbacks parse whatever a server sends and throw where nobody
// can catch (bad JSON, a strange description, a refused password), and they have no deadline. Loaded once, before the first client.

import { createRequire } from 'node:module';
import { messageOf } from '../../../base/errors.ts';

type Exchange = {
  url: string;
  headers: Record<string, string>;
  on: { response(reply: Reply): void; error(reply: Reply): void };
};
type Reply = { status: number; statusText: string; url: string; data: string; headers: Record<string, string> };
type Swagger = { ShredHttpClient: { prototype: { execute(exchange: Exchange): void } } };

const readMs = 3000;

async function exchange({ url, headers, on }: Exchange): Promise<void> {
  const reply = (status: number, statusText: string, data = ''): Reply => ({
    status,
    statusText,
    url,
    data,
    headers: {},
  });
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(readMs) });
    const text = await response.text();
    if (response.ok) on.response(reply(response.status, response.statusText, text));
    else on.error(reply(response.status, response.statusText, text));
  } catch (error) {
    refuse(on, reply(0, messageOf(error ?? 'refused')));
  }
}

/** Its failure handler calls ours and then throws what we have just been told. */
function refuse(on: Exchange['on'], reply: Reply): void {
  try {
    on.error(reply);
  } catch {
    // Nothing is lost: it has been told before it was thrown.
  }
}

const nearAri = createRequire(createRequire(import.meta.url).resolve('ari-client'));
const swagger = nearAri('swagger-client') as Swagger;

/** Puts the guarded exchange in place, and silences a global `log` function that prints to our users' terminal. */
export function guardAriClient(): void {
  swagger.ShredHttpClient.prototype.execute = (given) => void exchange(given);
  Object.assign(globalThis, { log: () => {} });
}
