// What a light SIP peer says of its calls, and the texts it sends. No socket, no clock.
import type { Heard } from './sound.ts';

/** Instants in ms of `performance.now()`. */
export type PeerCall = {
  id: string;
  /** Carried by the sound that this side sends: the other side then knows whom it hears. */
  mark: number;
  at: number;
  ringingAt?: number;
  answeredAt?: number;
  endedAt?: number;
  status?: number;
  /** Who ended it; the line's own end when absent. */
  ended?: 'by-us';
  heard: Heard;
  /** When this side pressed keys. */
  pressed: number[];
};

/** How a phone of this peer takes a call. */
export type OptOutRule = {
  /** Rings so long before it answers or refuses; 0: at once. */
  ringMs?: number;
  /** Refuses with this status instead of answering. `unheard`: no answer of any kind; `rings`: for ever. */
  refuses?: number | 'unheard' | 'rings';
  /** Pressed once sound is heard, and again each two seconds until the caller is heard; empty: nothing is pressed. */
  presses?: string;
  /** Sends no sound, joined or not. */
  mute?: boolean;
};

export const message = (first: string, heads: string[], body = ''): string =>
  [
    first,
    ...heads,
    ...(body ? ['Content-Type: application/sdp'] : []),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');

/** Our side's tag on the To header. */
export const tagged = (heads: string[], id: string): string[] =>
  heads.map((line) => (line.startsWith('To:') && !/;tag=/.test(line) ? `${line};tag=p${id.replace(/\W/g, '')}` : line));

export const sdp = (host: string, port: number): string =>
  [
    ...['v=0', `o=- 1 1 IN IP4 ${host}`, 's=-', `c=IN IP4 ${host}`, 't=0 0', `m=audio ${port} RTP/AVP 8 101`],
    ...['a=rtpmap:8 PCMA/8000', 'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15', ''],
  ].join('\r\n');
