// The telephone network proves itself against a plain dialplan: what it says it heard was said, and what it does is seen on the wire.
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { music } from '../../server/config/prompts/music.ts';
import { tool } from '../tools.ts';
import { readWav, writeWav } from './audio.ts';
import { startNetwork } from './network.ts';
import { startPlainLine } from './plain-line.ts';
import { freePort } from './ports.ts';
import { findAsterisk } from './process.ts';
import { sippCall } from './sipp.ts';

const texts = {
  welcome: 'Bonjour, ici la ligne d’astreinte. Tapez un.',
  closed: 'Bonjour, ici la ligne d’astreinte. Nous sommes fermés.',
  wait: 'Merci de patienter.',
  duty: 'Appel d’astreinte. Pour prendre l’appel, tapez un.',
};
const line = '+33199001000';
const echo = '+33199001001';
const mute = '+33199001002';
/** Whoever calls this is put through to the phone with the same last digits. */
const through = (last: string) => ({ line: `+331990020${last}`, phone: `+336399800${last}` });

const dir = mkdtempSync(join(tmpdir(), 'vigie-plain-'));
const voice = tool('espeak-ng');
const prompts = Object.entries(texts).map(([name, text]) => {
  const path = join(dir, `${name}.wav`);
  execFileSync(voice, ['-v', 'fr', '-w', path, text]);
  writeFileSync(path, writeWav(readWav(readFileSync(path))));
  return { text, path };
});
mkdirSync(join(dir, 'moh'));
const musicPath = join(dir, 'moh', 'music.wav');
writeFileSync(musicPath, writeWav(music()));

const server = { host: '127.0.0.1', port: await freePort('127.0.0.1') };
const network = await startNetwork({
  server,
  dir: join(dir, 'network'),
  prompts: { all: () => prompts },
  music: musicPath,
});
const plain = await startPlainLine(findAsterisk(), network, {
  server,
  music: musicPath,
  extensions: `[in]
exten => ${line},1,Answer()
 same => n,Read(digit,${dir}/welcome,1,,1,5)
 same => n,ExecIf($["\${digit}" != "1"]?Hangup())
 same => n,Playback(${dir}/wait)
 same => n,Dial(PJSIP/+33639980001@trunk-a,20,mU(duty))
 same => n,Hangup()
exten => ${echo},1,Answer()
 same => n,Playback(${dir}/wait)
 same => n,Echo()
exten => ${mute},1,Answer()
 same => n,Wait(2)
 same => n,Playback(${dir}/wait)
 same => n,Hangup()
exten => _+331990020XX,1,Dial(PJSIP/+336399800\${EXTEN:-2}@trunk-b,20)
 same => n,Hangup(\${HANGUPCAUSE})
exten => _+331990030XX,1,Dial(PJSIP/+336399800\${EXTEN:-2}@trunk-b,2)
 same => n,Dial(PJSIP/+336399800\${EXTEN:-2}@trunk-a,10)
 same => n,Hangup(\${HANGUPCAUSE})
exten => _+331990040XX,1,Dial(PJSIP/+336399800\${EXTEN:-2}@trunk-b,20,gU(duty))
 same => n,Hangup(\${HANGUPCAUSE})
[duty]
exten => s,1,Read(key,${dir}/duty,1,,1,3)
 same => n,Set(GOSUB_RESULT=\${IF($["\${key}" = "1"]?:CONTINUE)})
 same => n,Return()
`,
});
t.teardown(async () => {
  await plain.stop();
  await network.stop();
  rmSync(dir, { recursive: true, force: true });
});

t.test('a caller is greeted, presses a key, waits with music, and talks to the phone that answers', async (t) => {
  const karim = network.phone('+33639980001', 'Karim');
  const caller = await network.call({ from: '+33612345678', to: line });
  await caller.isAnswered();
  await caller.hears('Tapez un');
  await caller.presses('1');
  await caller.hears('patienter');
  const ring = await karim.rings();
  t.equal(ring.shows, '+33612345678');
  await caller.hearsMusic();
  await karim.answers();
  await karim.hears('pour prendre l’appel', { whole: true });
  await caller.isNotTalkingTo(ring);
  await karim.presses('1');
  await caller.isTalkingTo(ring);
  t.ok(caller.longestSilence() < 2, `longest silence ${caller.longestSilence()} s`);
  await caller.hangsUp();
  await karim.isHungUp();
  t.match(
    caller
      .heard()
      .slice(0, 3)
      .map(({ what }) => what),
    [`« ${texts.welcome} »`, `« ${texts.wait} »`, 'music'],
  );
  const file = join(dir, 'caller.wav');
  caller.recording(file);
  const lasted = (caller.endedAt ?? 0) - caller.startedAt;
  t.ok(
    Math.abs(readWav(readFileSync(file)).length / 8 - lasted) < 100,
    `the recording lasts as long as the call, ${lasted} ms`,
  );
});

