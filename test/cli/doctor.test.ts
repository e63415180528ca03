// The doctor on a machine that ails in each way it knows: real files, and an HTTP server that answers as an Asterisk would.
import { chmodSync, cpSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import { readSettings } from '../../server/app/settings.ts';
import { doctor } from '../../server/cli/doctor.ts';
import { lastResortFinding } from '../../server/doctor/asterisk.ts';
import { databaseFindings } from '../../server/doctor/database.ts';
import { examine } from '../../server/doctor/doctor.ts';
import type { Finding } from '../../server/doctor/finding.ts';
import { judgeDisk, nodeFinding, speechFinding } from '../../server/doctor/machine.ts';
import { openStore } from '../../server/store/store.ts';
import { startSpeechServer } from '../networks/speech/server.ts';

type Told = { version: string; skewMs: number; beatAgo: number; trunks: Record<string, string>; password: string };
const healthy: Told = {
  version: '22.10.1',
  skewMs: 0,
  beatAgo: 0,
  password: 'secret',
  trunks: { 'carrier-a': 'online', 'carrier-b': 'online' },
};

/** What ARI says of an Asterisk in this state. */
async function ari(t: Test, told: Told): Promise<string> {
  const authorization = `Basic ${Buffer.from(`vigie:${told.password}`).toString('base64')}`;
  const answers: Record<string, () => unknown> = {
    '/ari/asterisk/info': () => ({ system: { version: told.version } }),
    '/ari/asterisk/ping': () => ({
      timestamp: new Date(Date.now() + told.skewMs).toISOString().replace('Z', '+0000'),
    }),
    '/ari/asterisk/variable': () => ({ value: String(Date.now() - told.beatAgo * 1000) }),
    '/ari/endpoints/PJSIP': () =>
      Object.entries(told.trunks).map(([id, state]) => ({ technology: 'PJSIP', resource: `trunk-${id}`, state })),
  };
  const server = createServer((request, response) => {
    const answer = answers[new URL(request.url ?? '', 'http://x').pathname];
    response.statusCode = request.headers.authorization !== authorization ? 401 : answer ? 200 : 404;
    response.end(JSON.stringify(answer?.() ?? {}));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A house with the example files, whose Asterisk is as told. */
async function house(t: Test, told: Partial<Told> = {}, env: Record<string, string> = {}) {
  const dir = t.testdir();
  for (const folder of ['ivr-flows', 'plannings']) cpSync(folder, join(dir, folder), { recursive: true });
  cpSync('asterisk-config/trunks.yaml', join(dir, 'trunks.yaml'));
  mkdirSync(join(dir, 'var'), { mode: 0o750 });
  mkdirSync(join(dir, 'etc'));
  writeFileSync(join(dir, 'etc', 'last-resort.conf'), '', { mode: 0o600 });
  const store = openStore(join(dir, 'var', 'vigie.db'));
  if (store.ok) store.value.close();
  const all: Record<string, string> = {
    VIGIE_ROOT: resolve('.'),
    VIGIE_VAR: join(dir, 'var'),
    VIGIE_PROMPTS: resolve('var/prompts'),
    VIGIE_FLOWS: join(dir, 'ivr-flows'),
    VIGIE_PLANNINGS: join(dir, 'plannings'),
    VIGIE_TRUNKS: join(dir, 'trunks.yaml'),
    VIGIE_ASTERISK_ETC: join(dir, 'etc'),
    VIGIE_ARI_URL: await ari(t, { ...healthy, ...told }),
    VIGIE_ARI_PASSWORD: 'secret',
    ...env,
  };
  const look = async () => {
    const settings = readSettings(all);
    if (!settings.ok) throw new Error(settings.problems[0]?.message);
    return examine(settings.value, { ...process.env, ...all }, Date.now);
  };
  return { dir, look };
}

const of = (findings: readonly Finding[], check: string): Finding | undefined =>
  findings.find((one) => one.check === check);
const stateOf = (findings: readonly Finding[], check: string) => of(findings, check)?.state;

t.test('a line that is well', async (t) => {
  const { look } = await house(t);
  const findings = await look();
  const wanted = ['asterisk', 'clock', 'server', 'trunk carrier-a', 'trunk carrier-b', 'last-resort', 'database'];
  for (const check of [...wanted, 'folder', 'files', 'planning froid', 'node', 'disk', 'speech'])
    t.equal(stateOf(findings, check), 'good', check);
  t.equal(stateOf(findings, 'secrets'), undefined);
  t.equal(stateOf(findings, 'privacy'), undefined);
});

t.test('callers who speak: a speech server that answers, one that does not, none at all', async (t) => {
  const speech = await startSpeechServer({});
  t.teardown(() => speech.stop());
  const listens = async (env: Record<string, string>) => of(await (await house(t, {}, env)).look(), 'listen');
  t.match(await listens({ VIGIE_SPEECH_URL: speech.url }), { state: 'good' });
  speech.mood = 'refusing';
  t.match(await listens({ VIGIE_SPEECH_URL: speech.url }), {
    state: 'bad',
    says: { en: /403/ },
    mend: { fr: /VIGIE_SPEECH_URL/ },
  });
  t.match(await listens({}), { state: 'warning', says: { en: /no speech server/ }, mend: { en: /ask with keys/ } });
  for (const url of ['http://127.0.0.1:2700', 'ws://127.0.0.1/#a', 'vosk'])
    await t.rejects(listens({ VIGIE_SPEECH_URL: url }), { message: /VIGIE_SPEECH_URL/ }, url);
});

t.test('an Asterisk that ails', async (t) => {
  const seen = async (told: Partial<Told>) => (await house(t, told)).look();
  const old = await seen({ version: '18.9.0' });
  t.match(of(old, 'asterisk'), { state: 'bad', says: { en: /too old/ }, mend: { en: /22\.10\.1/ } });
  t.match(of(await seen({ version: '22.5.0' }), 'asterisk'), { state: 'warning', mend: { fr: /22\.10\.1/ } });
  t.match(of(await seen({ password: 'other' }), 'asterisk'), { state: 'bad', says: { en: /password/ } });
  t.match(of(await seen({ skewMs: 90_000 }), 'clock'), {
    state: 'bad',
    says: { fr: /à (89|90) s/ },
    mend: { fr: /NTP/ },
  });
  t.match(of(await seen({ beatAgo: 60 }), 'server'), { state: 'bad', mend: { en: /start the server/ } });
  const lame = await seen({ trunks: { 'carrier-a': 'offline' } });
  t.match(of(lame, 'trunk carrier-a'), { state: 'bad', says: { en: /does not answer/ } });
  t.match(of(lame, 'trunk carrier-b'), { state: 'bad', says: { en: /does not know/ }, mend: { fr: /vigie asterisk/ } });
});

t.test('nothing answers at all', async (t) => {
  const { look } = await house(t, {}, { VIGIE_ARI_URL: 'http://127.0.0.1:9', VIGIE_HTTP_PORT: '9' });
  const findings = await look();
  t.match(of(findings, 'asterisk'), { state: 'bad', mend: { fr: /démarrer Asterisk/ } });
  t.match(of(findings, 'http'), { state: 'bad', mend: { fr: /démarrer/ } });
  t.equal(stateOf(findings, 'planning froid'), 'good', 'the rest is still looked at');
});

t.test('files: a broken one, a hole, a missing variable, prompts that are not there', async (t) => {
  const { dir, look } = await house(t, {}, { VIGIE_PROMPTS: join(t.testdir({ prompts: {} }), 'none') });
  t.match(of(await look(), 'prompts'), { state: 'bad', says: { en: /no prompt/ } });

  const planning = join(dir, 'plannings', 'froid.yaml');
  const before = readFileSync(planning, 'utf8');
  const soon = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
  writeFileSync(planning, before.replace(/start: \d{4}-\d\d-\d\d/g, `start: ${soon}`));
  const hole = of(await look(), 'planning froid');
  t.match(hole, { state: 'bad', says: { en: /nobody/ }, mend: { fr: /vigie who froid/ } });
  writeFileSync(planning, `${before}\n[`);
  t.match(of(await look(), 'files'), { state: 'bad', says: { fr: /froid\.yaml:\d+/ } });
  writeFileSync(planning, before);

  const trunks = join(dir, 'trunks.yaml');
  const auth = '    host: 127.0.1.1\n    auth: { user env: NO_SUCH_USER, password env: NO_SUCH_PASSWORD }';
  writeFileSync(trunks, readFileSync(trunks, 'utf8').replace('    host: 127.0.1.1', auth));
  t.match(of(await look(), 'environment'), { state: 'warning', says: { fr: /NO_SUCH_USER, NO_SUCH_PASSWORD/ } });
});

t.test('who may read what', async (t) => {
  const { dir, look } = await house(t);
  writeFileSync(join(dir, 'etc', 'ari.conf'), 'password', { mode: 0o644 });
  chmodSync(join(dir, 'etc', 'ari.conf'), 0o644);
  t.match(of(await look(), 'secrets'), { state: 'bad', says: { fr: /ari\.conf/ }, mend: { fr: /chmod 600/ } });
  chmodSync(join(dir, 'etc', 'ari.conf'), 0o600);
  t.equal(stateOf(await look(), 'secrets'), undefined);
  chmodSync(join(dir, 'var'), 0o755);
  chmodSync(join(dir, 'var', 'vigie.db'), 0o644);
  t.match(of(await look(), 'privacy'), { state: 'warning', mend: { fr: /chmod o-rwx/ } });
  const stale = new Date(Date.now() - 5 * 3_600_000);
  utimesSync(join(dir, 'etc', 'last-resort.conf'), stale, stale);
  t.match(of(await look(), 'last-resort'), { state: 'warning', says: { fr: /5 h/ } });
});

t.test('a database that is damaged, or none', async (t) => {
  const { dir, look } = await house(t);
  const file = join(dir, 'var', 'vigie.db');
  const bytes = readFileSync(file);
  bytes.fill(0xaa, 4096 * 3, 4096 * 6);
  writeFileSync(file, bytes);
  t.match(of(await look(), 'database'), { state: 'bad', says: { fr: /abîmée|inutilisable/ } });
  writeFileSync(file, 'not a database at all'.repeat(100));
  t.match(of(await look(), 'database'), { state: 'bad', says: { en: /not a database/ } });
  const waiting = { damage: [], bytes: 5e6, calls: 10, waiting: 500, refused: 2 };
  const states = databaseFindings({ ok: true, value: waiting }, false).map(({ check, state }) => `${check} ${state}`);
  t.same(states, ['database good', 'records warning', 'records warning']);
  t.match(databaseFindings({ ok: false, problems: [] }, true), [{ state: 'warning' }]);
});

t.test('the measures of the machine', async (t) => {
  const mega = 1024 * 1024;
  t.equal(judgeDisk('/x', 100 * mega).state, 'bad');
  t.equal(judgeDisk('/x', 500 * mega).state, 'warning');
  t.equal(judgeDisk('/x', 5000 * mega).state, 'good');
  t.equal(judgeDisk('/x', 5000 * mega, 12).state, 'bad', 'no file can be made any more');
  for (const [version, state] of [
    ['v20.19.0', 'good'],
    ['v20.18.9', 'bad'],
    ['v18.20.0', 'bad'],
    ['v24.1.0', 'good'],
  ] as const)
    t.equal(nodeFinding(version).state, state, version);
  t.equal((await speechFinding('no-such-program-anywhere', '/usr/bin')).state, 'bad');
  t.equal((await speechFinding('sh', '/nowhere:/bin')).state, 'good');
  t.equal(lastResortFinding(undefined, 0).state, 'bad');
});

t.test('the command: words, JSON, exit codes', async (t) => {
  const run = async (args: string[], findings: Finding[]) => {
    const lines: string[] = [];
    const add = (text: string): void => void lines.push(text);
    const code = await doctor(args, { out: add, err: add, examine: async () => findings });
    return { code, text: lines.join('\n') };
  };
  const says = { fr: 'français', en: 'English' };
  const good: Finding = { check: 'a', state: 'good', says };
  const warning: Finding = { check: 'b', state: 'warning', says, mend: says };
  const bad: Finding = { check: 'c', state: 'bad', says, mend: says };
  t.match(await run([], [good]), { code: 0, text: /✓ français \(English\)\nTout va bien/ });
  t.match(await run([], [good, warning]), { code: 0, text: /! français.*\n {4}→ français\n.*\n0 à réparer, 1 à surv/ });
  t.match(await run([], [bad]), { code: 1, text: /✗ français.*\n {4}→ français/ });
  const json = await run(['--json'], [good, bad]);
  t.equal(json.code, 1);
  t.same(JSON.parse(json.text), { ok: false, findings: [good, bad] });
  t.match(await run(['--jsn'], [good]), { code: 2, text: /usage: vigie doctor/ });
});
