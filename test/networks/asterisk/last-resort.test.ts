// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of the dialplan
// The server is dead: callers reach whoever is on call through Asterisk alone. The rendered files run on a real Asterisk
// between real carriers; nothing of the server takes part but, once, a stuck one.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import WebSocket from 'ws';
import { problemText, type Result } from '../../../server/base/result.ts';
import { music } from '../../../server/config/prompts/music.ts';
import { readTrunks } from '../../../server/domain/trunk/load.ts';
import type { TrunkPlan } from '../../../server/domain/trunk/schema.ts';
import {
  type LastResortPrompt,
  lastResortTexts,
  type Window,
} from '../../../server/networks/asterisk/render/last-resort.ts';
import type { RenderOptions } from '../../../server/networks/asterisk/render/options.ts';
import { renderAsterisk } from '../../../server/networks/asterisk/render/render.ts';
import { readSpool, type SpooledCall } from '../../../server/networks/asterisk/render/spool.ts';
import { withAddresses } from '../../domain/trunk/with-addresses.ts';
import { readWav, writeWav } from '../../network/audio.ts';
import { startNetwork } from '../../network/network.ts';
import { freePort, freeRtp, freeUdp } from '../../network/ports.ts';
import { findAsterisk, runFolder } from '../../network/process.ts';
import { header } from '../../network/sip.ts';
import { tool } from '../../tools.ts';
import { until } from '../../waiting.ts';
import { startAsterisk } from './asterisk-process.ts';

const line = '+33199001000';
const lea = '+33639980002';
const paul = '+33639980005';
const karim = '+33639980001';

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problems.map(problemText).join('\n'));
  return result.value;
}

const dir = mkdtempSync(join(tmpdir(), 'vigie-last-resort-'));
const run = runFolder();
for (const part of ['etc', 'log', 'spool', 'db', 'music', 'messages', 'calls', 'prompts']) mkdirSync(join(dir, part));
const voice = tool('espeak-ng');
const prompts = Object.entries(lastResortTexts).map(([name, text]) => {
  const path = join(dir, 'prompts', `${name}.wav`);
  execFileSync(voice, ['-v', 'fr', '-w', path, text]);
  writeFileSync(path, writeWav(readWav(readFileSync(path))));
  return { name: name as LastResortPrompt, text, path };
});
const musicPath = join(dir, 'music', 'music.wav');
writeFileSync(musicPath, writeWav(music()));

const home = findAsterisk();
const sip = { bind: '127.0.0.1', port: await freeUdp('127.0.0.1') };
const network = await startNetwork({
  server: { host: sip.bind, port: sip.port },
  prompts: { all: () => prompts },
  music: musicPath,
});
t.teardown(() => network.stop());

const { a, b } = network.carriers;
const written = must(
  readTrunks({ file: 'trunks.yaml', text: readFileSync('asterisk-config/trunks.yaml', 'utf8') }, [line]),
);
const atNetwork = withAddresses(written, {
  'carrier-a': { host: a.address, port: a.port },
  'carrier-b': { host: b.address, port: b.port },
});
/** The second carrier reads numbers in its own way, and wants to be told who calls beside From. */
const plan: TrunkPlan = {
  ...atNetwork,
  trunks: atNetwork.trunks.map((trunk) =>
    trunk.id === 'carrier-b'
      ? {
          ...trunk,
          numbers: 'national',
          shownNumbers: '00',
          identity: ['asserted', 'preferred'],
          fromDomain: 'b.example',
        }
      : trunk,
  ),
};
const now = Math.floor(Date.now() / 1000);
const onCall = (...numbers: string[]): Window => ({
  from: now - 60,
  until: now + 3600,
  phones: numbers.map((number) => ({ person: `p${number.slice(-1)}`, number })),
});
const rtp = freeRtp();
const ari = { port: await freePort('127.0.0.1'), user: 'vigie', password: 'mot;de passe' };
const options: RenderOptions = {
  plan,
  ari,
  sip,
  rtp: { from: rtp, to: rtp + 1999 },
  dirs: {
    etc: join(dir, 'etc'),
    modules: home.modules,
    data: home.data,
    run,
    log: join(dir, 'log'),
    spool: join(dir, 'spool'),
    db: join(dir, 'db'),
    music: join(dir, 'music'),
  },
  secrets: () => undefined,
  lastResort: {
    heartbeatMs: 3000,
    ringSeconds: 8,
    voicemailDir: join(dir, 'messages'),
    spoolDir: join(dir, 'calls'),
    prompts: Object.fromEntries(prompts.map(({ name, path }) => [name, path.replace(/\.wav$/, '')])) as Record<
      LastResortPrompt,
      string
    >,
    lines: [
      { number: line, windows: [onCall(lea, paul, karim)] },
      { number: '+33199001001', windows: [onCall(lea)] },
    ],
  },
};
for (const [name, text] of Object.entries(must(renderAsterisk(options)))) writeFileSync(join(dir, 'etc', name), text);
const url = `http://127.0.0.1:${ari.port}`;
const asterisk = must(
  await startAsterisk({
    binary: home.binary,
    configFile: join(dir, 'etc', 'asterisk.conf'),
    ari: { url, user: ari.user, password: ari.password },
  }),
);
t.teardown(async () => {
  await asterisk.stop();
  for (const folder of [run, dir]) rmSync(folder, { recursive: true, force: true });
});

