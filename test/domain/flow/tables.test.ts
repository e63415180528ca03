// Look-up tables over real sources: a CSV file's rows, an SQLite file, an HTTP service on loopback.
import { mkdtempSync, renameSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { columnsIn } from '../../../server/config/lookup/sqlite.ts';
import { openTables } from '../../../server/config/lookup/tables.ts';
import { examineFlows } from '../../../server/domain/flow/load.ts';
import { matchRow } from '../../../server/domain/flow/match.ts';
import { known, oneFlow } from './story.ts';

const flow = (table: string, extra = '') => `start: l
tables:
  t: ${table}
nodes:
  l: { kind: look-up, table: t, key: "{caller}", found: z, not-found: z${extra} }
  z: { kind: hangup }
`;
const asked = (key: string) => ({ flow: 'essai', table: 't', key });

t.test('a key finds its row: equal, longest beginning, between bounds', (t) => {
  const rows = [
    { key: '2', values: { x: 'deux' } },
    { key: '20', until: '29', values: { x: 'vingt' } },
    { key: '2A', values: { x: 'Corse' } },
    { key: '971', until: '1000', values: { x: 'outre-mer' } },
  ];
  t.same(matchRow(rows, 'exact', ' 2 a '), { x: 'Corse' });
  t.equal(matchRow(rows, 'exact', '2B'), null);
  t.same(matchRow(rows, 'prefix', '20137'), { x: 'vingt' });
  t.same(matchRow(rows, 'prefix', '25000'), { x: 'deux' });
  t.equal(matchRow(rows, 'prefix', '75011'), null);
  t.equal(matchRow(rows, 'prefix', ''), null);
  t.same(matchRow(rows, 'range', '29'), { x: 'vingt' });
  t.same(matchRow(rows, 'range', '980'), { x: 'outre-mer' }, 'digits compare as numbers');
  t.equal(matchRow(rows, 'range', '30'), null);
  t.end();
});

t.test('CSV: rows of the set, in the types of the columns', (t) => {
  const csv = { file: 't.csv', text: '\ufeffk;nom;n;vip\n 1 ; Été ;2,5;oui\n"2";"a;b";-1;\n' };
  const text = flow('{ csv: t.csv, separator: ";", key: k, columns: { nom: text, n: number, vip: yes-no } }');
  const set = oneFlow(text, [csv]);
  const tables = openTables({ root: '/nowhere' });
  t.same(tables.lookUp(set, asked('1')), { nom: 'Été', n: 2.5, vip: true });
  t.same(tables.lookUp(set, asked('2')), { nom: 'a;b', n: -1, vip: false });
  t.equal(tables.lookUp(set, asked('3')), null);
  t.throws(() => tables.lookUp(set, { flow: 'essai', table: 'u', key: '1' }), /has no table "u"/);
  t.end();
});

const sqlite = (more: string) =>
  flow(
    `{ sqlite: clients.db, from: clients, key: code, columns: { nom: text, n: number, vip: yes-no }${more} }`,
    ', failed: z',
  );

t.test('SQLite: read only, with bound keys, opened anew when the file is replaced', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'vigie-tables-'));
  const write = (file: string, name: string) => {
    const database = new Database(join(root, file));
    database.exec('CREATE TABLE clients (code TEXT PRIMARY KEY, fin TEXT, nom TEXT, n REAL, vip INTEGER)');
    const insert = database.prepare('INSERT INTO clients VALUES (?, ?, ?, ?, ?)');
    insert.run('20', '29', name, 1.5, 1);
    insert.run('2', '2', 'court', null, 0);
    insert.run('2A', '2B', 'Corse', 3, 0);
    database.close();
  };
  write('clients.db', 'premier');
  const tables = openTables({ root });
  t.teardown(() => tables.close());
  const find = (more: string, key: string) => tables.lookUp(oneFlow(sqlite(more)), asked(key));
  t.same(find('', '20'), { nom: 'premier', n: 1.5, vip: true });
  t.same(find('', '2'), { nom: 'court', n: null, vip: false });
  t.equal(find('', '21'), null);
  t.equal(find('', "x' OR '1'='1"), null, 'a key is never SQL');
  t.match(find(', match: prefix', '20137'), { nom: 'premier' });
  t.match(find(', match: prefix', '2a004'), { nom: 'Corse' });
  t.match(find(', match: range, until: fin', '25'), { nom: 'premier' });
  t.equal(find(', match: range, until: fin', '30'), null);
  write('neuf.db', 'second');
  renameSync(join(root, 'neuf.db'), join(root, 'clients.db'));
  t.match(find('', '20'), { nom: 'second' });
  t.throws(() => openTables({ root: join(root, 'rien') }).lookUp(oneFlow(sqlite('')), asked('1')), /ENOENT/);
  const lines = { file: 'lines.yaml', text: 'lines:\n  - { number: "0199001000", name: E, flow: essai }\n' };
  const check = (text: string) =>
    examineFlows([lines, { file: 'essai.yaml', text }], { ...known, columns: columnsIn(root) }).findings.map(
      ({ message }) => message,
    );
  t.same(check(sqlite('')), []);
  t.same(check(sqlite('').replace('key: code', 'key: cod')), [
    'there is no column "cod" in "clients", expected one of code, fin, nom, n, vip',
  ]);
  t.same(check(sqlite('').replace('from: clients', 'from: client')), ['there is no table "client" in clients.db']);
  t.match(check(sqlite('').replace('clients.db', 'rien.db')), [/rien.db cannot be read as SQLite/]);
  t.end();
});

