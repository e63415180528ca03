// What an RTP packet carries (RFC 3550 §5.1, RFC 3551 §4.5.14). Knows bytes; not where they come from.

/** The static payload type of A-law. */
const pcma = 8;
const headerBytes = 12;

/** The A-law octets of a packet; undefined for keys, other payloads and what is no RTP at all. */
export function soundOf(packet: Buffer): Uint8Array | undefined {
  const [first = 0, second = 0] = packet;
  if (packet.length < headerBytes || first >> 6 !== 2 || (second & 0x7f) !== pcma) return undefined;
  const from = headerBytes + 4 * (first & 0x0f);
  const start = first & 0x10 ? pastExtension(packet, from) : from;
  const end = packet.length - (first & 0x20 ? (packet.at(-1) ?? 0) : 0);
  return start < end ? packet.subarray(start, end) : undefined;
}

const pastExtension = (packet: Buffer, at: number): number =>
  packet.length < at + 4 ? packet.length : at + 4 + 4 * packet.readUInt16BE(at + 2);
