// Free UDP ports of loopback, for SIP and for a block of RTP.
import { createSocket } from 'node:dgram';

/** A UDP port that nobody uses on this address. */
export const freeUdp = (host: string): Promise<number> =>
  new Promise((done, fail) => {
    const socket = createSocket('udp4');
    socket.once('error', fail);
    socket.bind(0, host, () => {
      const { port } = socket.address();
      socket.close(() => done(port));
    });
  });

/** The first port of 2,000 for RTP, below the range that the kernel hands out. Asterisk passes over those that are taken. */
export const freeRtp = async (): Promise<number> => 10_000 + 2_000 * Math.floor(Math.random() * 10);
