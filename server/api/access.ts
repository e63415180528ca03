// Whether a request may use a route: to whom it is addressed, where it comes from, what it shows. Decided before anything of it is read.
import type { IncomingMessage } from 'node:http';
import { sameDigest } from '../base/digest.ts';
import { type Access, type Asked, type Reply, type Route, refused } from '../base/route.ts';

/** What is known of this server when it starts. */
export type Admission = {
  /** Without one, nothing can be done that wants it. */
  token?: string;
  /** Names and addresses under which it is reached, besides loopback. */
  hosts: readonly string[];
};

const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const loopbackAddress = /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/;
const byProxy = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'] as const;

/** The name in `Host`, without its port; undefined where there is none that could be one. */
export function hostOf({ headers: { host } }: Pick<IncomingMessage, 'headers'>): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host ?? '')?.[1]?.toLowerCase();
}

/** A page of a stranger whose name leads here (DNS rebinding) names itself; an address that was really asked is no stranger's. */
function isOurs(request: IncomingMessage, hosts: readonly string[]): boolean {
  const host = hostOf(request);
  if (host === undefined) return false;
  const asked = request.socket.localAddress?.replace(/^::ffff:/, '');
  return loopbackNames.has(host) || host === asked || host === `[${asked}]` || hosts.includes(host);
}

function isThisMachine(request: IncomingMessage): boolean {
  const host = hostOf(request);
  return (
    loopbackAddress.test(request.socket.remoteAddress ?? '') &&
    host !== undefined &&
    loopbackNames.has(host) &&
    byProxy.every((name) => request.headers[name] === undefined)
  );
}

function byToken(request: IncomingMessage, { token }: Admission): Reply | undefined {
  if (token === undefined) return refused(403, 'set VIGIE_API_TOKEN to allow this');
  const shown = sameDigest(request.headers.authorization ?? '', `Bearer ${token}`);
  return shown ? undefined : refused(401, 'the token is missing or wrong');
}

/** @returns why not, or undefined where the request may go on */
export function refusal(
  { access, hosts }: Pick<Route, 'access' | 'hosts'>,
  request: IncomingMessage,
  asked: Asked,
  admission: Admission,
): Reply | undefined {
  if (hosts === 'own' && !isOurs(request, admission.hosts))
    return refused(421, 'this server does not go by that name: VIGIE_PUBLIC_URL and VIGIE_HTTP_HOSTS say its names');
  return byAccess(access, request, asked, admission);
}

function byAccess(access: Access, request: IncomingMessage, asked: Asked, admission: Admission): Reply | undefined {
  switch (access.who) {
    case 'anyone':
      return undefined;
    case 'token':
      return byToken(request, admission);
    case 'this-machine':
      return isThisMachine(request) ? undefined : byToken(request, admission);
    case 'signed':
      return access.proof(asked) ? undefined : (access.refusal ?? refused(403, `${access.by} is missing or wrong`));
  }
}

const ways: ReadonlySet<string> = new Set<Access['who']>(['anyone', 'token', 'this-machine', 'signed']);

/** Whether a route says who may use it. */
export const isDeclared = ({ access }: { access?: Partial<Access> | undefined }): boolean =>
  access?.who !== undefined && ways.has(access.who) && (access.who !== 'anyone' || Boolean(access.because));
