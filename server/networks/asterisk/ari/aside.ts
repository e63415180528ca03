// Single requests beside the socket, over HTTP: for the two commands that may have to wait inside Asterisk (answer, and addChannel behind a
// playback), which would hold every other request of the socket, pings included, for as long (measured: 2.9 s behind a prompt of 3 s, and
// for ever behind a channel whose thread is stuck).
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { AriAccess } from './probe.ts';
import type { Answer, Request } from './words.ts';

export type Aside = {
  /** Not ordered with the requests of the socket: what must come first is awaited first. Never rejects. */
  request: Request;
  /** The connection is lost: sockets that are kept for the next request may be dead without knowing it. */
  reset(): void;
};

export function openAside(access: AriAccess, deadlineMs: number): Aside {
  const { request, Agent } = access.url.startsWith('https:') ? https : http;
  let agent = new Agent({ keepAlive: true });
  const auth = `${access.user}:${access.password}`;
  const ask: Request = (method, uri) =>
    new Promise<Answer>((settle) => {
      const failed = (error: Error) => settle({ status: 0, reason: error.message, body: '' });
      const signal = AbortSignal.timeout(deadlineMs);
      const sent = request(new URL(`/ari/${uri}`, access.url), { method, auth, agent, signal }, (response) => {
        const { statusCode: status = 0, statusMessage: reason = '' } = response;
        text(response).then((body) => settle({ status, reason, body }), failed);
      });
      sent.once('error', failed).end();
    });
  const reset = () => {
    agent.destroy();
    agent = new Agent({ keepAlive: true });
  };
  return { request: ask, reset };
}
