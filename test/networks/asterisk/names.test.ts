// Carriers that trunks.yaml names: their callers are known as soon as the name is resolved, and where it leads to now. The rendered files
// run on a real Asterisk; the carriers are sockets of loopback addresses, and what their name means is in the test's hand.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { replaceFiles } from '../../../server/base/files.ts';
import { problemText, type Result } from '../../../server/base/result.ts';
import { readTrunks } from '../../../server/domain/trunk/load.ts';
import { CarrierNames, isHostName } from '../../../server/networks/asterisk/names.ts';
import type { RenderOptions } from '../../../server/networks/asterisk/render/options.ts';
import { renderAsterisk } from '../../../server/networks/asterisk/render/render.ts';
import { reloadFor } from '../../../server/networks/asterisk/write.ts';
import { freePort, freeRtp, freeUdp } from '../../network/ports.ts';
import { findAsterisk, runFolder } from '../../network/process.ts';
import { readSip } from '../../network/sip.ts';
import { until } from '../../waiting.ts';
import { startAsterisk } from './asterisk-process.ts';

const line = '+33199001000';
const carrier = 'sip.carrier.example';
const text = `trunks:
  named: { host: 127.0.0.1, port: 9, addresses: [${carrier}] }
  plain: { host: 127.0.0.1, port: 9, addresses: [127.7.7.7] }
`;

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problems.map(problemText).join('\n'));
  return result.value;
}
const plan = must(readTrunks({ file: 'trunks.yaml', text }, [line]));

/** A name server, and a clock, in the test's hand. */
function world() {
  const told = new Map<string, string[]>();
  const time = { now: 0 };
  const lines: string[] = [];
  const say = (_: unknown, message: string) => void lines.push(message);
  const log = { debug: say, info: say, warn: say, error: say, child: () => log };
  const names = new CarrierNames({ now: () => time.now, after: () => () => {} }, log, (name) => {
    const addresses = told.get(name);
    return addresses ? Promise.resolve(addresses) : Promise.reject(new Error(`ENOTFOUND ${name}`));
  });
  return { told, time, lines, names };
}

t.test('a name is none of ours to guess: addresses and networks are left as they are', async (t) => {
  for (const name of ['sip.example.net', 'localhost', '1.example']) t.ok(isHostName(name), name);
  for (const other of ['192.0.2.1', '192.0.2.0/24', '[2001:db8::1]', '2001:db8::1', '192.0.2.1:5060'])
    t.notOk(isHostName(other), other);
});

t.test(
  'what was known stays while nobody answers; an address that is not told any more goes after an hour',
  async (t) => {
    const { told, time, lines, names } = world();
    const unknown = await names.look(plan);
    t.same(names.addressesOf(carrier), []);
    await names.look(plan);
    t.same(lines.length, 1, 'told once');
    told.set(carrier, ['192.0.2.2', '192.0.2.1']);
    const known = await names.look(plan);
    t.not(known, unknown);
    t.same(names.addressesOf(carrier), ['192.0.2.1', '192.0.2.2']);
    told.delete(carrier);
    time.now = 86_400_000;
    t.equal(await names.look(plan), known, 'a name server that is away has moved nobody');
    told.set(carrier, ['192.0.2.3']);
    time.now = 3_600_000;
    await names.look(plan);
    t.same(names.addressesOf(carrier), ['192.0.2.1', '192.0.2.2', '192.0.2.3'], 'both, while one may still be in use');
    time.now = 3_600_001;
    await names.look(plan);
    t.same(names.addressesOf(carrier), ['192.0.2.3']);
    t.same(names.addressesOf('192.0.2.9'), ['192.0.2.9']);
  },
);

