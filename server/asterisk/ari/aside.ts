// Single requests beside the socket, over HTTP: for the one command that may have to wait inside Asterisk (addChannel behind a playback),
// which would hold every other request of the socket, pings included, for as long (measured: 2.9 s behind a prompt of 3 s).
import type { AriAccess } from './probe.ts';
import type { Request } from './words.ts';

/** Not ordered with the requests of the socket: what must come first is awaited first. Never rejects. */
export function openAside(access: AriAccess, deadlineMs: number): Request {
  const authorization = `Basic ${Buffer.from(`${access.user}:${access.password}`).toString('base64')}`;
  return async (method, uri) => {
    try {
      const signal = AbortSignal.timeout(deadlineMs);
      const response = await fetch(new URL(`/ari/${uri}`, access.url), { method, headers: { authorization }, signal });
      return { status: response.status, reason: response.statusText, body: await response.text() };
    } catch (error) {
      return { status: 0, reason: (error as Error).message, body: '' };
    }
  };
}
