// SIP messages that no honest phone sends: the cases of RFC 4475, written anew, and a mutator that spoils good ones. Pure.
import type { Dice } from './fault.ts';

export type Place = { host: string; port: number; target: { host: string; port: number }; to: string };

type Parts = {
  method?: string;
  uri?: string;
  version?: string;
  heads?: (heads: string[]) => string[];
  body?: string;
  length?: string;
};

let serial = 0;

/** A good request, or one that differs in the parts named. */
export function request(place: Place, parts: Parts = {}): string {
  const { host, port, target, to } = place;
  const { method = 'OPTIONS', version = 'SIP/2.0', body = '' } = parts;
  const id = `torture-${++serial}`;
  const uri = parts.uri ?? `sip:${to}@${target.host}:${target.port}`;
  const plain = [
    `Via: SIP/2.0/UDP ${host}:${port};branch=z9hG4bK${id};rport`,
    'Max-Forwards: 70',
    `From: <sip:+33612345678@${host}>;tag=${id}`,
    `To: <sip:${to}@${target.host}>`,
    `Call-ID: ${id}`,
    `CSeq: 1 ${method}`,
    `Contact: <sip:t@${host}:${port}>`,
    ...(body ? ['Content-Type: application/sdp'] : []),
    `Content-Length: ${parts.length ?? Buffer.byteLength(body)}`,
  ];
  const heads = parts.heads ? parts.heads(plain) : plain;
  return [`${method} ${uri} ${version}`, ...heads, '', body].join('\r\n');
}

export const offer = (place: Place): string =>
  `v=0\r\no=- 1 1 IN IP4 ${place.host}\r\ns=-\r\nc=IN IP4 ${place.host}\r\nt=0 0\r\nm=audio 49170 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n`;

const swap = (name: string, line: string) => (heads: string[]) =>
  heads.map((head) => (head.startsWith(`${name}:`) ? line : head));
const without = (name: string) => (heads: string[]) => heads.filter((head) => !head.startsWith(`${name}:`));
const plus =
  (...lines: string[]) =>
  (heads: string[]) => [...heads, ...lines];