/** A caller brought from that address: the first answer that is not "wait" (100), or 100 where the call is let in. */
async function answerTo(from: string, sip: { bind: string; port: number }): Promise<number> {
  const socket = createSocket('udp4');
  try {
    socket.bind(0, from);
    await once(socket, 'listening');
    const { port } = socket.address();
    const id = `${from}-${port}-${Math.random()}`;
    const invite = [
      `INVITE sip:${line}@${sip.bind}:${sip.port} SIP/2.0`,
      `Via: SIP/2.0/UDP ${from}:${port};branch=z9hG4bK${id}`,
      'Max-Forwards: 70',
      `From: <sip:+33612345678@${from}>;tag=${id}`,
      `To: <sip:${line}@${sip.bind}>`,
      `Call-ID: ${id}`,
      'CSeq: 1 INVITE',
      `Contact: <sip:${from}:${port}>`,
      'Content-Length: 0\r\n\r\n',
    ].join('\r\n');
    const answered = once(socket, 'message');
    socket.send(invite, sip.port, sip.bind);
    const [packet] = (await answered) as [Buffer];
    return readSip(packet.toString())?.status ?? 0;
  } finally {
    socket.close();
  }
}

async function startLine(t: Test, addressesOf: (entry: string) => readonly string[]) {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-names-'));
  const run = runFolder();
  for (const part of ['etc', 'log', 'spool', 'db', 'messages', 'calls']) mkdirSync(join(dir, part));
  const home = findAsterisk();
  const rtp = freeRtp();
  const sound = '/nowhere/sound';
  const options: RenderOptions = {
    plan,
    ari: { port: await freePort('127.0.0.1'), user: 'vigie', password: 'x' },
    sip: { bind: '127.0.0.1', port: await freeUdp('127.0.0.1') },
    rtp: { from: rtp, to: rtp + 1999 },
    dirs: {
      etc: join(dir, 'etc'),
      modules: home.modules,
      data: home.data,
      run,
      log: join(dir, 'log'),
      spool: join(dir, 'spool'),
      db: join(dir, 'db'),
    },
    secrets: () => undefined,
    addressesOf,
    lastResort: {
      heartbeatMs: 3000,
      ringSeconds: 8,
      voicemailDir: join(dir, 'messages'),
      spoolDir: join(dir, 'calls'),
      prompts: { welcome: sound, announce: sound, taken: sound, message: sound, thanks: sound },
      lines: [{ number: line, windows: [] }],
    },
  };
  const write = () => replaceFiles(options.dirs.etc, must(renderAsterisk(options)), 0o600);
  await write();
  const ari = { url: `http://127.0.0.1:${options.ari.port}`, user: 'vigie', password: 'x' };
  const configFile = join(options.dirs.etc, 'asterisk.conf');
  const asterisk = must(await startAsterisk({ binary: home.binary, configFile, ari }));
  t.teardown(async () => {
    await asterisk.stop();
    for (const folder of [run, dir]) rmSync(folder, { recursive: true, force: true });
  });
  const refresh = async () => reloadFor(ari, await write());
  return { sip: options.sip, refresh };
}

t.test('refused while the name means nothing; let in once it does, and from where it leads to then', async (t) => {
  const { told, time, names } = world();
  await names.look(plan);
  const { sip, refresh } = await startLine(t, names.addressesOf);
  const isLetIn = (from: string) =>
    until(`callers from ${from} come in`, async () => (await answerTo(from, sip)) === 100);
  await isLetIn('127.7.7.7');
  t.equal(await answerTo('127.7.7.1', sip), 401, 'nobody knows whose call this is');
  told.set(carrier, ['127.7.7.1']);
  await names.look(plan);
  t.same(await refresh(), [], 'no restart');
  await isLetIn('127.7.7.1');
  t.equal(await answerTo('127.7.7.2', sip), 401);
  told.set(carrier, ['127.7.7.2']);
  time.now = 3_600_001;
  await names.look(plan);
  await refresh();
  await isLetIn('127.7.7.2');
  await until('where it was is a stranger', async () => (await answerTo('127.7.7.1', sip)) === 401);
  await isLetIn('127.7.7.7');
});
