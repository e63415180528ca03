// ARI's own words, as far as the adapter reads them (Asterisk 22, rest-api/*.json). All optional: what comes over the wire is judged, not trusted.
import { z } from 'zod';

/** Of any length: a caller may bring a name that fills a SIP message, and is a caller all the same. */
const text = z.string();
const id = z.string().min(1);
/** What an event means without it too: one that is not as documented is passed over, and its event is not. */
const detail = <T>(schema: z.ZodType<T>) => schema.optional().catch(undefined);
/** What is not as documented is left out: it must not hide the others. */
const listOf = <T>(schema: z.ZodType<T>) =>
  z.array(z.unknown()).transform((all) => all.flatMap((one) => schema.safeParse(one).data ?? []));

const channel = z.object({
  id,
  name: detail(text),
  /** `Down`, `Ring` (a caller), `Ringing` (a phone), `Up`, … */
  state: text.optional(),
  caller: detail(z.object({ name: detail(text), number: detail(text) })),
  /** `app_data` of a channel in Stasis is what the dialplan passed: `vigie,arrival,<called>,<caller>,<diversion>`. */
  dialplan: detail(z.object({ app_name: detail(text), app_data: detail(text) })),
});
export type AriChannel = z.output<typeof channel>;
export const channelList = listOf(channel);

const bridge = z.object({ id, channels: z.array(id).optional() });
export type AriBridge = z.output<typeof bridge>;
export const bridgeList = listOf(bridge);

/** `startup_time` in ISO 8601's basic form: `2026-11-30T18:09:40.576+0000`. */
export const status = z.object({ status: z.object({ startup_time: text }) });

export const application = z.object({ channel_ids: z.array(id).default([]) });

const endpoint = z.object({ technology: text.optional(), resource: text.optional(), state: text.optional() });
export const endpointList = listOf(endpoint);

const recording = z.object({
  name: id,
  duration: detail(z.number()),
  state: text.optional(),
  cause: detail(text),
  target_uri: text.optional(),
});

export const ariEvent = z.object({
  type: id,
  application: text.optional(),
  channel: channel.optional(),
  /** The channel being dialled, in `Dial`; an endpoint, in `PeerStatusChange`. */
  peer: channel.partial().extend({ peer_status: text.optional() }).optional(),
  dialstatus: text.optional(),
  args: z.array(text).optional(),
  digit: text.optional(),
  /** Q.850. */
  cause: detail(z.number()),
  /** The SIP status, where there was one. */
  tech_cause: detail(z.number()),
  playback: z.object({ id, target_uri: text.optional(), state: text.optional() }).optional(),
  recording: recording.optional(),
  endpoint: endpoint.optional(),
  contact_info: z.object({ contact_status: text.optional() }).optional(),
});
export type AriEvent = z.output<typeof ariEvent>;

/** What Asterisk said to a request. Status 0: no answer came (no connection, or none in time). */
export type Answer = { status: number; reason: string; body: string };

export const notConnected: Answer = { status: 0, reason: 'no connection to Asterisk', body: '' };

export const succeeded = (answer: Answer): boolean => answer.status >= 200 && answer.status < 300;

/** What an answer brings; undefined: a refusal, or nothing that was documented. */
export function parsed<T>(answer: Answer, schema: z.ZodType<T>): T | undefined {
  if (!succeeded(answer)) return undefined;
  try {
    return schema.safeParse(JSON.parse(answer.body)).data;
  } catch {
    return undefined;
  }
}

/** Sends one request; requests of one connection are performed in the order in which they were sent. Never rejects. */
export type Request = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', uri: string, body?: object) => Promise<Answer>;

/** `path?name=value&…`, every value escaped. */
export const withQuery = (path: string, query: Record<string, string | number | boolean>): string =>
  `${path}?${Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')}`;

/** A path with every part escaped: `channel('a/b', 'play')` → `channels/a%2Fb/play`. */
export const at = (kind: string, id: string, action?: string): string =>
  `${kind}/${encodeURIComponent(id)}${action ? `/${action}` : ''}`;
