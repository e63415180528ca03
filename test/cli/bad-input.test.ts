// What people get wrong, and what machines do to them: one clear sentence with the place and the mend, the right exit code, nothing lost.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { type Limits, type Said, vigie } from './vigie.ts';

t.setTimeout(280_000);
t.jobs = 2;

type CallContext = { dir: string; env: Record<string, string> };

/** The example files, to be spoiled; no Asterisk is there unless a test puts something in its place. */
function house(t: Test): CallContext {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bad-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  for (const folder of ['ivr-flows', 'plannings']) cpSync(folder, join(dir, folder), { recursive: true });
  cpSync('asterisk-config/trunks.yaml', join(dir, 'trunks.yaml'));
  const env = {
    VIGIE_ROOT: dir,
    VIGIE_TRUNKS: join(dir, 'trunks.yaml'),
    VIGIE_PROMPTS: resolve('var/prompts'),
    VIGIE_MUSIC: resolve('var/music'),
    VIGIE_ESPEAK: existsSync('.tools/espeak-ng') ? resolve('.tools/espeak-ng') : 'espeak-ng',
    VIGIE_ARI_URL: 'http://127.0.0.1:9',
    VIGIE_HTTP_PORT: '0',
    VIGIE_LOG: 'error',
  };
  return { dir, env };
}

