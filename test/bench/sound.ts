// The sound of a light SIP peer: packets of RTP built, and what comes in judged. G.711 A-law, 20 ms a packet (RFC 3550, 3551, 4733).

/** What one side of a call has heard. Instants in ms of `performance.now()`. */
export type Heard = {
  /** Packets with sound in them: silence sent as packets does not count. */
  packets: number;
  first?: number;
  last?: number;
  /** Stretches without sound longer than `worthTelling`, in order. */
  gaps: { from: number; ms: number }[];
  /** Marks of those who spoke, each with the instant of its first packet. */
  marks: Map<number, number>;
  markedAt?: number;
};

export const nothingHeard = (): Heard => ({ packets: 0, gaps: [], marks: new Map() });

const worthTelling = 1000;
const header = 12;

/** Takes in one packet. */
export function hear(heard: Heard, packet: Buffer, at: number): void {
  if (packet.length < header + 20 || (packet[1] ?? 0) % 128 !== 8 || isSilence(packet)) return;
  const since = heard.last ?? at;
  if (at - since > worthTelling) heard.gaps.push({ from: since, ms: at - since });
  heard.packets++;
  heard.first ??= at;
  heard.last = at;
  const mark = markOf(packet);
  if (mark === undefined) return;
  heard.markedAt = at;
  if (!heard.marks.has(mark)) heard.marks.set(mark, at);
}

/** A-law silence is one value, or two that differ in the last bit. */
function isSilence(packet: Buffer): boolean {
  for (let at = header; at < packet.length; at++)
    if ((packet[at] ?? 0) >> 1 !== (packet[header] ?? 0) >> 1) return false;
  return true;
}

const period = 8;

/** Eight bytes over and over: two that say whose sound this is, and six that carry a number. It sounds like a buzz. */
function pattern(mark: number): Buffer {
  const bytes = Buffer.from([0x2a, 0xb3, 0, 0, 0, 0, 0, 0]);
  for (let digit = 0, rest = mark; digit < 6; digit++, rest = Math.floor(rest / 16))
    bytes[2 + digit] = 0x20 + (rest % 16);
  return bytes;
}

/** The number that a buzz carries; undefined for any other sound. */
function markOf(packet: Buffer): number | undefined {
  const start = packet.indexOf(Buffer.from([0x2a, 0xb3]), header);
  if (start < 0 || start > header + period || packet.length < start + 2 * period) return undefined;
  if (packet.compare(packet, start, start + period, start + period, start + 2 * period) !== 0) return undefined;
  let mark = 0;
  for (let digit = 5; digit >= 0; digit--) {
    const value = (packet[start + 2 + digit] ?? 0) - 0x20;
    if (value < 0 || value > 15) return undefined;
    mark = mark * 16 + value;
  }
  return mark;
}

/** What one side sends: one stream, so that keys and sound carry one source and one count. */
export type Stream = {
  /** The next 20 ms of buzz. */
  buzz(): Buffer;
  /** A key as packets to be made 20 ms apart: a start, and the end three times. */
  key(key: string): (() => Buffer)[];
};

export function openStream(mark: number): Stream {
  const body = Buffer.concat(Array.from({ length: 160 / period }, () => pattern(mark)));
  let sequence = 1000;
  let stamp = 8000;
  const packet = (type: number, at: number, payload: Buffer): Buffer => {
    const head = Buffer.alloc(header);
    head[0] = 0x80;
    head[1] = type;
    head.writeUInt16BE(sequence++ % 65_536, 2);
    head.writeUInt32BE(at % 2 ** 32, 4);
    head.writeUInt32BE(0x10_00_00 + (mark % 0xff_ff_ff), 8);
    return Buffer.concat([head, payload]);
  };
  return {
    buzz: () => {
      stamp += 160;
      return packet(8, stamp, body);
    },
    key: (key) => {
      const event = '0123456789*#ABCD'.indexOf(key);
      if (event < 0) throw new Error(`no key of a telephone: ${JSON.stringify(key)}`);
      // A key of its own instant, whether or not there is sound around it.
      stamp += 1600;
      const at = stamp;
      return [160, 320, 480, 640, 640, 640].map((duration, index) => () => {
        const payload = Buffer.from([event, (index >= 3 ? 0x80 : 0) | 10, 0, 0]);
        payload.writeUInt16BE(duration, 2);
        return packet(index === 0 ? 101 | 0x80 : 101, at, payload);
      });
    },
  };
}