t.test('what was not said is not heard, and the failure tells what was', async (t) => {
  const caller = await network.call({ from: '+33612345678', to: echo });
  await t.rejects(
    caller.hears('Nous sommes fermés', { within: 2500 }),
    /caller \+33612345678 hears « Nous sommes fermés »: not within 2.5 s[\s\S]*is answered[\s\S]*it heard « Merci de patienter. » at/,
  );
  await t.rejects(caller.hears('patienter plus longtemps'), /no known prompt says « patienter plus longtemps »/);
  await caller.hangsUp();
  await t.rejects(caller.hears('Tapez un'), /the call is over/);
});

t.test('silence is measured, and a line that only repeats is nobody to talk to', async (t) => {
  const [caller, other] = await Promise.all([
    network.call({ from: '+33612345678', to: mute }),
    network.call({ to: echo, via: 'b' }),
  ]);
  await caller.hears('Merci de patienter');
  t.ok(caller.longestSilence() > 1.8, `${caller.longestSilence()} s`);
  t.ok(caller.longestSilence() < 3, `${caller.longestSilence()} s`);
  await caller.isHungUp();
  await t.rejects(other.isTalkingTo(caller, { within: 500 }), /hears a tone of/);
  await other.hangsUp();
});

t.test('each habit of a phone gives its SIP status to the line, and the line gives it to the caller', async (t) => {
  const expected = [
    ['busy', 486],
    ['declines', 603],
    ['unallocated', 404],
    ['unavailable', 480],
    ['no codec', 488],
    ['congested', 503],
  ] as const;
  await Promise.all(
    expected.map(async ([habit, status], i) => {
      const { line, phone } = through(`1${i}`);
      network.phone(phone, habit).behaves(habit);
      const caller = await network.call({ from: `+3361234560${i}`, to: line });
      await caller.isHungUp();
      const [ring] = network.phone(phone).rung;
      t.equal(network.carriers.b.finalStatus(ring?.callId ?? ''), status, habit);
      t.equal(caller.answeredAt, undefined);
    }),
  );
  const { line, phone } = through('19');
  const caller = await network.call({ from: '+33612345678', to: line });
  await caller.isHungUp();
  t.equal(caller.sipStatus, 404, 'a number that nobody has');
  const invite = network.carriers.b.invites().find(({ user }) => user === phone);
  t.equal(network.carriers.b.finalStatus(invite?.callId ?? ''), 404);
});

t.test('phones with habits: one takes the call, one declines it, one is a voicemail, one never answers', async (t) => {
  const dial = (last: string) => network.call({ from: '+33612345678', to: `+331990040${last}` });
  const phone = (last: string) => network.phone(`+336399800${last}`);
  phone('20').behaves('takes', { ringMs: 200 });
  phone('21').behaves('declines with 2', { ringMs: 200 });
  phone('22').behaves('voicemail', { ringMs: 200 });
  phone('23').behaves('never answers');
  phone('24').behaves('no sign of life');
  const callers = await Promise.all(['20', '21', '22', '23', '24'].map(dial));
  const [taken, declined, recorded, waiting, dead] = callers;
  if (!taken || !declined || !recorded || !waiting || !dead) throw new Error('five calls were placed');
  const ring = await phone('20').rings();
  await taken.isTalkingTo(ring);
  await declined.isHungUp();
  await recorded.isHungUp();
  t.notOk(
    network.story.happenings.some(({ who, what }) => who === phone('22').name && what.startsWith('presses')),
    'a voicemail presses no key',
  );
  t.ok(phone('23').call.ringingAt, 'the one that never answers rang');
  t.equal(phone('23').call.answeredAt, undefined);
  t.equal(phone('24').call.ringingAt, undefined, 'the dead one did not even ring');
  for (const caller of [taken, waiting, dead]) await caller.hangsUp();
  await phone('23').isHungUp();
});

