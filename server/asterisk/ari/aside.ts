// Single requests beside the socket, over HTTP: for the one command that may have to wait inside Asterisk (addChannel behind a playback),
// which would hold every other request of the socket, pings included, for as long (measured: 2.9 s behind a prompt of 3 s).
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { AriAccess } from './probe.ts';
import type { Answer, Request } from './words.ts';

/** Not ordered with the requests of the socket: what must come first is awaited first. Never rejects. */
export function openAside(access: AriAccess, deadlineMs: number): Request {
  const { request, Agent } = access.url.startsWith('https:') ? https : http;
  const agent = new Agent({ keepAlive: true });
  const auth = `${access.user}:${access.password}`;
  return (method, uri) =>
    new Promise<Answer>((settle) => {
      const failed = (error: Error) => settle({ status: 0, reason: error.message, body: '' });
      const signal = AbortSignal.timeout(deadlineMs);
      const sent = request(new URL(`/ari/${uri}`, access.url), { method, auth, agent, signal }, (response) => {
        const { statusCode: status = 0, statusMessage: reason = '' } = response;
        text(response).then((body) => settle({ status, reason, body }), failed);
      });
      sent.once('error', failed).end();
    });
}