/** The call that began last, once its end is written. */
const spooled = (): Promise<SpooledCall> =>
  until('a finished call in the spool', () => {
    const folder = join(dir, 'calls');
    const calls = readdirSync(folder).flatMap(
      (name) => readSpool(name.replace(/\.jsonl$/, ''), readFileSync(join(folder, name), 'utf8')) ?? [],
    );
    const last = calls.sort((x, y) => x.at - y.at).at(-1);
    return last?.endedAt === undefined ? undefined : last;
  });

/** Bytes of all messages. */
const recorded = (): number =>
  readdirSync(join(dir, 'messages')).reduce((sum, name) => sum + statSync(join(dir, 'messages', name)).size, 0);

t.test('busy, declined, then taken with the key 1: the two talk, with no silence before', async (t) => {
  network.phone(lea, 'Léa').behaves('busy');
  network.phone(paul, 'Paul').behaves('declines with 2');
  const caller = await network.call({ from: '+33612345678', to: line, diversion: '+33199001001' });
  await caller.isAnswered();
  await caller.hears(lastResortTexts.welcome);
  await network.phone(lea).rings();
  const phone = network.phone(karim, 'Karim');
  const ring = await phone.rings();
  t.equal(ring.shows, line, 'our number is shown');
  await phone.answers();
  await phone.hears(lastResortTexts.announce);
  await caller.isNotTalkingTo(ring);
  await phone.presses('1');
  await caller.isTalkingTo(ring);
  t.ok(caller.longestSilence() < 2, `longest silence ${caller.longestSilence()} s`);
  await caller.hangsUp();
  await phone.isHungUp();
  t.match(await spooled(), {
    called: line,
    caller: '+33612345678',
    line,
    takenBy: 'p1',
    nobody: false,
    tries: [
      { number: lea, trunk: 'carrier-a', result: 'failed', sip: 486 },
      { number: paul, trunk: 'carrier-a', result: 'declined' },
      { number: karim, trunk: 'carrier-a', result: 'taken' },
    ],
  });
  t.equal(network.phone(lea).rung.length, 1, 'a busy phone is not tried through the other carrier');
});

t.test('nobody takes it: the caller leaves a message, and it is kept', async (t) => {
  network.phone(lea, 'Léa').behaves('hangs up', { ringMs: 200 });
  const caller = await network.call({ from: '+33612345678', to: '0199001001' });
  await network.phone(lea).rings();
  await caller.hears(lastResortTexts.message);
  await until('a message grows', () => (recorded() > 16_000 ? true : undefined));
  await caller.hangsUp();
  const call = await spooled();
  t.match(call, { line: '+33199001001', nobody: true, tries: [{ number: lea, result: 'not-confirmed' }] });
  t.equal(call.takenBy, undefined);
  t.equal(call.messageBytes, statSync(join(dir, 'messages', `${call.id}.wav`)).size);
});

t.test('a carrier that answers 503 is followed by the other, with the same phone', async (t) => {
  a.fails('503');
  t.teardown(() => a.recovers());
  const phone = network.phone(lea, 'Léa').behaves('rings');
  const caller = await network.call({ from: '+33612345678', to: line, via: 'b' });
  const ring = await phone.rings();
  t.equal(ring.carrier, 'b');
  const invite = b.invites().at(-1) ?? { headers: [] };
  t.match(header(invite, 'to'), `<sip:0${lea.slice(3)}@`);
  t.match(header(invite, 'from'), '<sip:0033199001000@b.example>');
  t.match(header(invite, 'p-asserted-identity'), '<sip:0033199001000@b.example>');
  t.match(header(invite, 'p-preferred-identity'), '<sip:0033199001000@b.example>');
  await phone.answers();
  await phone.hears(lastResortTexts.announce);
  await phone.presses('1');
  await caller.isTalkingTo(ring);
  await caller.hangsUp();
  t.match((await spooled()).tries, [
    { number: lea, trunk: 'carrier-a', result: 'failed', sip: 503 },
    { number: lea, trunk: 'carrier-b', result: 'taken' },
  ]);
});

t.test('a server that is stuck with its socket open is passed by; one whose heart beats gets the call', async (t) => {
  const api = `api_key=${ari.user}:${encodeURIComponent(ari.password)}`;
  const socket = new WebSocket(`ws://127.0.0.1:${ari.port}/ari/events?app=vigie&${api}`);
  t.teardown(() => socket.close());
  await once(socket, 'open');
  const beat = (at: number) =>
    fetch(`${url}/ari/asterisk/variable?variable=VIGIE_HEARTBEAT&value=${at}&${api}`, {
      method: 'POST',
    });
  t.ok((await beat(Date.now() - 3_200)).ok);
  const stuck = await network.call({ from: '+33612345678', to: line });
  await stuck.hears(lastResortTexts.welcome);
  await stuck.hangsUp();

  t.ok((await beat(Date.now() + 30_000)).ok);
  const entered = new Promise<{ args: string[] }>((done) =>
    socket.on('message', (data) => {
      const event = JSON.parse(String(data)) as { type: string; args: string[] };
      if (event.type === 'StasisStart') done(event);
    }),
  );
  const served = await network.call({
    from: '+33612345678',
    to: line,
    name: '"${SHELL(ls)}',
    diversion: '+33199001002',
  });
  t.same((await entered).args, ['arrival', line, '+33612345678', '+33199001002']);
  await served.hangsUp();
});

t.test('nothing went wrong that Asterisk would call an error', async (t) => {
  const log = readFileSync(join(dir, 'log', 'messages'), 'utf8');
  t.same(
    log.split('\n').filter((text) => /\bERROR\b|No application|Abnormal extension/.test(text)),
    [],
  );
});
