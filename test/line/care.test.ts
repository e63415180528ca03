// The line as those who look after it see it: doctor, metrics, log, backup, a locked database, a stuck server and its watchdog.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { vigie } from '../cli/vigie.ts';
import { until } from '../waiting.ts';
import { edit, liveCalls, neverLeftInSilence, nobodyIsLeft, recordFrom, startScene } from './scene.ts';

const line = await startScene();
t.teardown(() => line.stop());
const { network } = line;
const door = () => ({ ...line.env, VIGIE_HTTP_PORT: String(line.server.http) });
const ready = async () => {
  const answer = await fetch(`http://127.0.0.1:${line.server.http}/readyz`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const metrics = async () => (await fetch(`http://127.0.0.1:${line.server.http}/metrics`)).text();
const quentin = network.phone('+33639981071', 'Quentin');

/** A caller who has keyed to the person on call, whose phone rings. */
async function rung(from: string) {
  const caller = await network.call({ from, to: '+33199002010' });
  await caller.hears('Première étape');
  await caller.presses('2');
  return { caller, ring: await quentin.rings() };
}

/** The caller and the person on call talk. */
async function talk(from: string) {
  const { caller, ring } = await rung(from);
  await ring.answers();
  await ring.hearsSound();
  await ring.presses('1');
  await caller.isTalkingTo(ring);
  return { caller, ring };
}

type Report = { ok: boolean; findings: { check: string; state: string; says: { en: string }; mend?: object }[] };
const doctor = async () => {
  const { code, out } = await vigie(door(), ['doctor', '--json']);
  const report = JSON.parse(out) as Report;
  return { code, states: Object.fromEntries(report.findings.map((one) => [one.check, one.state])), report };
};

t.test('the doctor sees a line that is well, a trunk that is gone, and a server that is gone', async (t) => {
  const well = await until('both trunks answer', async () => {
    const seen = await doctor();
    return seen.states['trunk carrier-a'] === 'good' && seen.states['trunk carrier-b'] === 'good' ? seen : undefined;
  });
  for (const check of ['asterisk', 'clock', 'server', 'last-resort', 'http', 'database', 'prompts', 'speech', 'files'])
    t.equal(well.states[check], 'good', check);
  t.equal(well.states['planning vide'], 'bad', 'a planning without anybody');
  t.equal(well.code, 1);
  for (const { state, mend, check } of well.report.findings)
    t.equal(mend !== undefined, state !== 'good', `${check}: a mend where one is needed`);

  edit(join(line.files.flows, 'reseau.yaml'), (text) => `${text}\nbroken: [\n`);
  await until('the edit is refused', async () =>
    ((await ready()).body.refused as string[]).length > 0 ? true : undefined,
  );
  t.equal((await ready()).status, 200, 'the version before serves');
  t.match((await doctor()).states, { files: 'bad', reload: 'warning', server: 'good' });
  edit(join(line.files.flows, 'reseau.yaml'), (text) => text.replace('\nbroken: [\n', ''));
  await until('it is mended', async () => (((await ready()).body.refused as string[]).length === 0 ? true : undefined));
});

t.test('`vigie asterisk` writes the configuration that the line began with', async (t) => {
  const etc = join(line.dir, 'etc');
  const again = join(line.dir, 'etc-again');
  t.match(await vigie({ ...line.env, VIGIE_ASTERISK_ETC: again }, ['asterisk']), { code: 0 });
  t.same(readdirSync(again).sort(), readdirSync(etc).sort());
  for (const name of readdirSync(etc))
    t.equal(
      readFileSync(join(again, name), 'utf8').replaceAll(again, etc),
      readFileSync(join(etc, name), 'utf8'),
      name,
    );
});

t.test('a call in the metrics and in the log: its id on each line, its number on none', async (t) => {
  const from = '+33612348001';
  const { caller, ring } = await talk(from);
  t.match(await metrics(), /^vigie_calls_talking 1$/m);
  const [live] = await liveCalls(line);
  await caller.hangsUp();
  await ring.isHungUp();
  const record = await recordFrom(line, from);
  const page = await metrics();
  t.match(page, /^vigie_calls_total\{outcome="talked"\} 1$/m);
  t.match(page, /^vigie_seconds_to_human_count 1$/m);
  t.match(page, /^vigie_carrier_connected\{carrier="asterisk"\} 1$/m);
  const lines = line.server.log
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as Record<string, unknown>);
  t.equal(record.id, live?.id);
  t.match(
    lines.find((one) => one.msg === 'call over'),
    { call: record.id, outcome: 'talked', level: 30 },
  );
  t.notMatch(line.server.log, /612348001|639981071/, 'no number in clear');
});

t.test('a backup while they talk; a restore is refused while the server lives', async (t) => {
  const { caller, ring } = await talk('+33612348002');
  const copy = join(line.dir, 'copy.db');
  t.match(await vigie(line.env, ['backup', copy, '--json']), { code: 0, out: /"calls":\d+/ });
  const db = new Database(copy, { readonly: true });
  t.equal(db.prepare('SELECT count(*) FROM live_calls').pluck().get(), 1, 'the call that goes on is in it');
  db.close();
  t.match(await vigie(line.env, ['restore', copy]), { code: 1, err: /works with this database/ });
  t.match(await vigie(line.env, ['restore', join(line.dir, 'none.db')]), { code: 1, err: /no such file/ });
  t.match(await vigie(line.env, ['serve']), { code: 1, err: /another server holds this line/ });
  await caller.isTalkingTo(ring);
  await caller.hangsUp();
  await ring.isHungUp();
  await nobodyIsLeft(line);
});

t.test('the database locked in the middle of a call: it goes on, is told, and stays on record', async (t) => {
  const from = '+33612348003';
  const { caller, ring } = await rung(from);
  const other = new Database(join(line.dir, 'var', 'vigie.db'));
  other.exec('BEGIN IMMEDIATE');
  await ring.answers();
  await ring.hearsSound();
  await ring.presses('1');
  await caller.isTalkingTo(ring);
  t.match(await ready(), { status: 503, body: { ready: false, savingFailsSince: /^20/ } });
  t.match(await metrics(), /^vigie_calls_unsaved 1$/m);
  await caller.hangsUp();
  await ring.isHungUp();
  await nobodyIsLeft(line);
  other.exec('ROLLBACK');
  other.close();
  const record = await recordFrom(line, from);
  t.match(record, { outcome: 'talked', legs: [{ cause: 'normal' }] });
  await until('it is ready again', async () => ((await ready()).status === 200 ? true : undefined));
  neverLeftInSilence(t, line, caller);
});

t.test('a stuck server is ended by its watchdog; its successor takes the caller up', async (t) => {
  const from = '+33612348004';
  const { caller, ring } = await rung(from);
  // The watchdog asks by way of this door, so that it is known when it has had its first answer: it counts silence only from then on.
  let answered = 0;
  const way = createServer((_, response) => {
    const asked = fetch(`http://127.0.0.1:${line.server.http}/healthz`);
    // A server that is stuck gives no answer, and then nor does this door.
    void asked.then(
      ({ status }) => response.writeHead(status).end(() => answered++),
      () => {},
    );
  }).listen(0, '127.0.0.1');
  await once(way, 'listening');
  t.teardown(() => way.close().closeAllConnections());
  const health = `http://127.0.0.1:${(way.address() as AddressInfo).port}`;
  const watch = spawn(process.execPath, [resolve('scripts/watch.mjs'), String(line.server.pid), health, '3'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  watch.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await until('the watchdog has had an answer', () => answered > 0);
  await line.server.kill('SIGSTOP');
  const [code] = (await once(watch, 'exit')) as [number];
  t.equal(code, 1);
  t.match(said, /has not answered for \d+ s: it is ended/);
  await line.server.start();
  await ring.answers();
  await ring.hearsSound();
  await ring.presses('1');
  await caller.isTalkingTo(ring);
  await caller.hangsUp();
  const record = await recordFrom(line, from);
  t.equal(record.outcome, 'talked');
  t.equal(record.legs.length, 1, 'nobody was rung twice');
});

t.test('after the server has ended, a restore brings the backup back', async (t) => {
  await line.server.stop();
  // The last heartbeat counts for a few seconds more.
  const gone = await until('the doctor sees it', async () => {
    const seen = await doctor();
    return seen.states.server === 'bad' ? seen : undefined;
  });
  t.match(gone.states, { http: 'bad', asterisk: 'good' });
  const restored = await vigie(line.env, ['restore', join(line.dir, 'copy.db'), '--json']);
  t.equal(restored.code, 0, restored.err);
  t.ok(existsSync((JSON.parse(restored.out) as { aside: string }).aside));
  await line.server.start();
  type Listed = { calls: { caller: string; outcome: string }[] };
  const listed = await until('both calls are on record', async () => {
    const { calls } = await line.api<Listed>('/api/calls');
    return calls.length >= 2 ? calls.map(({ caller, outcome }) => `${caller} ${outcome}`).sort() : undefined;
  });
  // They talked when the backup was made, and nobody saw the end.
  t.same(listed, ['+33612348001 talked', '+33612348002 talked']);
});
