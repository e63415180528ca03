// Who may use what over HTTP: nothing is open by default, a name that is not ours is not served, and what cannot be read is told in a sentence.
import { request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { z } from 'zod';
import { type Door, serveApi } from '../../server/api/server.ts';
import { admissionOf } from '../../server/app/admission.ts';
import { readSettings } from '../../server/app/settings.ts';
import { openLog, silentLog } from '../../server/base/log.ts';
import { type Access, type Route, route } from '../../server/base/route.ts';
import { serve } from './serve.ts';

const token = 'un-jeton-bien-assez-long';
const bearer = { authorization: `Bearer ${token}` };
const open: Access = { who: 'anyone', because: 'this is a test' };
const signed: Access = { who: 'signed', by: 'the stamp', proof: ({ headers }) => headers.stamp === 'yes' };
const at = (path: string, access: Access): Route =>
  route({ method: 'GET', path, access, handle: () => ({ json: { served: path } }) });
const words = route({
  method: 'POST',
  path: '/words/:id',
  access: { who: 'token' },
  params: z.object({ id: z.string().regex(/^\d+$/, 'no word has this number') }),
  query: z.object({ loud: z.enum(['yes', 'no']).default('no') }),
  body: z.strictObject({ word: z.string().max(20) }),
  most: 100,
  handle: ({ params, query, body }) => ({ status: 201, json: { ...params, ...query, ...body } }),
});
const routes: Route[] = [
  at('/open', open),
  at('/token', { who: 'token' }),
  at('/here', { who: 'this-machine' }),
  at('/signed', signed),
  route({ method: 'GET', path: '/any', access: signed, hosts: 'any', handle: () => ({ empty: true }) }),
  route({
    method: 'GET',
    path: '/fails',
    access: open,
    handle: () => {
      throw new Error('our own fault');
    },
  }),
  words,
];

type Told = { status: number; body: { error?: string; [key: string]: unknown } };
/** Node's fetch writes Host itself: what a stranger writes there is written here. */
const ask = (url: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Told> =>
  new Promise((told, failed) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      const status = response.statusCode ?? 0;
      text(response).then((body) => told({ status, body: body.startsWith('{') ? JSON.parse(body) : {} }), failed);
    });
    asked.on('error', failed);
    asked.end(body);
  });

/** What is answered to these very bytes. */
const raw = (port: number, bytes: string): Promise<string> =>
  new Promise((told, failed) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.once('data', (chunk) => {
      told(chunk.toString());
      socket.destroy();
    });
    socket.once('error', failed);
  });

t.test('a route that says nothing about who may use it does not start, nor anything beside it', async (t) => {
  const start = (some: Route[], doors: Door[] = []) =>
    serveApi({ routes: some, doors, admission: { hosts: [] }, log: silentLog }, { host: '127.0.0.1', port: 0 });
  const silent = { ...at('/api/secret', open), access: undefined } as unknown as Route;
  const invented = at('/api/odd', { who: 'friends' } as unknown as Access);
  const unexplained = at('/api/why', { who: 'anyone', because: '' });
  const door: Door = { under: '/door', provenBy: '', ask: (_request, _response, next) => next() };
  const refused = await start([at('/open', open), silent, invented, unexplained], [door]);
  t.notOk(refused.ok);
  t.match(refused.ok ? [] : refused.problems, [
    { file: 'GET /api/secret', message: /nothing about who may use it/, hint: /access/ },
    { file: 'GET /api/odd' },
    { file: 'GET /api/why' },
    { file: '/door' },
  ]);
});