/** Sentences for a person: the log's JSON lines are for machines, and where no prompt was spoken yet, that takes its time first. */
const sentences = ({ err, out }: Said, from: 'err' | 'out' = 'err'): string[] =>
  (from === 'err' ? err : out).split('\n').filter((line) => line !== '' && !/^\{|^speaking the prompts: /.test(line));

function isNoStackTrace(t: Test, { err, out }: Said): void {
  t.notMatch(`${out}\n${err}`, /\n\s+at .*[:(]\d+/, 'no stack trace');
  t.notMatch(`${out}\n${err}`, /Unhandled|node:internal/);
}

type Spoiled = {
  what: string;
  file: string;
  from: string | RegExp;
  to: string;
  /** Place, sentence and mend, as they are told. */
  told: RegExp;
};

const spoiled: Spoiled[] = [
  {
    what: 'broken YAML',
    file: 'ivr-flows/machine.yaml',
    from: 'start: defaut',
    to: 'start: "defaut',
    told: /^ivr-flows\/machine\.yaml:\d+:\d+ .*\(.+\)$/,
  },
  {
    what: 'a flow to a planning that does not exist',
    file: 'ivr-flows/machine.yaml',
    from: 'planning: presses',
    to: 'planning: pressess',
    told: /^ivr-flows\/machine\.yaml:\d+:\d+ .*pressess.*\(did you mean "presses"\?.*\)$/,
  },
  {
    what: 'a person without a phone',
    file: 'plannings/people.yaml',
    from: '  phones: ["06 39 98 00 02"]\n',
    to: '',
    told: /^plannings\/people\.yaml:\d+:\d+ .*no telephone.*$/,
  },
  {
    what: 'a phone that is not a number',
    file: 'plannings/people.yaml',
    from: '"06 39 98 00 02"]',
    to: '"bureau"]',
    told: /^plannings\/people\.yaml:\d+:\d+ .*bureau.*$/,
  },
  {
    what: 'two flows for one number',
    file: 'ivr-flows/lines.yaml',
    from: '"+33 1 99 00 10 02"',
    to: '"01 99 00 10 01"',
    told: /^ivr-flows\/lines\.yaml:\d+:\d+ .*01.*$/,
  },
  {
    what: 'an emergency number as a target',
    file: 'ivr-flows/machine.yaml',
    from: '{ planning: direction, ring: 25 }',
    to: '{ number: "112", ring: 25 }',
    told: /^ivr-flows\/machine\.yaml:\d+:\d+ .*112.*$/,
  },
  {
    what: 'a trunk that is written wrong',
    file: 'trunks.yaml',
    from: 'qualify seconds: 1',
    to: 'qualify second: 1',
    told: /^trunks\.yaml:\d+:\d+ unknown key "qualify second".*$/,
  },
];

for (const { what, file, from, to, told } of spoiled) {
  t.test(`${what}: found by check, and the line does not start with it`, async (t) => {
    const { dir, env } = house(t);
    const path = join(dir, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(from, to));
    t.not(readFileSync(path, 'utf8'), text, 'the file is spoiled');
    const checked = await vigie(env, ['check']);
    t.equal(checked.code, 1);
    const findings = sentences(checked, 'out').filter((line) => line.includes(' error '));
    t.ok(
      findings.some((line) => told.test(line.replace(/ error /, ' '))),
      findings.join('\n'),
    );
    isNoStackTrace(t, checked);
    const served = await vigie(env, ['serve']);
    t.equal(served.code, 1);
    t.ok(
      sentences(served).some((line) => told.test(line)),
      served.err,
    );
    isNoStackTrace(t, served);
  });
}

t.test('the example files hold', async (t) => {
  const { env } = house(t);
  t.match(await vigie(env, ['check']), { code: 0, err: '' });
});

/** `vigie serve` ends by itself with 1 and this one sentence. */
async function doesNotServe(t: Test, env: Record<string, string>, told: RegExp, limits: Limits = {}): Promise<void> {
  const said = await vigie(env, ['serve'], limits);
  t.equal(said.code, 1);
  t.equal(sentences(said).length, 1, sentences(said).join('\n'));
  t.match(sentences(said)[0], told);
  isNoStackTrace(t, said);
}

/** Something that answers HTTP like this. */
async function answering(t: Test, status: number, body: string): Promise<number> {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

t.test('a port in use', async (t) => {
  const { env } = house(t);
  const port = await answering(t, 200, '');
  await doesNotServe(t, { ...env, VIGIE_HTTP_PORT: String(port) }, new RegExp(`${port} .*EADDRINUSE.*VIGIE_HTTP_PORT`));
});

t.test('an Asterisk that is not there, is too old, is none, or knows us not', async (t) => {
  const { env } = house(t);
  const at = (port: number) => ({ ...env, VIGIE_ARI_URL: `http://127.0.0.1:${port}` });
  await doesNotServe(t, env, /^http:\/\/127\.0\.0\.1:9 Asterisk does not answer .*\(.+\)$/);
  const old = await answering(t, 200, JSON.stringify({ system: { version: '18.9.0' } }));
  await doesNotServe(t, at(old), /Asterisk 18\.9\.0 is too old \(version 20 is the oldest/);
  await doesNotServe(t, at(await answering(t, 200, '<html>')), /is not an Asterisk \(check the address\)/);
  await doesNotServe(t, at(await answering(t, 401, '')), /refuses user "vigie" or its password/);
});

t.test('a database of a newer version, one of another program, one that is none', async (t) => {
  const { dir, env } = house(t);
  const file = join(dir, 'var', 'vigie.db');
  mkdirSync(join(dir, 'var'));
  const db = new Database(file);
  db.exec(
    'PRAGMA application_id = 0x56494749; CREATE TABLE calls (id TEXT); INSERT INTO calls VALUES (1); PRAGMA user_version = 9999',
  );
  db.close();
  const before = readFileSync(file);
  await doesNotServe(
    t,
    env,
    /vigie\.db this database was written by a newer Vigie \(version 9999.*nothing was changed\)$/,
  );
  for (const command of [['calls'], ['call', 'last']]) {
    const said = await vigie(env, command);
    t.equal(said.code, 1);
    t.match(said.err, /newer Vigie/);
    isNoStackTrace(t, said);
  }
  t.same(readFileSync(file), before, 'not a byte was changed');
  const other = new Database(join(dir, 'other.db'));
  other.exec('CREATE TABLE recipes (id TEXT)');
  other.close();
  cpSync(join(dir, 'other.db'), file);
  await doesNotServe(t, env, /another program's database/);
  writeFileSync(file, 'This is a shopping list, and a long one. '.repeat(40));
  await doesNotServe(t, env, /not a database/);
});

t.test('a disk without room for the database, or for a prompt: told, and nothing half written is used', async (t) => {
  const { dir, env } = house(t);
  await doesNotServe(t, env, /vigie\.db .*\[(SQLITE_FULL|SQLITE_IOERR\w*|EFBIG)\]/, { fileKiB: 4 });
  const prompts = join(dir, 'prompts');
  const said = await vigie({ ...env, VIGIE_PROMPTS: prompts, VIGIE_VAR: join(dir, 'var2') }, ['serve'], {
    fileKiB: 2048,
  });
  t.equal(said.code, 1);
  // With room again, it goes on from where it stood: only Asterisk is missing now.
  await doesNotServe(t, env, /Asterisk does not answer/);
  isNoStackTrace(t, said);
});

t.test('what check finds, for a program', async (t) => {
  const { dir, env } = house(t);
  writeFileSync(join(dir, 'ivr-flows', 'machine.yaml'), 'start: nulle-part\nnodes: {}\n');
  const said = await vigie(env, ['check', '--json']);
  t.equal(said.code, 1);
  t.match(JSON.stringify(JSON.parse(said.out)), '"file":"ivr-flows/machine.yaml"');
});

const wrongUse: [args: string[], told: RegExp, env?: Record<string, string>][] = [
  [['dance'], /there is no command "dance".*vigie help/],
  [['__proto__'], /there is no command/],
  [['who'], /say which planning/],
  [['who', 'presses', '--at', 'hier'], /"hier" is not a time/],
  [['who', 'pressess'], /there is no planning "pressess".*presses/],
  [['who', 'presses', '--until', '2026-01-01'], /go together/],
  [['call'], /say which call/],
  [['calls', '--csv', '--json'], /either --csv or --json/],
  [['calls', '--since', 'hier'], /"hier" is not a time/],
  [['check', '--fast'], /--fast/],
  [['asterisk'], /VIGIE_ASTERISK_ETC/],
  [['check'], /VIGIE_LOG/, { VIGIE_LOG: 'loud' }],
  [['check'], /VIGIE_HTTP_PORT/, { VIGIE_HTTP_PORT: 'http' }],
];

t.test('wrong use: 2, one sentence, no stack trace', async (t) => {
  const { env } = house(t);
  for (const [args, told, more] of wrongUse) {
    const said = await vigie({ ...env, ...more }, args);
    t.equal(said.code, 2, args.join(' '));
    t.match(said.err, told);
    t.equal(sentences(said).length, 1, said.err);
    isNoStackTrace(t, said);
  }
  t.match(await vigie(env, ['help']), { code: 0, out: /vigie who/, err: '' });
  t.match(await vigie(env, ['calls']), { code: 1, err: /vigie\.db/ }, 'no database yet');
});

t.test('whoever reads no further has had enough: no stack trace, and the exit code stays', async (t) => {
  const { env } = house(t);
  const child = spawn(process.execPath, [resolve('scripts/vigie.mjs'), 'help'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  t.equal(err, '');
  t.equal(code, 0);
});

t.test('the nights when the clocks change: the same people at the same hours of the wall', async (t) => {
  const { env } = house(t);
  const first = async (at: string) => {
    const said = await vigie(env, ['who', 'ascenseurs-province', '--at', at, '--json']);
    t.equal(said.code, 0, said.err);
    return (JSON.parse(said.out) as { people: { person: string }[] }).people[0]?.person;
  };
  // 02:30 comes twice on the first night, and never on the second.
  const instants = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25 07:59', '2026-03-29 07:59'];
  t.same(await Promise.all(instants.map(first)), ['ines', 'ines', 'ines', 'ines']);
  t.same(await Promise.all(['2026-10-25 08:00', '2026-03-29 08:00'].map(first)), ['nadia', 'nadia']);
  const span = ['--from', '2026-10-24', '--until', '2026-10-27', '--json'];
  const said = await vigie(env, ['who', 'ascenseurs-province', ...span]);
  t.equal(said.code, 0);
  const { segments, holes } = JSON.parse(said.out) as { segments: { from: string; until: string }[]; holes: number };
  t.equal(holes, 0);
  for (const [index, { from }] of segments.entries())
    if (index > 0) t.equal(from, segments[index - 1]?.until, 'one begins where the other ends');
  t.equal(
    (Date.parse(segments.at(-1)?.until ?? '') - Date.parse(segments[0]?.from ?? '')) / 3_600_000,
    73,
    'one hour more',
  );
});
