// A SIP peer for load: one UDP socket for signalling, one for sound, many calls at once. It places calls, and it answers those it gets,
// presses 1 once it hears something, and keeps the instants. As small as a measurement allows: no retransmission, loopback only.
import { createSocket, type Socket } from 'node:dgram';
import { header, readSip, type SipMessage } from '../network/sip.ts';

/** Instants in ms of `performance.now()`. */
export type PeerCall = { id: string; at: number; answeredAt?: number; endedAt?: number; status?: number };

type Dialog = {
  call: PeerCall;
  invite: string;
  from: string;
  to: string;
  via: string;
  cseq: number;
  contact: string;
  media?: { host: string; port: number };
  pressed?: true;
  ours: boolean;
  over?: true;
};

export type PeerOptions = { host: string; port: number; target: { host: string; port: number } };

/** What happens on a peer, told as it does. */
export type PeerEvents = {
  invited?: (number: string, at: number) => void;
  answered?: (call: PeerCall) => void;
  ended?: (call: PeerCall) => void;
};

let serial = 0;

export class Peer {
  readonly #signalling: Socket;
  readonly #media: Socket;
  readonly #options: PeerOptions;
  readonly #dialogs = new Map<string, Dialog>();
  readonly #byMedia = new Map<number, Dialog>();
  readonly #events: PeerEvents;
  #mediaPort = 0;

  private constructor(options: PeerOptions, signalling: Socket, media: Socket, events: PeerEvents) {
    this.#options = options;
    this.#signalling = signalling;
    this.#media = media;
    this.#events = events;
    this.#mediaPort = media.address().port;
    signalling.on('message', (packet) => this.#heard(packet.toString('latin1'), performance.now()));
    media.on('message', (_packet, { port }) => this.#sound(port));
  }

  static async open(options: PeerOptions, events: PeerEvents = {}): Promise<Peer> {
    const bound = (port: number) =>
      new Promise<Socket>((done, fail) => {
        const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20, sendBufferSize: 4 << 20 });
        socket.once('error', fail).bind(port, options.host, () => done(socket));
      });
    return new Peer(options, await bound(options.port), await bound(0), events);
  }

  #closed = false;

  close(): void {
    this.#closed = true;
    this.#signalling.close();
    this.#media.close();
  }

  /** Sends an INVITE. The call is answered, or ended with a status. */
  invite(to: string, from: string): PeerCall {
    const { host, port, target } = this.#options;
    const id = `bench-${process.pid}-${++serial}`;
    const call: PeerCall = { id, at: 0 };
    const via = `Via: SIP/2.0/UDP ${host}:${port};branch=z9hG4bK${id};rport`;
    const dialog: Dialog = {
      call,
      invite: `INVITE sip:${to}@${target.host}:${target.port} SIP/2.0`,
      from: `From: <sip:${from}@${host}>;tag=${id}`,
      to: `To: <sip:${to}@${target.host}>`,
      via,
      cseq: 1,
      contact: `sip:${to}@${target.host}:${target.port}`,
      ours: true,
    };
    this.#dialogs.set(id, dialog);
    const text = message(
      dialog.invite,
      [via, 'Max-Forwards: 70', dialog.from, dialog.to, `Call-ID: ${id}`, 'CSeq: 1 INVITE', this.#contact()],
      this.#sdp(),
    );
    call.at = performance.now();
    this.#send(text);
    return call;
  }

  bye(call: PeerCall): void {
    const dialog = this.#dialogs.get(call.id);
    if (!dialog || dialog.over) return;
    dialog.cseq++;
    this.#send(this.#request('BYE', dialog, dialog.cseq));
    this.#over(dialog);
  }

  get live(): number {
    return this.#dialogs.size;
  }

  #contact = () => `Contact: <sip:peer@${this.#options.host}:${this.#options.port}>`;

  #sdp(): string {
    const { host } = this.#options;
    return `v=0\r\no=- 1 1 IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\nm=audio ${this.#mediaPort} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n`;
  }

