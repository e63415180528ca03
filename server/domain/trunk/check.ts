// What a plan says and perhaps does not mean: it works, and somebody should look. Pure.

import type { z } from 'zod';
import type { Locate } from '../../base/document.ts';
import type { Problem } from '../../base/result.ts';
import type { trunksSchema } from './schema.ts';

type Written = z.output<typeof trunksSchema>;

/** Twilio's termination addresses: `<name>.pstn.twilio.com`, and those of its regions. */
const twilioHost = /\.pstn(?:\.[a-z0-9-]+)?\.twilio\.com$/i;
export const isTwilio = (host: string): boolean => twilioHost.test(host);

/** What Twilio's Elastic SIP trunks never take (twilio.com/docs/sip-trunking). */
export function twilioProblems({ trunks }: Written, locate: Locate): Problem[] {
  return Object.entries(trunks).flatMap(([id, trunk]): Problem[] => {
    if (!isTwilio(trunk.host)) return [];
    const wrong: [key: string, message: string, hint: string][] = [];
    if (trunk.register)
      wrong.push(['register', 'takes no registration', 'set register: false; credentials alone prove who we are']);
    if (!trunk.codecs.some((codec) => codec === 'alaw' || codec === 'ulaw'))
      wrong.push(['codecs', 'speaks G.711 only', 'add alaw or ulaw to codecs']);
    return wrong.map(([key, message, hint]) => ({
      ...locate(['trunks', id, key]),
      message: `trunk "${id}" is a Twilio SIP trunk, which ${message}`,
      hint,
    }));
  });
}

/** Trunks by which no allowed number can ever leave: every one of them has a route, and no route names the trunk. */
export function idleTrunks({ trunks, routes, allow }: Written, locate: Locate): Problem[] {
  const covered = allow.every((pattern) => routes.some(({ prefix }) => literalOf(pattern).startsWith(prefix)));
  if (!covered) return [];
  const named = new Set(routes.flatMap((route) => route.trunks));
  return Object.keys(trunks)
    .filter((id) => !named.has(id))
    .map((id) => ({
      ...locate(['trunks', id]),
      message: `no call ever leaves by trunk "${id}": no route names it, and every allowed number has a route`,
      hint: 'add it at the end of the routes that it is to rescue',
    }));
}

/** An account's name in From, and no other header: the telephone rung shows neither the line nor the caller. */
export const hiddenNumbers = ({ trunks }: Written, locate: Locate): Problem[] =>
  Object.entries(trunks)
    .filter(([, trunk]) => trunk['from user'] !== undefined && !trunk.identity)
    .map(([id]) => ({
      ...locate(['trunks', id, 'from user']),
      message: `trunk "${id}" says its account in From, and the number shown nowhere`,
      hint: 'add identity: [asserted], or [preferred], as the carrier wants it',
    }));

/** What every number of an allowed pattern begins with. */
const literalOf = (pattern: string): string => pattern.slice(0, Math.max(0, pattern.indexOf('[')) || pattern.length);
