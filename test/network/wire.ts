// The sound of one line, both ways, as RTP with Asterisk's external media: A-law, 20 ms a packet (RFC 3550, RFC 3551 §4.5.14).
// Knows packets and their pace; not what the sound is. A-law on purpose: where Asterisk translates it, it drops whatever
// comes with a sequence number that jumped back, as happens when a line begins to bridge natively.
import { createSocket, type Socket } from 'node:dgram';
import { rate } from './audio.ts';

const frameMs = 20;
const frameSamples = (rate * frameMs) / 1000;
const pcma = 8;

/** A frame of sound, and whether it was spoken right behind the one before. */
type Hears = (frame: Int16Array, follows: boolean) => void;
/** `at`: when it was spoken, in samples of the speaker's clock. */
type Packet = { sequence: number; at: number; samples: Int16Array };

export class Wire {
  readonly #socket: Socket;
  readonly #source = Math.floor(Math.random() * 2 ** 32);
  #to: { host: string; port: number } | undefined;
  #queue: { samples: Int16Array; done: () => void }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #sent = 0;
  #last: Pick<Packet, 'sequence' | 'at'> | undefined;

  private constructor(socket: Socket, hear: Hears) {
    this.#socket = socket;
    // Asterisk's end closes first when a call ends: packets on the way then have nowhere to go.
    socket.on('error', () => {});
    socket.on('message', (packet) => {
      const heard = readRtp(packet);
      if (heard) hear(heard.samples, this.#follows(heard));
    });
  }

  /** Waits for sound on a free port of this address. */
  static async open(host: string, hear: Hears): Promise<Wire> {
    const socket = createSocket('udp4');
    await new Promise<void>((bound, fail) => {
      socket.once('error', fail);
      socket.bind(0, host, bound);
    });
    return new Wire(socket, hear);
  }

  /** The speaker's own clock says whether there was a pause: ours only says when the machine came to it. */
  #follows({ sequence, at, samples }: Packet): boolean {
    const last = this.#last;
    this.#last = { sequence, at: (at + samples.length) >>> 0 };
    return last !== undefined && sequence === ((last.sequence + 1) & 0xffff) && at === last.at;
  }

  get address(): string {
    const { address, port } = this.#socket.address();
    return `${address}:${port}`;
  }

  /** Where Asterisk listens. */
  sendsTo(host: string, port: number): void {
    this.#to = { host, port };
  }

  /** From now on there is a packet every 20 ms, as from any telephone: silence when nothing is said. */
  opens(): void {
    if (!this.#closed) this.#timer ??= this.#pace();
  }

  /** Sends this sound; resolves when the last of it has left, or when the line has gone. */
  say(samples: Int16Array): Promise<void> {
    return new Promise((done) => {
      if (this.#closed) return done();
      this.#queue.push({ samples, done });
      this.opens();
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    for (const { done } of this.#queue.splice(0)) done();
    this.#socket.close();
  }

  #pace(): NodeJS.Timeout {
    const began = Date.now();
    const before = this.#sent;
    return setInterval(() => {
      while ((this.#sent - before) * frameMs <= Date.now() - began) this.#sendFrame();
    }, frameMs / 2);
  }

  #sendFrame(): void {
    const now = this.#queue[0];
    const packet = Buffer.alloc(12 + frameSamples, alaw(0));
    packet[0] = 0x80;
    packet[1] = this.#sent === 0 ? 0x80 | pcma : pcma;
    packet.writeUInt16BE(this.#sent & 0xffff, 2);
    packet.writeUInt32BE((this.#sent * frameSamples) >>> 0, 4);
    packet.writeUInt32BE(this.#source, 8);
    now?.samples.subarray(0, frameSamples).forEach((sample, i) => {
      packet[12 + i] = alaw(sample);
    });
    this.#sent++;
    if (this.#to) this.#socket.send(packet, this.#to.port, this.#to.host);
    if (!now) return;
    now.samples = now.samples.subarray(frameSamples);
    if (now.samples.length > 0) return;
    this.#queue.shift();
    now.done();
  }
}

/** Nothing for keys and other payloads. */
function readRtp(packet: Buffer): Packet | undefined {
  if (packet.length < 12 || ((packet[1] ?? 0) & 0x7f) !== pcma) return undefined;
  const first = packet[0] ?? 0;
  let start = 12 + 4 * (first & 0x0f);
  if (first & 0x10 && packet.length >= start + 4) start += 4 + 4 * packet.readUInt16BE(start + 2);
  const samples = Int16Array.from(packet.subarray(start), (code) => linear[code] ?? 0);
  return { sequence: packet.readUInt16BE(2), at: packet.readUInt32BE(4), samples };
}

/** ITU-T G.711 A-law: code to sample. */
const linear = Int16Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 0x0f) << 4) + 8;
  const size = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return bits & 0x80 ? size : -size;
});

/** ITU-T G.711 A-law: sample to code. */
function alaw(sample: number): number {
  const size = Math.min(32_767, sample < 0 ? -sample - 1 : sample);
  // 0 below 256, then one more for each doubling.
  const exponent = Math.max(0, 32 - Math.clz32(size >> 8));
  const mantissa = (exponent === 0 ? size >> 4 : size >> (exponent + 3)) & 0x0f;
  return ((sample < 0 ? 0 : 0x80) | (exponent << 4) | mantissa) ^ 0x55;
}
