// Reads and answers SIP text as far as a relay needs to (RFC 3261 §7, §8.2.6). Pure.

export type SipMessage = {
  /** `INVITE`, `BYE`… of a request, or of the request that a response answers. */
  method: string;
  /** Of a response. */
  status?: number;
  /** User part of the request URI. */
  user?: string;
  callId: string;
  headers: readonly [name: string, value: string][];
};

const short: Record<string, string> = { v: 'via', f: 'from', t: 'to', i: 'call-id', m: 'contact' };

/** Nothing when it is no SIP (keep-alives are two line ends). */
export function readSip(text: string): SipMessage | undefined {
  const [first = '', ...lines] = (text.split('\r\n\r\n', 1)[0] ?? '').split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    return [short[name] ?? name, line.slice(colon + 1).trim()];
  });
  const callId = header({ headers }, 'call-id') ?? '';
  const response = /^SIP\/2\.0 (\d{3})/.exec(first);
  if (response) {
    const method = header({ headers }, 'cseq')?.split(/\s+/)[1] ?? '';
    return { method, status: Number(response[1]), callId, headers };
  }
  const request = /^([A-Z]+) sips?:(?:([^@;]*)@)?\S* SIP\/2\.0$/.exec(first);
  if (!request) return undefined;
  return { method: request[1] ?? '', callId, headers, ...(request[2] ? { user: decodeURIComponent(request[2]) } : {}) };
}

export const header = ({ headers }: Pick<SipMessage, 'headers'>, name: string): string | undefined =>
  headers.find(([key]) => key === name)?.[1];

/** Whether the request opens a dialog (an INVITE within one has a tag in To). */
export const opensDialog = (message: SipMessage) =>
  message.method === 'INVITE' && message.status === undefined && !/;\s*tag=/i.test(header(message, 'to') ?? '');

/** A final response to a request, as a proxy without memory gives it: the tag depends on the call only. */
export function respond(request: SipMessage, status: number, reason: string, extra: string[] = []): string {
  const copied = request.headers.filter(([name]) => ['via', 'from', 'call-id', 'cseq'].includes(name));
  return [
    `SIP/2.0 ${status} ${reason}`,
    ...copied.map(([name, value]) => `${proper[name]}: ${value}`),
    `To: ${header(request, 'to')};tag=relay${request.callId.replace(/\W/g, '').slice(0, 12)}`,
    ...extra,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}
const proper: Record<string, string> = { via: 'Via', from: 'From', 'call-id': 'Call-ID', cseq: 'CSeq' };
