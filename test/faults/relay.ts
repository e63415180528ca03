// A wire between the server and ARI that can go dead without a word (no FIN, no RST), and that can change what Asterisk says.
import { connect, createServer, type Server, type Socket } from 'node:net';

type Edit = (text: string) => readonly string[];

export type Conversations = {
  host: string;
  /** From now on nothing passes, either way; the sockets stay open. New connections are taken and hang as well. */
  cut(): void;
  /** Connections made from now on pass; those that were cut stay dead. */
  mend(): void;
  /** What a text message of the event socket becomes on its way to the server, itself among it or not. */
  change(edit: Edit | undefined): void;
  connections: number;
  close(): void;
};

/** Listens on another address of loopback, at Asterisk's own port. */
export async function openRelay(host: string, port: number): Promise<Conversations> {
  const sockets = new Set<Socket>();
  const conversations: Conversations = {
    host,
    cut: () => {},
    mend: () => {},
    change: () => {},
    connections: 0,
    close: () => {},
  };
  let dead = false;
  let edit: Edit | undefined;
  const server: Server = createServer((near) => {
    conversations.connections++;
    const far = connect(port, '127.0.0.1');
    const link = new Wire(near, far, () => edit);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
    if (dead) link.cut();
    cuts.add(link);
    near.once('close', () => cuts.delete(link));
  });
  const cuts = new Set<Wire>();
  conversations.cut = () => {
    dead = true;
    for (const link of cuts) link.cut();
  };
  conversations.mend = () => {
    dead = false;
  };
  conversations.change = (next) => {
    edit = next;
  };
  conversations.close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((ready, fail) => server.once('error', fail).listen(port, host, ready));
  return conversations;
}

/** One connection. Frames of a WebSocket are taken apart only where a message is to be changed. */
class Wire {
  readonly #near: Socket;
  readonly #far: Socket;
  #dead = false;
  #upgraded = false;
  #rest: Buffer = Buffer.alloc(0);

  constructor(near: Socket, far: Socket, edit: () => Edit | undefined) {
    this.#near = near;
    this.#far = far;
    near.on('data', (data) => this.#dead || far.write(data));
    far.on('data', (data: Buffer) => {
      if (!this.#dead) near.write(this.#onward(data, edit()));
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      // A cut wire carries no end either.
      one.on('close', () => this.#dead || other.destroy());
      one.on('error', () => this.#dead || other.destroy());
    }
  }

  cut(): void {
    this.#dead = true;
    this.#near.resume();
    this.#far.resume();
  }

  #onward(data: Buffer, edit: Edit | undefined): Buffer {
    if (!this.#upgraded) {
      const end = data.indexOf('\r\n\r\n');
      if (end < 0 || !data.subarray(0, end).includes('101 Switching')) return data;
      this.#upgraded = true;
      return Buffer.concat([data.subarray(0, end + 4), this.#frames(data.subarray(end + 4), edit)]);
    }
    return this.#frames(data, edit);
  }

  /** Whole frames only; what is cut short waits for its rest (RFC 6455 §5.2; a server's frames are not masked). */
  #frames(data: Buffer, edit: Edit | undefined): Buffer {
    this.#rest = Buffer.concat([this.#rest, data]);
    const out: Buffer[] = [];
    for (let frame = frameOf(this.#rest); frame; frame = frameOf(this.#rest)) {
      this.#rest = this.#rest.subarray(frame.bytes.length);
      const changed = frame.opcode === 1 && frame.final ? edit?.(frame.payload.toString('utf8')) : undefined;
      out.push(...(changed?.map(textFrame) ?? [frame.bytes]));
    }
    return Buffer.concat(out);
  }
}

type Frame = { opcode: number; final: boolean; payload: Buffer; bytes: Buffer };

function frameOf(data: Buffer): Frame | undefined {
  if (data.length < 2) return undefined;
  const short = (data[1] ?? 0) & 0x7f;
  const head = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (data.length < head) return undefined;
  const length = short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short;
  if (data.length < head + length) return undefined;
  const first = data[0] ?? 0;
  const payload = data.subarray(head, head + length);
  return { opcode: first & 15, final: (first & 0x80) !== 0, payload, bytes: data.subarray(0, head + length) };
}

function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = payload.length < 126 ? Buffer.alloc(2) : payload.length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
  head[0] = 0x81;
  head[1] = payload.length < 126 ? payload.length : payload.length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(payload.length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}