  #request(method: string, dialog: Dialog, cseq: number): string {
    const via = `Via: SIP/2.0/UDP ${this.#options.host}:${this.#options.port};branch=z9hG4bK${dialog.call.id}${method}${cseq};rport`;
    const [from, to] = dialog.ours
      ? [dialog.from, dialog.to]
      : [dialog.to.replace(/^To/, 'From'), dialog.from.replace(/^From/, 'To')];
    return message(`${method} ${dialog.contact} SIP/2.0`, [
      via,
      'Max-Forwards: 70',
      from,
      to,
      `Call-ID: ${dialog.call.id}`,
      `CSeq: ${cseq} ${method}`,
    ]);
  }

  #heard(text: string, at: number): void {
    const sip = readSip(text);
    if (!sip) return;
    if (/^SIP\/2\.0 /.test(text)) this.#response(sip, text, at);
    else this.#incoming(sip, text, at);
  }

  #response(sip: SipMessage, text: string, at: number): void {
    const dialog = this.#dialogs.get(sip.callId);
    const status = Number(text.slice(8, 11));
    if (!dialog || status < 200 || !/INVITE/.test(header(sip, 'cseq') ?? '')) return;
    dialog.to = `To: ${header(sip, 'to')}`;
    if (status < 300) {
      const contact = /<([^>]+)>/.exec(header(sip, 'contact') ?? '')?.[1];
      if (contact) dialog.contact = contact;
      this.#mediaOf(dialog, text);
      this.#send(this.#request('ACK', dialog, 1));
      dialog.call.answeredAt = at;
      dialog.call.status = status;
      this.#events.answered?.(dialog.call);
    } else {
      this.#send(
        message(dialog.invite.replace('INVITE', 'ACK'), [
          dialog.via,
          dialog.from,
          dialog.to,
          `Call-ID: ${sip.callId}`,
          'CSeq: 1 ACK',
        ]),
      );
      dialog.call.status = status;
      this.#over(dialog, at);
    }
  }

  #incoming(sip: SipMessage, text: string, at: number): void {
    const method = text.slice(0, text.indexOf(' '));
    const heads = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((name) => `${name}: ${header(sip, name.toLowerCase())}`);
    if (method === 'ACK') return;
    if (method === 'INVITE') this.#invited(sip, text, heads, at);
    else this.#ended(method, sip, heads, at);
  }

  #ended(method: string, sip: SipMessage, heads: string[], at: number): void {
    this.#send(message('SIP/2.0 200 OK', tagged(heads, sip.callId)));
    const dialog = this.#dialogs.get(sip.callId);
    if (!dialog || (method !== 'BYE' && method !== 'CANCEL')) return;
    if (method === 'CANCEL')
      this.#send(
        message(
          'SIP/2.0 487 Request Terminated',
          tagged(
            heads.map((line) => line.replace(/CANCEL$/, 'INVITE')),
            sip.callId,
          ),
        ),
      );
    this.#over(dialog, at);
  }

  /** Rings and answers at once. */
  #invited(sip: SipMessage, text: string, heads: string[], at: number): void {
    if (this.#dialogs.has(sip.callId)) return;
    this.#events.invited?.(/^INVITE sip:([^@]+)@/.exec(text)?.[1] ?? '', at);
    const answered = tagged(heads, sip.callId);
    const dialog: Dialog = {
      call: { id: sip.callId, at },
      invite: '',
      from: answered[1] ?? '',
      to: answered[2] ?? '',
      via: '',
      cseq: 1,
      contact: /<([^>]+)>/.exec(header(sip, 'contact') ?? '')?.[1] ?? '',
      ours: false,
    };
    this.#dialogs.set(sip.callId, dialog);
    this.#mediaOf(dialog, text);
    this.#send(message('SIP/2.0 180 Ringing', [...answered, this.#contact()]));
    this.#send(message('SIP/2.0 200 OK', [...answered, this.#contact()], this.#sdp()));
  }

  #mediaOf(dialog: Dialog, text: string): void {
    const port = Number(/^m=audio (\d+)/m.exec(text)?.[1]);
    const host = /^c=IN IP4 (\S+)/m.exec(text)?.[1];
    if (!port || !host) return;
    dialog.media = { host, port };
    this.#byMedia.set(port, dialog);
  }

  /** The first sound of the question: the key 1 is pressed (RFC 4733: start, and the end three times). */
  #sound(port: number): void {
    const dialog = this.#byMedia.get(port);
    if (!dialog?.media || dialog.ours || dialog.pressed) return;
    dialog.pressed = true;
    const { host } = dialog.media;
    const packets = [160, 320, 480, 640, 640, 640].map((duration, index) =>
      telephoneEvent(index, duration, index >= 3),
    );
    packets.forEach((packet, index) => {
      setTimeout(() => !this.#closed && this.#media.send(packet, port, host), 40 + index * 20);
    });
  }

  #over(dialog: Dialog, at = performance.now()): void {
    dialog.over = true;
    dialog.call.endedAt = at;
    this.#dialogs.delete(dialog.call.id);
    if (dialog.media) this.#byMedia.delete(dialog.media.port);
    this.#events.ended?.(dialog.call);
  }

  #send(text: string): void {
    this.#signalling.send(Buffer.from(text, 'latin1'), this.#options.target.port, this.#options.target.host);
  }
}

const message = (first: string, heads: string[], body = ''): string =>
  [
    first,
    ...heads,
    ...(body ? ['Content-Type: application/sdp'] : []),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');

/** Our side's tag on the To header. */
const tagged = (heads: string[], id: string): string[] =>
  heads.map((line) => (line.startsWith('To:') && !/;tag=/.test(line) ? `${line};tag=p${id.replace(/\W/g, '')}` : line));

/** One RTP packet of the telephone-event `1`: payload type 101, volume 10, duration in samples. */
function telephoneEvent(index: number, duration: number, end: boolean): Buffer {
  const packet = Buffer.alloc(16);
  packet[0] = 0x80;
  packet[1] = 101 | (index === 0 ? 0x80 : 0);
  packet.writeUInt16BE(1000 + index, 2);
  packet.writeUInt32BE(8000, 4);
  packet.writeUInt32BE(0x5a1f1e, 8);
  packet[12] = 1;
  packet[13] = (end ? 0x80 : 0) | 10;
  packet.writeUInt16BE(duration, 14);
  return packet;
}
