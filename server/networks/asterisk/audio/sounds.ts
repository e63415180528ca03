// The one UDP socket on which Asterisk brings us the sound of all that is listened to, told apart by the port it sends from.
import { createSocket, type Socket } from 'node:dgram';
import { soundOf } from './rtp.ts';

/** `host:port` of a sender. */
type From = string;

export class Sounds {
  readonly #host: string;
  readonly #taps = new Map<From, (octets: Uint8Array) => void>();
  #socket: Promise<Socket> | undefined;

  /** @param host address on which Asterisk reaches us */
  constructor(host: string) {
    this.#host = host;
  }

  /** Opens the socket on a free port at first; `host:port`. Rejects when the address is not ours. */
  async address(): Promise<string> {
    this.#socket ??= this.#bind();
    const opening = this.#socket;
    // One refusal is not for ever: the next leg tries again.
    opening.catch(() => {
      this.#socket = undefined;
    });
    const { address, port } = (await opening).address();
    return `${address}:${port}`;
  }

  /** From now on this sender's sound goes to `take`. @returns what ends it */
  hear(from: From, take: (octets: Uint8Array) => void): () => void {
    this.#taps.set(from, take);
    return () => {
      if (this.#taps.get(from) === take) this.#taps.delete(from);
    };
  }

  close(): void {
    const open = this.#socket;
    this.#socket = undefined;
    this.#taps.clear();
    open?.then(
      (socket) => socket.close(),
      // It never opened: `address` has told whoever asked.
      () => undefined,
    );
  }

  #bind(): Promise<Socket> {
    const socket = createSocket('udp4');
    return new Promise((bound, fail) => {
      socket.once('error', fail);
      socket.bind(0, this.#host, () => {
        socket.off('error', fail);
        // We only listen: there is nothing to send that could be refused.
        socket.on('error', () => undefined);
        socket.on('message', (packet, { address, port }) => this.#arrived(`${address}:${port}`, packet));
        bound(socket);
      });
    });
  }

  /** What comes from anybody else is dropped. */
  #arrived(from: From, packet: Buffer): void {
    const take = this.#taps.get(from);
    const octets = take && soundOf(packet);
    if (octets) take(octets);
  }
}