/** By the names of RFC 4475, section 3. */
export function torture(place: Place): Record<string, string> {
  const { host, to, target } = place;
  const sdp = offer(place);
  const at = `${target.host}:${target.port}`;
  const make = (parts: Parts) => request(place, parts);
  const invite = (parts: Parts) => make({ method: 'INVITE', body: sdp, ...parts });
  return {
    wsinv: invite({ heads: (heads) => heads.map((head) => head.replace(': ', '  :\r\n  \t')) }),
    intmeth: make({
      method: "!interesting-Method0123456789_*+`.%indeed'~",
      uri: `sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@${at}`,
    }),
    esc01: invite({ uri: `sip:sips%3Auser%40example.com@${at}`, heads: swap('To', `To: sip:%75se%72@${at}`) }),
    escnull: make({ method: 'REGISTER', heads: swap('Contact', `Contact: <sip:%00@${host}>, <sip:%00%00@${host}>`) }),
    esc02: make({ method: 'RE%47IST%45R' }),
    lwsdisp: make({ heads: swap('From', `From: caller<sip:caller@${host}>;tag=323`) }),
    longreq: invite({
      heads: (heads) =>
        plus(
          `Unknown-${'Long'.repeat(20)}: ${'unknown '.repeat(100)}`,
          `Via: SIP/2.0/UDP ${'x'.repeat(255)}.example.com`,
        )(
          swap(
            'From',
            `From: "${'I have a user name of extreme '.repeat(20)}"<sip:${'amazinglylongcallername'.repeat(5)}@${host}>;tag=${'12982424'.repeat(20)}`,
          )(heads),
        ),
    }),
    dblreq: make({ method: 'REGISTER' }) + invite({}),
    semiuri: make({ uri: `sip:user;par=u%40example.net@${at}` }),
    transports: make({
      heads: plus(
        'Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKk',
        'Via: SIP/2.0/UNKNOWN t5.example.com;branch=z9hG4bK2',
      ),
    }),
    mpart01: make({
      method: 'MESSAGE',
      heads: swap('Content-Type', 'Content-Type: multipart/mixed;boundary=7a9cbec02ceef655'),
      body: '--7a9cbec02ceef655\r\nContent-Type: text/plain\r\n\r\nHello\r\n--7a9cbec02ceef655\r\nContent-Type: application/octet-stream\r\n\r\n\u0001\u0000\u00ff\r\n',
    }),
    unreason: `SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять - простое\r\n${make({}).split('\r\n').slice(1).join('\r\n')}`,
    noreason: `SIP/2.0 100 \r\n${make({}).split('\r\n').slice(1).join('\r\n')}`,
    badinv01: invite({
      heads: (heads) =>
        swap(
          'Contact',
          'Contact: "Joe" <sip:joe@example.org>;;;;',
        )(swap('Via', `Via: SIP/2.0/UDP ${host}:${place.port};;,;,,`)(heads)),
    }),
    clerr: invite({ length: '9999' }),
    ncl: invite({ length: '-999' }),
    scalar02: make({
      heads: (heads) =>
        swap(
          'CSeq',
          'CSeq: 36893488147419103232 OPTIONS',
        )(swap('Max-Forwards', 'Max-Forwards: 300')(plus('Expires: 10000000000000000000000000000000000')(heads))),
    }),
    scalarlg: `SIP/2.0 503 Service Unavailable\r\nVia: SIP/2.0/UDP ${host};branch=z9hG4bKx\r\nTo: <sip:a@b>;tag=1\r\nFrom: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 9292394834772304023312 OPTIONS\r\nRetry-After: 949302838503028349304023988\r\nWarning: 1812 overture "In Progress"\r\nContent-Length: 0\r\n\r\n`,
    quotbal: make({ heads: swap('To', `To: "Mr. J. User <sip:j.user@${at}>`) }),
    ltgtruri: make({ uri: `<sip:${to}@${at}>` }),
    lwsruri: make({ uri: `sip:${to}@${at}; lr` }),
    lwsstart: make({ uri: ` sip:${to}@${at} ` }),
    trws: make({ version: 'SIP/2.0  ' }),
    escruri: make({ uri: `sip:${to}@${at}?Route=%3Csip:example.com%3E` }),
    baddate: make({ heads: plus('Date: Fri, 01 Jan 2010 16:00:00 EST') }),
    regbadct: make({
      method: 'REGISTER',
      heads: swap('Contact', `Contact: sip:user@${host}?Route=%3Csip:sip.example.com%3E`),
    }),
    badaspec: make({ heads: swap('To', 'To: "Watson, Thomas" < sip:t.watson@example.org >') }),
    baddn: make({ heads: swap('From', `From: Bell, Alexander <sip:a.g.bell@${host}>;tag=43`) }),
    badvers: make({ version: 'SIP/7.0' }),
    mismatch01: make({ heads: swap('CSeq', 'CSeq: 8 INVITE') }),
    mismatch02: make({ method: 'NEWMETHOD', heads: swap('CSeq', 'CSeq: 34 INVITE') }),
    bigcode: `SIP/2.0 4294967301 better not break the receiver\r\n${make({}).split('\r\n').slice(1).join('\r\n')}`,
    badbranch: make({ heads: swap('Via', `Via: SIP/2.0/UDP ${host}:${place.port};branch=z9hG4bK`) }),
    insuf: `INVITE sip:${to}@${at} SIP/2.0\r\nCSeq: 193942 INVITE\r\nVia: SIP/2.0/UDP ${host};branch=z9hG4bKkdj\r\nContent-Length: 0\r\n\r\n`,
    unkscm: make({ uri: 'nobodyKnowsThisScheme:totallyopaquecontent' }),
    novelsc: make({ uri: 'soap.beep://192.0.2.103:3002' }),
    unksm2: make({
      method: 'REGISTER',
      heads: (heads) => swap('To', 'To: isbn:2983792873')(swap('Contact', 'Contact: <name:John_Smith>')(heads)),
    }),
    bext01: make({
      heads: plus('Require: nothingSupportsThis, nothingSupportsThisEither', 'Proxy-Require: noProxiesSupportThis'),
    }),
    invut: invite({ heads: swap('Content-Type', 'Content-Type: application/unknownformat') }),
    regaut01: make({ method: 'REGISTER', heads: plus('Authorization: NoOneKnowsThisScheme opaque-data=here') }),
    multi01: invite({ heads: (heads) => [...heads, ...heads] }),
    mcl01: make({ heads: plus('Content-Length: 5') }),
    bcast: `SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923\r\nVia: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23\r\nCall-ID: bcast.0384840201234ksdfak3j2erwedfsASdf\r\nCSeq: 35 INVITE\r\nFrom: sip:user@example.com;tag=11141343\r\nTo: sip:user@example.edu;tag=2229\r\nContent-Length: 0\r\n\r\n`,
    zeromf: make({ heads: swap('Max-Forwards', 'Max-Forwards: 0') }),
    cparam01: make({ method: 'REGISTER', heads: swap('Contact', `Contact: sip:+19725552222@${host};unknownparam`) }),
    cparam02: make({
      method: 'REGISTER',
      heads: swap('Contact', `Contact: <sip:+19725552222@${host};unknownparam>`),
    }),
    regescrt: make({
      method: 'REGISTER',
      heads: swap('Contact', `Contact: <sip:user@${host}?Route=%3Csip:sip.example.com%3E>`),
    }),
    sdp01: invite({ heads: plus('Accept: text/nobodyKnowsThis') }),
    inv2543: `INVITE sip:UserB@${at} SIP/2.0\r\nVia: SIP/2.0/UDP ${host}\r\nFrom: <sip:v@${host}>\r\nTo: <sip:UserB@example.net>\r\nCall-Id: inv2543.${serial}\r\nCseq: 56 INVITE\r\n\r\n`,
    nothing: '',
    keepalive: '\r\n\r\n',
    noise: '\u0000\u0001\u0002\u00ff'.repeat(500),
    without: make({ heads: (heads) => without('Call-ID')(without('Via')(heads)) }),
  };
}

