// An SMS gateway of the kind docs/messaging.md describes, on a loopback port: it keeps what it was given, reports, and delivers replies.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type GatewaySms = { id: string; to: string; text: string; at: number; key: string | undefined };
export const gatewayToken = 'jeton-de-la-passerelle';

export async function openGateway() {
  const seen: GatewaySms[] = [];
  let behaviour: 'delivers' | 'loses' | 'is down' = 'delivers';
  let door: () => string = () => '';
  const tell = async (body: object, token = gatewayToken) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return fetch(`${door()}/sms/gateway`, { method: 'POST', headers, body: JSON.stringify(body) });
  };
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      if (behaviour === 'is down' || request.headers.authorization !== `Bearer ${gatewayToken}`)
        return response.writeHead(behaviour === 'is down' ? 503 : 403).end();
      const sms = JSON.parse(body) as { id: string; to: string; text: string };
      seen.push({ ...sms, at: Date.now(), key: request.headers['idempotency-key'] as string | undefined });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ reference: `ref-${seen.length}` }));
      // The report may find nobody at home: a server that was killed is asked about it no more.
      if (behaviour === 'delivers') void tell({ type: 'report', id: sms.id, delivered: true }).catch(() => undefined);
      return undefined;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`,
    seen,
    tell,
    behaves: (next: typeof behaviour) => {
      behaviour = next;
    },
    /** Where reports and replies go. */
    knows: (address: () => string) => {
      door = address;
    },
    replies: (from: string, words: string) => tell({ type: 'sms', from, to: '+33199001000', text: words }),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
