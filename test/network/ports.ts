// Ports for servers that begin to listen a moment later. None is one that the kernel hands out (Linux: from 32768 on): those of port 0 go to
// whoever connects to anything meanwhile, and the server then finds its own taken.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below them the RTP of the lines, for UDP; nothing of ours, for TCP. */
const tcp = { from: 20_000, until: 32_000 };
const udp = { from: 5_100, until: 10_000 };

type Range = { from: number; until: number };
const given = new Set<number>();

/** One that nobody uses now, by chance: another test that looks in the same instant finds another. Never the same one twice. */
async function freeOf({ from, until }: Range, isFree: (port: number) => Promise<boolean>): Promise<number> {
  for (;;) {
    const port = from + Math.floor(Math.random() * (until - from));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

/** A TCP port that nobody uses on this address. @throws when the address is not ours */
export const freePort = (host: string): Promise<number> =>
  freeOf(
    tcp,
    (port) =>
      new Promise((done, fail) => {
        const server = createServer().once('error', taken(done, fail));
        server.listen(port, host, () => server.close(() => done(true)));
      }),
  );

/** A UDP port that nobody uses on this address, for SIP. @throws when the address is not ours */
export const freeUdp = (host: string): Promise<number> =>
  freeOf(
    udp,
    (port) =>
      new Promise((done, fail) => {
        const socket = createSocket('udp4').once('error', taken(done, fail));
        socket.bind(port, host, () => socket.close(() => done(true)));
      }),
  );

const taken = (done: (free: boolean) => void, fail: (error: Error) => void) => (error: NodeJS.ErrnoException) =>
  error.code === 'EADDRINUSE' ? done(false) : fail(error);

/** The first port of 2,000 for RTP, below the range that the kernel hands out. Asterisk passes over those that are taken. */
export const freeRtp = (): number => 10_000 + 2_000 * Math.floor(Math.random() * 10);
