// A caller that nobody here wrote: SIPp, standing at a carrier's address, with keys as RFC 4733 telephone-events of its own making.
// Knows SIPp's scenario language; judges only by its exit code.
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { tool } from '../tools.ts';

export type SippCall = {
  /** The carrier it seems to come from: the line knows carriers by address. */
  carrier: { address: string };
  server: { host: string; port: number };
  from: string;
  to: string;
  /** Keys and the pauses before them, in ms. */
  keys?: { afterMs: number; key: string }[];
  /** How long it stays in the call after the last key, ms, before it rings off. */
  staysMs?: number;
  /** Final status that it expects. */
  expects?: number;
  /** Header lines of its INVITE, as they are. */
  headers?: string[];
};

/** Where Debian keeps SIPp's recorded keys; beside the unpacked program, or on the system. */
function recordedKeys(sipp: string): string | undefined {
  const homes = [
    join(dirname(sipp), 'sipp.root/usr/share/sip-tester'),
    '/usr/share/sip-tester',
    '/usr/share/sipp/pcap',
  ];
  return homes.find((home) => existsSync(join(home, 'dtmf_2833_1.pcap')));
}

/** Places the call and waits for its end. @throws with SIPp's own words when the call does not go as described. */
export async function sippCall(call: SippCall): Promise<void> {
  const sipp = tool('sipp');
  const pcaps = recordedKeys(sipp);
  if (!pcaps) throw new Error('SIPp has no recorded keys (dtmf_2833_1.pcap): reinstall sip-tester');
  const dir = mkdtempSync(join(tmpdir(), 'vigie-sipp-'));
  const scenario = join(dir, 'call.xml');
  writeFileSync(scenario, sippScenario(call, pcaps));
  const { address } = call.carrier;
  const [port, media] = [await freeUdp(address), await freeUdp(address)];
  const where = ['-i', address, '-p', String(port), '-mi', address, '-mp', String(media)];
  const once = [
    '-m',
    '1',
    '-nostdin',
    '-trace_err',
    '-error_file',
    join(dir, 'errors'),
    '-timeout',
    '120s',
    '-timeout_error',
  ];
  try {
    await run(sipp, [`${call.server.host}:${call.server.port}`, '-sf', scenario, ...where, ...once], dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const run = (program: string, args: string[], cwd: string): Promise<void> =>
  new Promise((done, fail) => {
    execFile(
      program,
      args,
      { cwd, maxBuffer: 2 ** 24, env: { ...process.env, TERM: 'dumb' } },
      (error, stdout, stderr) => {
        if (!error) return done();
        const errors = `${stderr}${stdout}`.split('\n').filter((line) => /unexpected|abort|error|fail/i.test(line));
        fail(new Error(`SIPp ended with ${error.code}: ${errors.slice(0, 12).join('\n')}`));
      },
    );
  });

const freeUdp = (host: string): Promise<number> =>
  new Promise((done, fail) => {
    const socket = createSocket('udp4').once('error', fail);
    socket.bind(0, host, () => {
      const { port } = socket.address();
      // RTP takes even ports.
      socket.close(() => (port % 2 === 0 ? done(port) : done(freeUdp(host))));
    });
  });

/** Nothing ends the scenario's own quoting. */
const harmless = (text: string) => text.replaceAll(']]>', '');

function sippScenario(
  { to, from, keys = [], staysMs = 0, expects = 200, headers = [] }: SippCall,
  pcaps: string,
): string {
  const common = (method: string, toTag: string) => `${method} sip:${harmless(to)}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:${harmless(from)}@[local_ip]:[local_port]>;tag=[pid]sipp[call_number]
To: <sip:${harmless(to)}@[remote_ip]:[remote_port]>${toTag}
Call-ID: [call_id]
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70`;
  const send = (text: string, options = '') => `<send${options}><![CDATA[\n${text}\n]]></send>`;
  const invite = `${common('INVITE', '')}
CSeq: 1 INVITE
${headers.map((line) => `${harmless(line)}\n`).join('')}Content-Type: application/sdp
Content-Length: [len]

v=0
o=sipp 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15`;
  const within = (method: string, number: number) =>
    send(
      `${common(method, '[peer_tag_param]')}\nCSeq: ${number} ${method}\nContent-Length: 0\n`,
      method === 'BYE' ? ' retrans="500"' : '',
    );
  const name = (key: string) => ({ '*': 'star', '#': 'pound' })[key] ?? key;
  const talk = [
    // A little sound first: Asterisk learns from it where the keys will come from.
    `<nop><action><exec play_pcap_audio="${join(pcaps, 'g711a.pcap')}"/></action></nop>`,
    ...keys.map(
      ({ afterMs, key }) =>
        `<pause milliseconds="${afterMs}"/>\n<nop><action><exec play_pcap_audio="${join(pcaps, `dtmf_2833_${name(key)}.pcap`)}"/></action></nop>`,
    ),
    `<pause milliseconds="${staysMs}"/>`,
    within('BYE', 2),
    '<recv response="200"/>',
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<scenario name="a caller">
${send(invite, ' retrans="500"')}
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="183" optional="true"/>
<recv response="${expects}" rrs="true"/>
${within('ACK', 1)}
${expects === 200 ? talk.join('\n') : ''}
</scenario>
`;
}
