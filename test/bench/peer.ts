// A SIP peer for load and for faults: one UDP socket for signalling, one for sound, many calls at once. It places calls, answers those it
// gets in the manner it is told to, and keeps the instants. As small as a measurement allows: no retransmission, loopback only.
import { createSocket, type Socket } from 'node:dgram';
import { header, readSip, type SipMessage } from '../network/sip.ts';
import { message, type OptOutRule, type PeerCall, sdp, tagged } from './peer-call.ts';
import { hear, nothingHeard, openStream, type Stream } from './sound.ts';

export type { OptOutRule, PeerCall } from './peer-call.ts';

const bench: OptOutRule = { presses: '1', mute: true };
/** How long a pressed key may take to bring the caller, before it is pressed again. */
const pressAgainMs = 2000;
const packetMs = 20;

type Dialog = {
  call: PeerCall;
  invite: string;
  from: string;
  to: string;
  via: string;
  cseq: number;
  contact: string;
  media?: { host: string; port: number };
  manner: OptOutRule;
  pressedAt?: number;
  stream: Stream;
  speaks?: true;
  invited?: { heads: string[] };
  ours: boolean;
  over?: true;
};

export type PeerOptions = { host: string; port: number; target: { host: string; port: number } };

/** What happens on a peer, told as it does. */
export type PeerEvents = {
  /** How this call is taken; answered at once and confirmed unless it says otherwise. */
  invited?: (number: string, at: number, call: PeerCall) => OptOutRule | undefined;
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
  readonly #speaking: NodeJS.Timeout;
  readonly #talkers = new Set<Dialog>();
  #mediaPort = 0;
  /** `deaf`: nothing is answered. `no-calls`: calls are not heard, everything else is. */
  state: 'well' | 'deaf' | 'no-calls' = 'well';

  private constructor(options: PeerOptions, signalling: Socket, media: Socket, events: PeerEvents) {
    this.#options = options;
    this.#signalling = signalling;
    this.#media = media;
    this.#events = events;
    this.#mediaPort = media.address().port;
    signalling.on('message', (packet) => this.#heard(packet.toString('latin1'), performance.now()));
    media.on('message', (packet, { port }) => this.#sound(port, packet));
    this.#speaking = setInterval(() => this.#speak(), packetMs);
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
    clearInterval(this.#speaking);
    this.#signalling.close();
    this.#media.close();
  }

  /** Sends an INVITE. The call is answered, or ended with a status. */
  invite(to: string, from: string): PeerCall {
    const { host, port, target } = this.#options;
    const id = `bench-${process.pid}-${++serial}`;
    const call: PeerCall = { id, mark: serial, at: 0, heard: nothingHeard(), pressed: [] };
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
      manner: {},
      stream: openStream(call.mark),
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

  /** Hangs up; a call that nobody has answered yet is cancelled. */
  bye(call: PeerCall): void {
    const dialog = this.#dialogs.get(call.id);
    if (!dialog || dialog.over) return;
    call.ended = 'by-us';
    if (dialog.ours && call.answeredAt === undefined) {
      this.#cancel(dialog);
      return;
    }
    dialog.cseq++;
    this.#send(this.#request('BYE', dialog, dialog.cseq));
    this.#over(dialog);
  }

  /** Presses keys, a quarter of a second apart. */
  press(call: PeerCall, keys: string): void {
    const dialog = this.#dialogs.get(call.id);
    if (!dialog) return;
    for (const [index, key] of [...keys].entries()) setTimeout(() => this.#key(dialog, key), index * 250);
  }

  /** Begins to send sound that carries the call's mark. */
  speak(call: PeerCall): void {
    const dialog = this.#dialogs.get(call.id);
    if (!dialog || dialog.speaks) return;
    dialog.speaks = true;
    this.#talkers.add(dialog);
  }

  /** Forgets every call without a word, as after the loss of the other side. */
  forget(): void {
    for (const dialog of [...this.#dialogs.values()]) this.#over(dialog);
  }

  #cancel(dialog: Dialog): void {
    const heads = [
      dialog.via,
      'Max-Forwards: 70',
      dialog.from,
      dialog.to.replace(/;tag=.*/, ''),
      `Call-ID: ${dialog.call.id}`,
    ];
    this.#send(message(dialog.invite.replace('INVITE', 'CANCEL'), [...heads, 'CSeq: 1 CANCEL']));
  }

  get host(): string {
    return this.#options.host;
  }

  get live(): number {
    return this.#dialogs.size;
  }

  #contact = () => `Contact: <sip:peer@${this.#options.host}:${this.#options.port}>`;

  #sdp = () => sdp(this.#options.host, this.#mediaPort);

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
    const sip = this.state === 'deaf' ? undefined : readSip(text);
    if (!sip || (this.state === 'no-calls' && text.startsWith('INVITE'))) return;
    if (/^SIP\/2\.0 /.test(text)) this.#response(sip, text, at);
    else this.#incoming(sip, text, at);
  }

  #response(sip: SipMessage, text: string, at: number): void {
    const dialog = this.#dialogs.get(sip.callId);
    const status = Number(text.slice(8, 11));
    if (!dialog || !/INVITE/.test(header(sip, 'cseq') ?? '')) return;
    if (status < 200) this.#progress(dialog, status, text, at);
    else {
      dialog.to = `To: ${header(sip, 'to')}`;
      if (status < 300) this.#accepted(dialog, status, sip, text, at);
      else this.#refused(dialog, status, at);
    }
  }

  #progress(dialog: Dialog, status: number, text: string, at: number): void {
    if (status > 100) dialog.call.ringingAt ??= at;
    if (/^m=audio/m.test(text)) this.#mediaOf(dialog, text);
  }

  #accepted(dialog: Dialog, status: number, sip: SipMessage, text: string, at: number): void {
    const contact = /<([^>]+)>/.exec(header(sip, 'contact') ?? '')?.[1];
    if (contact) dialog.contact = contact;
    this.#mediaOf(dialog, text);
    this.#send(this.#request('ACK', dialog, 1));
    const again = dialog.call.answeredAt !== undefined;
    dialog.call.answeredAt ??= at;
    dialog.call.status = status;
    if (dialog.call.ended) this.#tooLate(dialog);
    else if (!again) this.#events.answered?.(dialog.call);
  }

  #refused(dialog: Dialog, status: number, at: number): void {
    const heads = [dialog.via, dialog.from, dialog.to, `Call-ID: ${dialog.call.id}`, 'CSeq: 1 ACK'];
    this.#send(message(dialog.invite.replace('INVITE', 'ACK'), heads));
    dialog.call.status = status;
    this.#over(dialog, at);
  }

  /** Answered while our CANCEL was on its way. */
  #tooLate(dialog: Dialog): void {
    dialog.cseq++;
    this.#send(this.#request('BYE', dialog, dialog.cseq));
    this.#over(dialog);
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

  /** Rings, then does what its manner says. */
  #invited(sip: SipMessage, text: string, heads: string[], at: number): void {
    const known = this.#dialogs.get(sip.callId);
    if (known) {
      // Sent again, or a change within the call: the answer is the same.
      if (known.call.answeredAt !== undefined) this.#ok(tagged(heads, sip.callId));
      return;
    }
    const call: PeerCall = { id: sip.callId, mark: ++serial, at, heard: nothingHeard(), pressed: [] };
    const manner = this.#events.invited?.(/^INVITE sip:([^@]+)@/.exec(text)?.[1] ?? '', at, call) ?? bench;
    const answered = tagged(heads, sip.callId);
    const dialog: Dialog = {
      call,
      manner,
      invite: '',
      via: '',
      cseq: 1,
      stream: openStream(call.mark),
      ours: false,
      from: answered[1] ?? '',
      to: answered[2] ?? '',
      contact: /<([^>]+)>/.exec(header(sip, 'contact') ?? '')?.[1] ?? '',
      invited: { heads: answered },
    };
    if (manner.refuses === 'unheard') return;
    this.#dialogs.set(sip.callId, dialog);
    this.#mediaOf(dialog, text);
    if (typeof manner.refuses !== 'number' || manner.ringMs) {
      call.ringingAt = at;
      this.#send(message('SIP/2.0 180 Ringing', [...answered, this.#contact()]));
    }
    if (!manner.ringMs) this.#decide(dialog);
    else setTimeout(() => this.#decide(dialog), manner.ringMs);
  }

  #decide(dialog: Dialog): void {
    const { manner, call, invited } = dialog;
    if (dialog.over || !invited || manner.refuses === 'rings') return;
    if (typeof manner.refuses === 'number') {
      this.#send(message(`SIP/2.0 ${manner.refuses} Refused`, invited.heads));
      this.#over(dialog);
      return;
    }
    call.answeredAt = performance.now();
    call.status = 200;
    this.#ok(invited.heads);
    this.#events.answered?.(call);
  }

  #ok = (heads: string[]) => this.#send(message('SIP/2.0 200 OK', [...heads, this.#contact()], this.#sdp()));

  #mediaOf(dialog: Dialog, text: string): void {
    const port = Number(/^m=audio (\d+)/m.exec(text)?.[1]);
    const host = /^c=IN IP4 (\S+)/m.exec(text)?.[1];
    if (!port || !host) return;
    dialog.media = { host, port };
    this.#byMedia.set(port, dialog);
  }

  #sound(port: number, packet: Buffer): void {
    const dialog = this.#byMedia.get(port);
    if (!dialog) return;
    const at = performance.now();
    hear(dialog.call.heard, packet, at);
    if (dialog.ours || !dialog.manner.presses || dialog.call.answeredAt === undefined) return;
    if (dialog.call.heard.markedAt !== undefined || at - (dialog.pressedAt ?? -pressAgainMs) < pressAgainMs) return;
    // What confirms a call once would be heard by the caller afterwards: who sends no sound cannot know that it is joined.
    if (dialog.manner.mute && dialog.pressedAt !== undefined) return;
    dialog.pressedAt = at;
    for (const key of dialog.manner.presses) setTimeout(() => this.#key(dialog, key), 40);
    if (!dialog.manner.mute) setTimeout(() => this.speak(dialog.call), 200);
  }

  #key(dialog: Dialog, key: string): void {
    const { media } = dialog;
    if (!media || dialog.over) return;
    dialog.call.pressed.push(performance.now());
    dialog.stream.key(key).forEach((packet, index) => {
      setTimeout(() => !this.#closed && this.#media.send(packet(), media.port, media.host), index * packetMs);
    });
  }

  #speak(): void {
    for (const { stream, media } of this.#talkers) if (media) this.#media.send(stream.buzz(), media.port, media.host);
  }

  #over(dialog: Dialog, at = performance.now()): void {
    dialog.over = true;
    dialog.call.endedAt = at;
    this.#dialogs.delete(dialog.call.id);
    this.#talkers.delete(dialog);
    if (dialog.media && this.#byMedia.get(dialog.media.port) === dialog) this.#byMedia.delete(dialog.media.port);
    this.#events.ended?.(dialog.call);
  }

  #send(text: string): void {
    if (this.#closed) return;
    this.#signalling.send(Buffer.from(text, 'latin1'), this.#options.target.port, this.#options.target.host);
  }
}
