// ARI's own words, as far as the adapter reads them (Asterisk 22, rest-api/*.json). All optional: what comes over the wire is judged, not trusted.

export type AriChannel = {
  id: string;
  name?: string;
  /** `Down`, `Ring` (a caller), `Ringing` (a phone), `Up`, … */
  state?: string;
  caller?: { name?: string; number?: string };
  /** `app_data` of a channel in Stasis is what the dialplan passed: `vigie,arrival,<called>,<caller>,<diversion>`. */
  dialplan?: { app_name?: string; app_data?: string };
};

export type AriBridge = { id: string; channels?: string[] };

export type AriEvent = {
  type: string;
  application?: string;
  channel?: AriChannel;
  /** The channel being dialled, in `Dial`. */
  peer?: AriChannel & { peer_status?: string };
  dialstatus?: string;
  args?: string[];
  digit?: string;
  /** Q.850. */
  cause?: number;
  /** The SIP status, where there was one. */
  tech_cause?: number;
  playback?: { id: string; target_uri?: string; state?: string };
  recording?: { name: string; duration?: number; state?: string; cause?: string; target_uri?: string };
  endpoint?: { technology?: string; resource?: string; state?: string };
  contact_info?: { contact_status?: string };
};

/** What Asterisk said to a request. Status 0: no answer came (no connection, or none in time). */
export type Answer = { status: number; reason: string; body: string };

export const notConnected: Answer = { status: 0, reason: 'no connection to Asterisk', body: '' };

export const succeeded = (answer: Answer): boolean => answer.status >= 200 && answer.status < 300;

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