t.test('each way of being let in, and of not being let in', async (t) => {
  const url = await serve(t, routes, { token });
  const status = async (path: string, headers: Record<string, string> = {}) => (await ask(url + path, headers)).status;
  t.equal(await status('/open'), 200);
  t.equal(await status('/token'), 401);
  t.equal(await status('/token', { authorization: 'Bearer nearly' }), 401);
  t.equal(await status('/token', bearer), 200);
  t.equal(await status('/here'), 200);
  t.equal(await status('/signed'), 403);
  t.equal(await status('/signed', bearer), 403, 'a token is no signature');
  t.equal(await status('/signed', { stamp: 'yes' }), 200);
  t.equal(await status('/nowhere', bearer), 404);
  for (const header of ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'])
    t.equal(await status('/here', { [header]: '203.0.113.7' }), 401, `${header}: it came through a proxy`);
  t.equal(await status('/here', { 'x-forwarded-for': '203.0.113.7', ...bearer }), 200);
  t.match((await ask(`${url}/token`)).body, { error: /token/ });

  const closed = await serve(t, routes);
  t.match(await ask(`${closed}/token`, bearer), { status: 403, body: { error: /VIGIE_API_TOKEN/ } });
  t.equal((await ask(`${closed}/here`)).status, 200);
  t.equal((await ask(`${closed}/here`, { via: '1.1 proxy' })).status, 403);
});

t.test('from another machine, health and metrics want the token', async (t) => {
  const address = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
  if (!address) return void t.pass('this machine has no address besides loopback');
  const served = { routes, admission: { hosts: [], token }, log: silentLog };
  const opened = await serveApi(served, { host: address, port: 0 });
  if (!opened.ok) throw new Error(opened.problems[0]?.message);
  t.teardown(() => opened.value.stop());
  const url = `http://${address}:${opened.value.port}`;
  t.equal((await ask(`${url}/here`)).status, 401);
  t.equal((await ask(`${url}/here`, { host: 'localhost' })).status, 401, 'whatever it calls us');
  t.equal((await ask(`${url}/here`, bearer)).status, 200, 'the address that was asked is a name of ours');
});

t.test('a name that is not ours is not served', async (t) => {
  const url = await serve(t, routes, { token, hosts: ['astreinte.example.fr'] });
  const { port } = new URL(url);
  for (const host of ['localhost', `localhost:${port}`, `127.0.0.1:${port}`, '[::1]', 'ASTREINTE.example.fr:443'])
    t.equal((await ask(`${url}/open`, { host })).status, 200, host);
  const strange = [
    'evil.example',
    'astreinte.example.fr.evil.example',
    'localhost.evil.example',
    '127.0.0.1@evil',
    'a b',
  ];
  for (const host of strange)
    for (const path of ['/open', '/token', '/here', '/signed'])
      t.equal((await ask(url + path, { host, stamp: 'yes', ...bearer })).status, 421, `${path} as "${host}"`);
  t.equal((await ask(`${url}/any`, { host: 'evil.example', stamp: 'yes' })).status, 200, 'a signature proves more');
  t.equal((await ask(`${url}/any`, { host: 'evil.example' })).status, 403);
  t.match(await raw(Number(port), 'GET /open HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 421 /, 'no name at all');
  t.match(await raw(Number(port), 'GET /open HTTP/1.1\r\nHost:\r\n\r\n'), /^HTTP\/1\.1 421 /, 'an empty one');
});

t.test('the names of this server come from its settings', async (t) => {
  const hosts = (env: Record<string, string>) => {
    const settings = readSettings(env);
    return settings.ok ? admissionOf(settings.value).hosts : settings.problems.map(({ message }) => message);
  };
  const port = { VIGIE_HTTP_PORT: '0' };
  t.same(hosts({}), []);
  t.same(hosts({ ...port, VIGIE_HTTP_HOST: '0.0.0.0', VIGIE_PUBLIC_URL: 'https://Astreinte.example.fr:8443/vigie' }), [
    'astreinte.example.fr',
  ]);
  t.same(hosts({ ...port, VIGIE_HTTP_HOST: '10.0.0.7', VIGIE_HTTP_HOSTS: 'vigie, Vigie.local' }), [
    '10.0.0.7',
    'vigie',
    'vigie.local',
  ]);
  t.match(hosts({ VIGIE_HTTP_HOSTS: 'https://x' }), [/VIGIE_HTTP_HOSTS.*without a port/]);
});

t.test('what cannot be read is its sender’s fault: one sentence, the right status, no stack in the log', async (t) => {
  const lines: string[] = [];
  const log = openLog('debug', { write: (line: string) => lines.push(line) } as unknown as NodeJS.WritableStream);
  const url = await serve(t, routes, { token, log });
  const post = (path: string, body: string, more: Record<string, string> = {}) =>
    ask(url + path, { 'content-type': 'application/json', ...bearer, ...more }, 'POST', body);
  t.match(await post('/words/7?loud=yes', '{"word":"feu"}'), {
    status: 201,
    body: { id: '7', loud: 'yes', word: 'feu' },
  });
  const cases: [what: string, told: Promise<Told>, status: number, error: RegExp][] = [
    ['a bad % in the path', post('/words/%E0%A4%A', '{}'), 400, /cannot be read/],
    ['a bad % where there is nothing', ask(`${url}/%`), 404, /nothing here/],
    ['no JSON', post('/words/7', '{"word":'), 400, /cannot be read/],
    ['JSON that is no map', post('/words/7', '"word"'), 400, /cannot be read/],
    ['a list', post('/words/7', '[]'), 400, /object/],
    ['too long', post('/words/7', `{"word":"${'x'.repeat(200)}"}`), 413, /longer/],
    [
      'another alphabet',
      post('/words/7', '{}', { 'content-type': 'application/json; charset=klingon' }),
      415,
      /encoding/,
    ],
    ['another packing', post('/words/7', '{}', { 'content-encoding': 'rot13' }), 415, /encoding/],
    ['nothing', post('/words/7', ''), 400, /word/],
    ['what is not a form of ours', post('/words/7', 'word=feu', { 'content-type': 'text/plain' }), 400, /word/],
    ['a key too many', post('/words/7', '{"word":"a","more":1}'), 400, /more/],
    ['a question that does not fit', post('/words/7?loud=maybe', '{"word":"a"}'), 400, /loud/],
    ['a path that cannot be', post('/words/x', '{"word":"a"}'), 404, /no word has this number/],
    ['another method', ask(`${url}/words/7`, bearer), 404, /nothing here/],
  ];
  for (const [what, told, status, error] of cases) {
    const { status: given, body } = await told;
    t.equal(given, status, what);
    t.match(body.error, error, what);
  }
  t.equal(
    (await post('/words/7', '{"word":', { authorization: 'Bearer nearly' })).status,
    401,
    'nothing of it is read before',
  );
  t.notMatch(lines.join(''), /stack|node_modules|\bat /, 'nobody fills our log with stacks');
  lines.length = 0;
  t.match(await ask(`${url}/fails`), { status: 500, body: { error: /our side/ } });
  t.match(lines.join(''), /our own fault/, 'a fault of ours stands there whole');
});
