// A carrier's front door: a UDP relay between the line and the network's Asterisk, which can fail in every way carriers do.
// Reads SIP as it passes and keeps it for the tests; knows nothing of phones and sounds.
import { createHash } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import type { CarrierAddress } from './config.ts';
import { header, opensDialog, readSip, respond, type SipMessage } from './sip.ts';

/**
 * A number answers new calls with that SIP status, at once. `silent`: not a word, as after a cut cable. `black-hole`: says it is well
 * (OPTIONS, REGISTER) and lets calls die. `unregistered`: refuses our registration and our calls.
 */
export type Failure = number | '403' | '503' | 'silent' | 'black-hole' | 'unregistered';

/** A SIP message that passed, `from` the line to the carrier or back. */
export type Seen = SipMessage & { at: number; from: 'line' | 'carrier' };

export type Credentials = { user: string; password: string };

const reasons: Record<number, string> = {
  403: 'Forbidden',
  404: 'Not Found',
  480: 'Temporarily Unavailable',
  486: 'Busy Here',
  500: 'Server Internal Error',
  503: 'Service Unavailable',
};

export class Carrier {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** The last 5,000 messages. */
  readonly seen: Seen[] = [];
  /** Every packet is sent this much later. */
  delayMs = 0;
  /** Every packet from the carrier to the line is sent twice, as on a bad network. */
  duplicates = false;
  /** Calls are taken only from who proves to know these (RFC 3261 §22.3: a digest, asked for by 407). */
  asks: Credentials | undefined;
  /** Somebody has proved it. */
  wasProved = false;
  readonly #inside: { host: string; port: number };
  readonly #server: { host: string; port: number };
  readonly #socket: Socket;
  /** Calls that the relay answers, or lets die, by itself. */
  readonly #kept = new Set<string>();
  #failure: Failure | undefined;
  #closed = false;

  private constructor(where: CarrierAddress, server: { host: string; port: number }, socket: Socket) {
    this.name = where.name;
    this.address = where.outside.host;
    this.port = where.outside.port;
    this.#inside = where.inside;
    this.#server = server;
    this.#socket = socket;
    socket.on('message', (packet, { address, port }) =>
      address === this.#inside.host && port === this.#inside.port
        ? this.#fromCarrier(packet)
        : this.#fromLine(packet, address, port),
    );
    // A line that is not there yet answers with an ICMP error: nobody listens, which is an answer too.
    socket.on('error', () => {});
  }

  /** Binds the carrier's address. @throws when it is taken. */
  static async open(where: CarrierAddress, server: { host: string; port: number }): Promise<Carrier> {
    const socket = createSocket('udp4');
    await new Promise<void>((bound, fail) => {
      socket.once('error', fail);
      socket.bind(where.outside.port, where.outside.host, () => {
        socket.off('error', fail);
        bound();
      });
    });
    return new Carrier(where, server, socket);
  }

  fails(how: Failure): void {
    this.#failure = how;
  }

  recovers(): void {
    this.#failure = undefined;
  }

  get failing(): Failure | undefined {
    return this.#failure;
  }

  /** The calls the line has tried to place through this carrier, in order, each once. */
  invites(): Seen[] {
    const calls = new Map<string, Seen>();
    for (const message of this.seen)
      if (message.from === 'line' && opensDialog(message) && !calls.has(message.callId))
        calls.set(message.callId, message);
    return [...calls.values()];
  }

  /** The final SIP status of the call with this Call-ID, once there is one. */
  finalStatus(callId: string): number | undefined {
    return this.seen.find((m) => m.callId === callId && m.method === 'INVITE' && (m.status ?? 0) >= 200)?.status;
  }

  close(): void {
    this.#closed = true;
    this.#socket.close();
  }

