// Measures caller INVITE → technician INVITE on the wire: the adapter without a switchboard, against a plain Dial() of the same Asterisk.
// Run by hand: npx tsx test/networks/asterisk/latency.ts [calls]
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { Desk } from './desk.ts';
import { openRig, type Rig } from './rig.ts';

const calls = Number(process.argv[2] ?? 200);
const pauseMs = 20;

/** A SIP response that repeats what it must of its request. */
function reply(request: string, status: string): string {
  const kept = request.split('\r\n').filter((line) => /^(via|from|call-id|cseq):/i.test(line));
  const to = request.split('\r\n').find((line) => /^to:/i.test(line));
  return [`SIP/2.0 ${status}`, ...kept, `${to};tag=phone`, 'Content-Length: 0', '', ''].join('\r\n');
}

/** The phone at the far end: rings, and ends when cancelled. Tells each new INVITE. */
function phone(rig: Rig, invited: () => void): void {
  const invites = new Map<string, string>();
  const callId = (text: string) => /^call-id:\s*(\S+)/im.exec(text)?.[1] ?? '';
  rig.hole.on('message', (data, from: RemoteInfo) => {
    const text = String(data);
    const send = (answer: string) => rig.hole.send(answer, from.port, from.address);
    if (text.startsWith('INVITE')) {
      if (!invites.has(callId(text))) invited();
      invites.set(callId(text), text);
      send(reply(text, '180 Ringing'));
    } else if (text.startsWith('CANCEL')) {
      send(reply(text, '200 OK'));
      send(reply(invites.get(callId(text)) ?? text, '487 Request Terminated'));
    }
  });
}

/** A caller of one number, who rings, waits for the INVITE at the far end, and gives up. */
async function callerOf(rig: Rig, to: string) {
  const caller = createSocket('udp4').bind(0, '127.0.0.2');
  await once(caller, 'listening');
  const { port } = caller.address();
  const sdp = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.2',
    's=-',
    'c=IN IP4 127.0.0.2',
    't=0 0',
    'm=audio 40000 RTP/AVP 8',
    '',
  ].join('\r\n');
  const message = (method: string, n: number, body = '') =>
    [
      `${method} sip:${to}@127.0.0.1:${rig.sipPort} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.2:${port};branch=z9hG4bK${to.length}x${n}`,
      'Max-Forwards: 70',
      `From: <sip:+33612345678@127.0.0.2>;tag=t${n}`,
      `To: <sip:${to}@127.0.0.1>`,
      `Call-ID: ${to.replace('+', '')}-${n}@latency`,
      `CSeq: 1 ${method}`,
      `Contact: <sip:caller@127.0.0.2:${port}>`,
      ...(body ? ['Content-Type: application/sdp'] : []),
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n');
  const one = async (n: number): Promise<number> => {
    const arrived = once(invites, 'invite');
    const sent = performance.now();
    caller.send(message('INVITE', n, sdp), rig.sipPort, '127.0.0.1');
    await arrived;
    const taken = performance.now() - sent;
    caller.send(message('CANCEL', n), rig.sipPort, '127.0.0.1');
    await new Promise((next) => setTimeout(next, pauseMs));
    return taken;
  };
  return { one, close: () => caller.close() };
}

const { EventEmitter } = await import('node:events');
const invites = new EventEmitter();
const rig = await openRig();
phone(rig, () => invites.emit('invite'));
const config = new Desk(rig);
let count = 0;
await config.carrier.start((event) => {
  if (event.type === 'call' && event.event.type === 'caller-hung-up') {
    const { call } = event;
    config.does({ call, channel: '' }, { type: 'hangup-leg', leg: `${call}.l1` });
    config.carrier.forget(call);
  }
  if (event.type !== 'arrival') return;
  const ref = { call: `m${++count}`, channel: event.arrival.channel };
  config.carrier.adopt(ref);
  config.does(ref, {
    type: 'originate',
    leg: `${ref.call}.l1`,
    person: 'p',
    number: '+33612345601',
    trunk: 'mute',
    callerId: event.arrival.called,
    ringMs: 20_000,
    maxCalls: 1,
  });
});
const ways = [
  { name: 'plain Dial()', caller: await callerOf(rig, 'plain'), taken: [] as number[] },
  { name: 'adapter', caller: await callerOf(rig, '+33199001000'), taken: [] as number[] },
];
// In turn, so that whatever else this machine does falls on both.
for (let n = 0; n < calls; n++) for (const { caller, taken } of ways) taken.push(await caller.one(n));
for (const { name, caller, taken } of ways) {
  caller.close();
  const sorted = taken.slice(Math.floor(calls / 10)).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]?.toFixed(2);
  process.stdout.write(
    `${name}: p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms over ${sorted.length} calls\n`,
  );
}
await config.carrier.stop();
await rig.end();
