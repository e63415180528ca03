// A-law and µ-law to linear samples. Knows ITU-T G.711 and nothing else.
import { nth } from '../../base/nth.ts';

const bytes = Array.from({ length: 256 }, (_, byte) => byte);

/** G.711 §3: even bits inverted; sign, three bits of segment, four of interval. */
const aLaw = Int16Array.from(bytes, (byte) => {
  const code = byte ^ 0x55;
  const segment = (code >> 4) & 7;
  const interval = code & 15;
  const size = segment === 0 ? (interval << 4) + 8 : ((interval << 4) + 0x108) << (segment - 1);
  return code & 0x80 ? size : -size;
});

/** G.711 §4: all bits inverted; a bias of 132 before the segments. */
const muLaw = Int16Array.from(bytes, (byte) => {
  const code = ~byte & 0xff;
  const size = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
  return code & 0x80 ? -size : size;
});

/** 16-bit samples of A-law octets. */
export const fromALaw = (octets: Uint8Array): Int16Array => Int16Array.from(octets, (octet) => nth(aLaw, octet));
/** 16-bit samples of µ-law octets. */
export const fromMuLaw = (octets: Uint8Array): Int16Array => Int16Array.from(octets, (octet) => nth(muLaw, octet));
