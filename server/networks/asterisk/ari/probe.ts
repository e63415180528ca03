// The first question to an Asterisk: are you there, is the password right, are you new enough? Always with a deadline,
// because a client that connects to a silent server would wait for ever.
import http from 'node:http';
import https from 'node:https';
import type { Problem } from '../../../base/result.ts';

/** How ARI is reached: `url` without a path (`http://127.0.0.1:8088`). */
export type AriAccess = { url: string; user: string; password: string };

/** Older ones have another ARI; whether this one takes requests on its event socket is asked when it is open. */
const oldestMajor = 20;
/** A crash on NOTIFY was fixed here. */
const advised = [22, 10, 1] as const;

/** `never`: trying again cannot help, a person must change something. `silent`: something holds the socket, and says nothing. */
export type ProbeResult =
  | { ok: true; version: string; warning?: string }
  | { ok: false; never: boolean; silent?: true; problem: Problem };

/** No answer came in time, and no refusal either. */
export class SilentError extends Error {}

type Reply = { status: number; body: string };

/** Asks for the version within `deadlineMs`. */
export async function probe(access: AriAccess, deadlineMs: number): Promise<ProbeResult> {
  const reply = await ask(access, deadlineMs).catch((error: Error) => error);
  if (reply instanceof Error) {
    const failed = refused(access, false, `Asterisk does not answer (${reply.message})`, startIt);
    return reply instanceof SilentError ? { ...failed, silent: true } : failed;
  }
  if (reply.status === 401 || reply.status === 403) {
    return refused(access, true, `Asterisk refuses user "${access.user}" or its password`, 'compare it with ari.conf');
  }
  if (reply.status !== 200) {
    return refused(
      access,
      false,
      `Asterisk answered ${reply.status} to /ari/asterisk/info`,
      'is res_ari_asterisk loaded?',
    );
  }
  return judge(access, versionIn(reply.body));
}

const startIt = 'is Asterisk running, and is http.conf bound to this address?';

const refused = (access: AriAccess, never: boolean, message: string, hint: string): ProbeResult & { ok: false } => ({
  ok: false,
  never,
  problem: { file: access.url, message, hint },
});

function versionIn(body: string): string | undefined {
  try {
    const info = JSON.parse(body) as { system?: { version?: string } } | null;
    return info?.system?.version;
  } catch {
    return undefined;
  }
}

function judge(access: AriAccess, version: string | undefined): ProbeResult {
  const parts = (version ?? '')
    .match(/(\d+)\.(\d+)(?:\.(\d+))?/)
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (!version || !parts) return refused(access, true, 'what answers there is not an Asterisk', 'check the address');
  if ((parts[0] ?? 0) < oldestMajor) {
    return refused(
      access,
      true,
      `Asterisk ${version} is too old`,
      'version 20 is the oldest, 22.10.1 or newer is advised',
    );
  }
  return isBefore(parts, advised)
    ? {
        ok: true,
        version,
        warning: `Asterisk ${version} is older than ${advised.join('.')}, which fixed a remote crash`,
      }
    : { ok: true, version };
}

function isBefore(parts: readonly number[], limit: readonly number[]): boolean {
  const differs = limit.findIndex((part, index) => part !== (parts[index] ?? 0));
  return differs >= 0 && (parts[differs] ?? 0) < (limit[differs] ?? 0);
}

function ask(access: AriAccess, deadlineMs: number): Promise<Reply> {
  const { promise, resolve, reject } = deferred<Reply>();
  const target = new URL('/ari/asterisk/info?only=system', access.url);
  const auth = `${access.user}:${access.password}`;
  const request = (target.protocol === 'https:' ? https : http).get(target, { auth, agent: false }, (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      body += chunk;
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    response.on('error', reject);
  });
  // A deadline on the whole exchange: a server that dribbles must not hold us either.
  const deadline = setTimeout(() => request.destroy(new SilentError(`silent for ${deadlineMs} ms`)), deadlineMs);
  request.on('error', reject);
  request.on('close', () => clearTimeout(deadline));
  return promise;
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((good, bad) => {
    resolve = good;
    reject = bad;
  });
  return { promise, resolve, reject };
}