t.test('a carrier fails in its own way, and recovers', async (t) => {
  const { carriers } = network;
  const phone = network.phone('+33639980030', 'Inès');
  const place = () => network.call({ from: '+33612345678', to: '+33199003030' });
  for (const failure of [503, 403, 'silent', 'black-hole', 'unregistered'] as const) {
    carriers.b.fails(failure);
    const before = carriers.b.invites().length;
    const caller = await place();
    const ring = await phone.rings();
    t.equal(ring.carrier, 'a', `${failure}: the other carrier brings the call`);
    const invite = carriers.b.invites()[before];
    const status = { 503: 503, 403: 403, silent: undefined, 'black-hole': undefined, unregistered: 403 }[failure];
    t.equal(carriers.b.finalStatus(invite?.callId ?? ''), status, `${failure}: ${status}`);
    await caller.hangsUp();
    await phone.isHungUp();
  }
  carriers.b.recovers();
  const caller = await place();
  t.equal((await phone.rings()).carrier, 'b');
  phone.isNotRung();
  await caller.hangsUp();
  await phone.isHungUp();
});

t.test(
  'a registration is accepted, refused while the carrier does not know the line, and ignored when it is silent',
  async (t) => {
    const { b } = network.carriers;
    const socket = createSocket('udp4');
    t.teardown(() => socket.close());
    let sent = 0;
    const register = () => {
      const callId = `register-${++sent}`;
      const lines = [
        'Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1',
        'From: <sip:line@b>;tag=1',
        'To: <sip:line@b>',
        `Call-ID: ${callId}`,
      ];
      const rest = ['CSeq: 1 REGISTER', 'Contact: <sip:line@127.0.0.1:9>', 'Expires: 60', 'Content-Length: 0', '', ''];
      socket.send([`REGISTER sip:${b.address} SIP/2.0`, ...lines, ...rest].join('\r\n'), b.port, b.address);
      return callId;
    };
    const answer = async () => String(((await once(socket, 'message')) as [Buffer])[0]);
    register();
    t.match(await answer(), /^SIP\/2\.0 200 OK[\s\S]*Contact: <sip:line@127\.0\.0\.1:9>;expires=60\r\n/);
    b.fails('unregistered');
    register();
    t.match(await answer(), /^SIP\/2\.0 403 /);
    b.fails('silent');
    const unheard = register();
    await network.sees('the registration arrives', () => b.seen.some(({ callId }) => callId === unheard));
    t.notOk(
      b.seen.some(({ callId, status }) => callId === unheard && status),
      'and is not answered',
    );
    b.recovers();
    register();
    t.match(await answer(), /^SIP\/2\.0 200 /);
  },
);

t.test('numbers shown, hidden, forwarded and hostile go out as they are', async (t) => {
  const sent = async (options: Parameters<typeof network.call>[0]) => {
    const caller = await network.call(options);
    await caller.isAnswered();
    await caller.hangsUp();
    const invite = network.carriers.a.seen
      .filter(({ from, method, status }) => from === 'carrier' && method === 'INVITE' && !status)
      .at(-1);
    return Object.fromEntries(invite?.headers ?? []);
  };
  const forwarded = await sent({ from: '+33612345678', name: 'Éva', to: echo, diversion: '+33144556677' });
  t.match(forwarded.from, /^"Éva" <sip:\+33612345678@/);
  t.match(forwarded.diversion, /^<sip:\+33144556677@.*>;reason=unconditional$/);
  t.match((await sent({ to: echo })).from, /anonymous/i);
  const hostile = await sent({ from: '0$(id)"&1;x=y', to: echo, headers: { 'X-Evil': '<script>$(id)`id`;DROP' } });
  t.match(hostile['x-evil'], '<script>$(id)`id`;DROP');
  t.match(hostile.from, '0$(id)');
});

t.test('a packet that comes late, or twice, changes nothing', async (t) => {
  network.carriers.a.delayMs = 30;
  network.carriers.a.duplicates = true;
  t.teardown(() => Object.assign(network.carriers.a, { delayMs: 0, duplicates: false }));
  const caller = await network.call({ from: '+33612345678', to: echo });
  await caller.isAnswered();
  await caller.hears('patienter');
  await caller.hangsUp();
  t.equal(caller.sipStatus, 200);
});

t.test(
  'SIPp, which nobody here wrote, calls, presses the key and is put through; a refusal it did not expect is its error',
  async (t) => {
    const karim = network.phone('+33639980001', 'Karim');
    const { a } = network.carriers;
    const from = '+33612345699';
    const called = sippCall({ carrier: a, server, from, to: line, keys: [{ afterMs: 1000, key: '1' }], staysMs: 6000 });
    const ring = await karim.rings();
    t.equal(ring.shows, from);
    await karim.answers();
    await karim.hears('pour prendre l’appel');
    await karim.presses('1');
    await called;
    await karim.isHungUp();
    const { line: busyLine, phone } = through('40');
    network.phone(phone).behaves('busy');
    await sippCall({ carrier: a, server, from, to: busyLine, expects: 486 });
    await t.rejects(sippCall({ carrier: a, server, from, to: busyLine }), /SIPp ended with 1/);
  },
);
