// The sound of every line, both ways, over Asterisk's AudioSocket: frames of 20 ms, one TCP connection per line.
// Knows the protocol (kind, length, payload) and the pace; not what the sound is.
import { createServer, type Server, type Socket } from 'node:net';
import { bytesOf, rate } from './audio.ts';

const kind = { hangup: 0x00, id: 0x01, audio: 0x10 };
const frameMs = 20;
const frameSamples = (rate * frameMs) / 1000;

/** One line's sound: what comes in is handed to `hear`, what is said goes out at the pace of speech. */
export class Wire {
  readonly #hear: (frame: Int16Array) => void;
  #socket: Socket | undefined;
  #queue: { samples: Int16Array; done: () => void }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(hear: (frame: Int16Array) => void) {
    this.#hear = hear;
  }

  /** From now on there is a frame every 20 ms, as from any telephone: silence when nothing is said. */
  opens(): void {
    this.#timer ??= this.#pace();
  }

  /** Sends this sound; resolves when the last of it has left, or when the line has gone. */
  say(samples: Int16Array): Promise<void> {
    return new Promise((done) => {
      if (this.#closed) return done();
      this.#queue.push({ samples, done });
      this.opens();
    });
  }

  /** Stops what is being said. */
  hush(): void {
    for (const { done } of this.#queue.splice(0)) done();
  }

  joined(socket: Socket): void {
    this.#socket = socket;
  }

  heard(payload: Buffer): void {
    const frame = new Int16Array(payload.length >> 1);
    for (let i = 0; i < frame.length; i++) frame[i] = payload.readInt16LE(i * 2);
    this.#hear(frame);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.hush();
    this.#socket?.destroy();
  }

  #pace(): NodeJS.Timeout {
    const began = Date.now();
    let sent = 0;
    return setInterval(() => {
      for (; sent * frameMs <= Date.now() - began; sent++) this.#sendFrame();
    }, frameMs / 2);
  }

  #sendFrame(): void {
    const now = this.#queue[0];
    const frame = new Int16Array(frameSamples);
    if (now) {
      frame.set(now.samples.subarray(0, frameSamples));
      now.samples = now.samples.subarray(frameSamples);
    }
    const head = Buffer.from([kind.audio, 0, 0]);
    head.writeUInt16BE(frameSamples * 2, 1);
    if (this.#socket?.writable) this.#socket.write(Buffer.concat([head, bytesOf(frame)]));
    if (!now || now.samples.length > 0) return;
    this.#queue.shift();
    now.done();
  }
}

/** Accepts Asterisk's connections and joins each to its wire by the id that comes first. */
export class Wires {
  readonly #server: Server;
  readonly #expected = new Map<string, Wire>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#welcome(socket));
  }

  static async open(host: string): Promise<Wires> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((open, fail) => server.once('error', fail).listen(0, host, open));
    return new Wires(server);
  }

  get address(): string {
    const { address, port } = this.#server.address() as { address: string; port: number };
    return `${address}:${port}`;
  }

  expect(id: string, wire: Wire): void {
    this.#expected.set(id.replaceAll('-', ''), wire);
  }

  close(): void {
    this.#server.close();
    for (const wire of this.#expected.values()) wire.close();
  }

  #welcome(socket: Socket): void {
    let pending = Buffer.alloc(0);
    let wire: Wire | undefined;
    // Asterisk drops the connection when the line ends: nothing to mend.
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      pending = Buffer.concat([pending, bytes]);
      while (pending.length >= 3 && pending.length >= 3 + pending.readUInt16BE(1)) {
        const payload = pending.subarray(3, 3 + pending.readUInt16BE(1));
        if (pending[0] === kind.id) {
          wire = this.#expected.get(payload.toString('hex'));
          wire?.joined(socket);
        }
        if (pending[0] === kind.audio) wire?.heard(payload);
        pending = pending.subarray(3 + payload.length);
      }
    });
    socket.on('close', () => wire?.close());
  }
}