const methods = [
  'OPTIONS',
  'OPTIONS',
  'REGISTER',
  'BYE',
  'CANCEL',
  'ACK',
  'INFO',
  'UPDATE',
  'PRACK',
  'NOTIFY',
  'SUBSCRIBE',
  'MESSAGE',
  'REFER',
  'PUBLISH',
];

/** A message spoiled in one to four ways. One in twelve was an INVITE. */
export function spoiled(place: Place, dice: Dice): Buffer {
  const method = dice.chance(1 / 12) ? 'INVITE' : dice.one(methods);
  const text = request(place, { method, ...(method === 'INVITE' ? { body: offer(place) } : {}) });
  let bytes = Buffer.from(text, 'latin1');
  for (let ways = Math.ceil(dice.between(0, 4)); ways > 0; ways--) bytes = dice.one(spoilers)(bytes, dice);
  return bytes.subarray(0, 60_000);
}

type Spoiler = (bytes: Buffer, dice: Dice) => Buffer<ArrayBuffer>;

const lines =
  (change: (all: string[], dice: Dice) => string[]): Spoiler =>
  (bytes, dice) =>
    Buffer.from(change(bytes.toString('latin1').split('\r\n'), dice).join('\r\n'), 'latin1');
const index = (length: number, dice: Dice) => Math.floor(dice.between(0, length));

const spoilers: readonly Spoiler[] = [
  (bytes, dice) => {
    const copy = Buffer.from(bytes);
    for (let count = Math.ceil(dice.between(0, 8)); count > 0; count--)
      copy[index(copy.length, dice)] = index(256, dice);
    return copy;
  },
  (bytes, dice) => Buffer.from(bytes.subarray(0, index(bytes.length, dice))),
  (bytes, dice) => {
    const from = index(bytes.length, dice);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + index(40, dice))]);
  },
  lines((all, dice) => all.filter((_, nth) => nth !== index(all.length, dice))),
  lines((all, dice) => [...all.slice(0, 2), all[index(all.length, dice)] ?? '', ...all.slice(2)]),
  lines((all, dice) =>
    all.map((line) =>
      dice.chance(0.2)
        ? line.replace(/\d+/, dice.one(['-1', '0', '99999999999999999999', '4294967296', '1e9', '']))
        : line,
    ),
  ),
  lines((all, dice) =>
    all.map((line) =>
      dice.chance(0.1)
        ? line.replace(/[;=<>:"@,]/, dice.one([';;;;', '<<<<', '"', '%00', '\t', '\u0000', '@@', 'x'.repeat(3000)]))
        : line,
    ),
  ),
  lines((all, dice) => [
    ...all.slice(0, -2),
    `${dice.one(['Route', 'Record-Route', 'Via', 'Contact', 'Diversion', 'P-Asserted-Identity', 'Replaces', 'Authorization', 'Identity'])}: ${dice.one(['', '<sip:', `"${'a'.repeat(2000)}"`, '*', '<sip:x@[::1]:99999>;lr', '%%%%', ';;;', '\u0000'])}`,
    ...all.slice(-2),
  ]),
];
