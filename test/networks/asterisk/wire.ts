// A wire between the adapter and Asterisk that a test can cut, silence, or speak on: plain TCP, it understands nothing but the frame it adds.
import { createConnection, createServer, type Socket } from 'node:net';

export type Wire = {
  url: string;
  /** Puts one WebSocket text message on the wire, towards the adapter. */
  inject(text: string): void;
  /** Passes nothing on any more, in either direction, and closes nothing. */
  silence(): void;
  /** Passes everything on again, for connections made from now on. */
  mend(): void;
  close(): void;
};

/** @param target where Asterisk listens. */
export async function openWire(target: string): Promise<Wire> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<[Socket, Socket]>();
  let silent = false;
  const server = createServer((near) => {
    const far = createConnection(Number(port), hostname);
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    const deaf = silent;
    near.on('data', (data) => void (deaf || silent || far.write(data)));
    far.on('data', (data) => void (deaf || silent || near.write(data)));
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.on('close', () => {
        if (silent) return;
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    inject: (text) => {
      const payload = Buffer.from(text);
      const head =
        payload.length < 126 ? [0x81, payload.length] : [0x81, 126, payload.length >> 8, payload.length & 255];
      for (const [near] of pairs) near.write(Buffer.concat([Buffer.from(head), payload]));
    },
    silence: () => {
      silent = true;
    },
    mend: () => {
      silent = false;
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      pairs.clear();
    },
    close: () => {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      server.close();
    },
  };
}