  #fromCarrier(packet: Buffer): void {
    this.#note(packet, 'carrier');
    if (this.#failure === 'silent') return;
    const sent = moved(packet, 'request URI', { host: this.address, port: this.port }, this.#server);
    this.#send(sent, this.#server);
    if (this.duplicates) this.#send(sent, this.#server);
  }

  #fromLine(packet: Buffer, host: string, port: number): void {
    const message = this.#note(packet, 'line');
    if (this.#failure === 'silent') return;
    const answer = message && this.#answer(message);
    if (answer === 'nothing') return;
    if (answer) {
      this.#note(Buffer.from(answer), 'carrier');
      this.#send(Buffer.from(answer), { host, port });
    } else this.#send(moved(packet, 'contact', this.#server, { host: this.address, port: this.port }), this.#inside);
  }

  /** What the relay says itself: registrations always, calls while it fails. */
  #answer(message: SipMessage): string | 'nothing' | undefined {
    const failure = this.#failure;
    if (message.status !== undefined) return undefined;
    if (message.method === 'REGISTER')
      return failure === 'unregistered' ? respond(message, 403, 'Forbidden') : registered(message);
    const kept = this.#kept.has(message.callId);
    // The acknowledgement of what the relay itself refused.
    if (message.method === 'ACK' && header(message, 'to')?.includes('tag=relay')) return 'nothing';
    if (!opensDialog(message)) return kept ? 'nothing' : undefined;
    if (failure === undefined) return kept ? 'nothing' : this.#challenge(message);
    this.#kept.add(message.callId);
    if (failure === 'black-hole') return 'nothing';
    const status = failure === 'unregistered' ? 403 : Number(failure);
    return respond(message, status, reasons[status] ?? 'Failure');
  }

  #challenge(message: SipMessage): string | undefined {
    if (!this.asks || message.method !== 'INVITE') return undefined;
    if (proves(message, this.asks)) {
      this.wasProved = true;
      return undefined;
    }
    const nonce = createHash('md5').update(message.callId).digest('hex');
    const challenge = `Proxy-Authenticate: Digest realm="${realm}", nonce="${nonce}", algorithm=MD5, qop="auth"`;
    return respond(message, 407, 'Proxy Authentication Required', [challenge]);
  }

  #send(packet: Buffer, to: { host: string; port: number }): void {
    const send = () => {
      if (!this.#closed) this.#socket.send(packet, to.port, to.host);
    };
    if (this.delayMs > 0) setTimeout(send, this.delayMs);
    else send();
  }

  #note(packet: Buffer, from: Seen['from']): SipMessage | undefined {
    const message = readSip(packet.toString());
    if (message) this.seen.push({ ...message, at: Date.now(), from });
    if (this.seen.length > 5000) this.seen.splice(0, 1000);
    return message;
  }
}

const realm = 'sip.twilio.com';
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** RFC 2617 §3.2.2 with qop=auth. */
function proves(message: SipMessage, { user, password }: Credentials): boolean {
  const given = header(message, 'proxy-authorization') ?? '';
  const value = (name: string) => new RegExp(`[\\s,]${name}="?([^",]+)`).exec(given)?.[1] ?? '';
  const ours = md5(`${user}:${realm}:${password}`);
  const asked = md5(`${message.method}:${value('uri')}`);
  const proof = md5([ours, value('nonce'), value('nc'), value('cnonce'), value('qop'), asked].join(':'));
  return given !== '' && value('username') === user && value('response') === proof;
}

const registered = (request: SipMessage) =>
  respond(request, 200, 'OK', [
    `Contact: ${(header(request, 'contact') ?? '').replace(/;\s*expires=\d+/i, '')};expires=${header(request, 'expires') ?? 3600}`,
  ]);

type Address = { host: string; port: number };

/** The packet with its request URI or Contact moved from one address to another, so that each side sees the relay as its peer. */
function moved(packet: Buffer, what: 'request URI' | 'contact', from: Address, to: Address): Buffer {
  const [head = '', ...body] = packet.toString('latin1').split('\r\n\r\n');
  const wanted = what === 'contact' ? /^(contact|m)\s*:/i : /^(?!SIP\/)[A-Z]+ sips?:/;
  const lines = head.split('\r\n').map((line, i) => {
    if ((what === 'contact') === (i === 0) || !wanted.test(line)) return line;
    return line.replace(
      new RegExp(`${from.host.replaceAll('.', '\\.')}(:${from.port})?(?![\\d.:])`),
      `${to.host}:${to.port}`,
    );
  });
  return Buffer.from([lines.join('\r\n'), ...body].join('\r\n\r\n'), 'latin1');
}
