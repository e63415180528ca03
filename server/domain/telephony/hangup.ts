// Why a leg ended, and whose fault it was. One table for SIP, Q.850 and (later) Twilio; nothing else decides blame.

/** callee: they are busy, absent or refuse. carrier: this trunk failed, another may not. ours: we ended it or lost sight of it. */
export type Whose = 'callee' | 'carrier' | 'ours' | 'unknown';

export type Cause =
  | 'answered-elsewhere' // ended by us: somebody else took the call
  | 'normal' // ended by a party after talking
  | 'busy'
  | 'no-answer'
  | 'declined' // 603, or key 2
  | 'not-confirmed' // answered, no key in time: a voicemail, or a sleeper
  | 'machine' // the detector heard a voicemail
  | 'occupied' // the person is already on as many calls as they take
  | 'unavailable' // 480: phone off, out of coverage
  | 'unallocated' // 404 / cause 1: this number does not exist
  | 'bad-number' // 484/416: the number is not well formed
  | 'forbidden' // 403: this trunk will not carry it (caller-ID, credit, rights)
  | 'congestion' // 503, 500, 34, 38, 42
  | 'unreachable' // no contact, transport failure, silence of the trunk
  | 'media' // 488: no codec in common
  | 'refused-by-policy' // a prefix, cap or loop rule of ours
  | 'lost' // it was gone when we looked again (restart of ours or of Asterisk)
  | 'unknown';

export type Hangup = {
  cause: Cause;
  whose: Whose;
  /** What the network said, for the record: `SIP 486`, `Q.850 17`. */
  detail?: string;
};

const blame: Record<Cause, Whose> = {
  'answered-elsewhere': 'ours',
  normal: 'callee',
  busy: 'callee',
  'no-answer': 'callee',
  declined: 'callee',
  'not-confirmed': 'callee',
  machine: 'callee',
  occupied: 'callee',
  unavailable: 'callee',
  unallocated: 'callee',
  'bad-number': 'callee',
  forbidden: 'carrier',
  congestion: 'carrier',
  unreachable: 'carrier',
  media: 'carrier',
  'refused-by-policy': 'ours',
  lost: 'ours',
  unknown: 'unknown',
};

export const hangup = (cause: Cause, detail?: string): Hangup => ({
  cause,
  whose: blame[cause],
  ...(detail ? { detail } : {}),
});

/** SIP final responses (RFC 3261 §21). */
const bySip: Record<number, Cause> = {
  401: 'forbidden',
  402: 'forbidden',
  403: 'forbidden',
  404: 'unallocated',
  407: 'forbidden',
  408: 'unreachable',
  410: 'unallocated',
  415: 'media',
  416: 'bad-number',
  480: 'unavailable',
  484: 'bad-number',
  486: 'busy',
  487: 'no-answer',
  488: 'media',
  500: 'congestion',
  502: 'congestion',
  503: 'congestion',
  504: 'unreachable',
  600: 'busy',
  603: 'declined',
  604: 'unallocated',
  606: 'media',
};

/** ISDN causes (Q.850, as Asterisk reports them). */
const byQ850: Record<number, Cause> = {
  1: 'unallocated',
  3: 'unreachable',
  16: 'normal',
  17: 'busy',
  18: 'no-answer',
  19: 'no-answer',
  20: 'unavailable',
  21: 'declined',
  22: 'unallocated',
  26: 'answered-elsewhere',
  27: 'unreachable',
  28: 'bad-number',
  34: 'congestion',
  38: 'congestion',
  41: 'congestion',
  42: 'congestion',
  44: 'congestion',
  58: 'media',
  65: 'media',
  88: 'media',
};

/** The SIP status decides when there is one (it is what the carrier really said), the Q.850 cause otherwise. */
export function hangupFrom(sip: number | undefined, q850: number | undefined): Hangup {
  const cause = (sip && sip >= 300 ? bySip[sip] : undefined) ?? (q850 ? byQ850[q850] : undefined) ?? 'unknown';
  const detail = [sip ? `SIP ${sip}` : '', q850 ? `Q.850 ${q850}` : ''].filter(Boolean).join(', ');
  return hangup(cause, detail);
}

/** How Twilio's calls end (Voice API, CallStatus). What ends with `completed` was answered. */
const byTwilioStatus: Record<string, Cause> = {
  completed: 'normal',
  busy: 'busy',
  'no-answer': 'no-answer',
  canceled: 'answered-elsewhere',
};

/** Twilio's error codes for a call that could not be placed (twilio.com/docs/api/errors). */
const byTwilioError: Record<number, Cause> = {
  13223: 'bad-number',
  13224: 'bad-number',
  13225: 'forbidden', // blocked number
  13227: 'forbidden', // no permission for this region
  20003: 'forbidden', // credentials
  20005: 'forbidden', // account not active
  20429: 'congestion',
  21201: 'bad-number',
  21203: 'forbidden', // international calls not allowed
  21210: 'forbidden', // From is not verified
  21211: 'bad-number',
  21212: 'forbidden', // From is not valid
  21213: 'forbidden',
  21214: 'bad-number',
  21215: 'forbidden', // geographic permission
  21216: 'forbidden', // the account may not call this number
  21217: 'bad-number',
  21219: 'forbidden', // To is not verified (trial account)
  30002: 'forbidden', // account suspended
};

/** A leg that Twilio reports as over. The SIP status of the far side says more than `failed` and `busy` do. */
export function hangupFromTwilio(status: string, sip?: number): Hangup {
  const said = sip && sip >= 300 ? bySip[sip] : undefined;
  const cause = status === 'completed' ? 'normal' : (said ?? byTwilioStatus[status] ?? 'unknown');
  return hangup(cause, [`Twilio ${status}`, sip ? `SIP ${sip}` : ''].filter(Boolean).join(', '));
}

/** A request that Twilio refused: by its error code where there is one, by the HTTP status otherwise (0: no answer). */
export function hangupFromTwilioError(code: number | undefined, http: number): Hangup {
  const byHttp: Cause = http === 0 ? 'unreachable' : http >= 500 || http === 429 ? 'congestion' : 'unknown';
  const cause = (code ? byTwilioError[code] : undefined) ?? (http === 401 || http === 403 ? 'forbidden' : byHttp);
  return hangup(cause, code ? `Twilio ${code}` : `HTTP ${http || 'without an answer'}`);
}