t.test('HTTP: a row, no row, and every way of not answering', async (t) => {
  const seen: IncomingMessage[] = [];
  const answers: Record<string, (response: ServerResponse) => void> = {
    '/c/%2B33612345678': (response) => response.end('{"nom": "Dupont", "n": 2, "vip": true, "secret": "x"}'),
    '/c/texte': (response) => response.end('{"nom": 12, "n": 2, "vip": true}'),
    '/c/incomplet': (response) => response.end('{"nom": "x", "vip": true}'),
    '/c/page': (response) => response.end('<html>'),
    '/c/long': (response) => response.end(' '.repeat(100_000)),
    '/c/panne': (response) => response.writeHead(503).end(),
    '/c/ailleurs': (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    '/c/muet': () => {},
    '/c/lent': (response) => response.write('{'),
    '/c/%2F..%2Fx%3Fy': (response) => response.end('{"nom": "échappé", "n": 0, "vip": false}'),
  };
  const server = createServer((request, response) => {
    seen.push(request);
    const answer = answers[request.url ?? ''];
    if (answer) answer(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  // A machine under load answers late: only those who never answer are given little time.
  const within = (deadline: number) =>
    oneFlow(
      flow(
        `{ http: "http://127.0.0.1:${port}/c/{key}", deadline: ${deadline}, headers: { authorization: CRM_KEY }, columns: { nom: text, n: number, vip: yes-no } }`,
        ', failed: z',
      ),
    );
  const set = within(10);
  const hasty = within(0.3);
  const tables = openTables({ root: '/nowhere', env: { CRM_KEY: 'Bearer abc' } });
  const find = async (key: string, flows = set) => tables.lookUp(flows, asked(key));
  t.same(await find('+33612345678'), { nom: 'Dupont', n: 2, vip: true }, 'only the declared columns');
  t.equal(seen[0]?.headers.authorization, 'Bearer abc');
  t.same(await find('texte'), { nom: '12', n: 2, vip: true });
  t.equal(await find('inconnu'), null);
  t.equal(await find('..'), null, 'a key never climbs out of its path');
  t.match(await find('/../x?y'), { nom: 'échappé' });
  await t.rejects(find('incomplet'), { message: `the service's answer has no usable "n"` });
  await t.rejects(find('page'), { message: "the service's answer is not JSON" });
  await t.rejects(find('long'), { message: "the service's answer is longer than 65536 bytes" });
  await t.rejects(find('panne'), { message: 'the service answered 503' });
  await t.rejects(find('ailleurs'), { message: /cannot be reached/ });
  await t.rejects(find('muet', hasty), { message: 'the service did not answer within 0.3 s' });
  await t.rejects(find('lent', hasty), { message: 'the service did not answer within 0.3 s' });
  await t.rejects(async () => openTables({ root: '/' }).lookUp(set, asked('1')), {
    message: 'the environment variable CRM_KEY is not set',
  });
  server.closeAllConnections();
  server.close();
  await t.rejects(find('parti'), { message: /^the service cannot be reached: / });
});
