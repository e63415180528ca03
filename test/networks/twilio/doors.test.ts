// Whoever knocks at Twilio's doors without being Twilio, or as a Twilio that has lost its way: the right status, no step, nothing to be read aloud.
import { connect } from 'node:net';
import t from 'tap';
import twilio from 'twilio';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { isSigned } from '../../../server/networks/twilio/signature.ts';
import { sid } from './sid.ts';
import { startTwilioLine } from './start.ts';
import { signature } from './webhook.ts';

const second = 'a-second-token-during-rotation';
const line = await startTwilioLine({ env: { TWILIO_AUTH_TOKEN_SECONDARY: second } });
t.teardown(() => line.stop());
const { network } = line;

type Knock = {
  path?: string;
  params?: Record<string, string>;
  token?: string;
  signed?: string;
  type?: string;
  body?: string;
};

async function knock({ path = '/twilio/voice', params = {}, token = network.token, signed, type, body }: Knock) {
  const url = line.publicUrl + path;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': type ?? 'application/x-www-form-urlencoded',
      'x-twilio-signature': signed ?? signature(token, url, params),
    },
    body: body ?? new URLSearchParams(params).toString(),
  });
  return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() };
}

const arrival = (more: Record<string, string> = {}) => ({
  CallSid: sid('CA'),
  AccountSid: network.account,
  From: '+33612345678',
  To: '+33199001000',
  CallStatus: 'ringing',
  Direction: 'inbound',
  ApiVersion: '2010-04-01',
  ...more,
});
const live = () => line.api<{ id: string; turn: number }[]>('/api/live');

void t.test('the signature: our vector, the SDK and the loopback Twilio agree', async (t) => {
  const params = {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+12349013030',
    Digits: '1234',
    From: '+12349013030',
    To: '+18005551212',
  };
  const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
  t.equal(signature('12345', url, params), '0/KCTR6DLpKmkAf8muzZqo1nDgQ=');
  t.ok(twilio.validateRequest('12345', '0/KCTR6DLpKmkAf8muzZqo1nDgQ=', url, params));
  const check = (path: string, given: string | undefined, sent = params) =>
    isSigned(['other', '12345'], 'https://mycompany.com/', path, given, sent);
  const good = '0/KCTR6DLpKmkAf8muzZqo1nDgQ=';
  t.ok(check('/myapp.php?foo=1&bar=2', good), 'either of two tokens');
  t.notOk(check('/myapp.php?bar=2&foo=1', good), 'the query byte for byte');
  t.notOk(check('/myapp.php?foo=1&bar=2', undefined));
  t.notOk(check('/myapp.php?foo=1&bar=2', ''));
  t.notOk(check('/myapp.php?foo=1&bar=2', 'nonsense'));
  t.notOk(check('/myapp.php?foo=1&bar=2', good, { ...params, Digits: '1235' }));
});

void t.test('what is not signed, or not whole, makes no step', async (t) => {
  const forged: [string, Knock, number][] = [
    ['forged', { params: arrival(), token: 'not the token' }, 403],
    ['without a signature', { params: arrival(), signed: '' }, 403],
    [
      'of another address',
      { params: arrival(), signed: signature(network.token, `${line.publicUrl}/x`, arrival()) },
      403,
    ],
    [
      'truncated',
      { body: 'CallSid=CA12&Fro', signed: signature(network.token, `${line.publicUrl}/twilio/voice`, arrival()) },
      403,
    ],
    ['JSON', { type: 'application/json', body: JSON.stringify(arrival()) }, 415],
    ['plain text', { type: 'text/plain', body: 'hello' }, 415],
    ['100 KB of Body', { params: arrival({ Body: 'x'.repeat(100_000) }) }, 413],
    [
      '300 parameters',
      { params: arrival(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`P${i}`, 'x']))) },
      413,
    ],
    ['no CallSid', { params: { From: '+33612345678', To: '+33199001000' } }, 400],
    ['a CallSid that is none', { params: arrival({ CallSid: '../../etc/passwd' }) }, 400],
    ['a status that is none', { params: arrival({ CallStatus: 'flying' }) }, 400],
    ['a door that is none', { path: '/twilio/nowhere', params: arrival() }, 404],
    ['a call that is none', { path: '/twilio/voice/c123/4/keyed', params: arrival({ Digits: '1' }) }, 404],
    ['a door with one slash more', { path: '/twilio/voice/c123/4/keyed/', params: arrival({ Digits: '1' }) }, 404],
    ['a path that is no text', { path: '/twilio/voice/%E0%A4%A/4/keyed', params: arrival() }, 400],
    ['a call that cannot be', { path: '/twilio/voice/..%2f..%2fx/4/keyed', params: arrival() }, 400],
    ['an ending that is none', { path: '/twilio/voice/c123/4/exploded', params: arrival() }, 400],
    ['a turn that is none', { path: '/twilio/voice/c123/-1/keyed', params: arrival() }, 400],
  ];
  for (const [what, request, status] of forged) {
    const answer = await knock(request);
    t.equal(answer.status, status, what);
    t.match(answer.type, /^text\/xml/, `${what}: never to be read aloud`);
    t.notMatch(answer.text, /Error|at .*\.[jt]s:/, `${what}: no stack`);
  }
  const url = `${line.publicUrl}/twilio/voice`;
  t.equal((await fetch(url)).status, 405);
  t.match((await fetch(url)).headers.get('content-type'), /^text\/xml/);
  t.same(await live(), []);
});

void t.test('a form is known by its type alone, and is none when it is packed', async (t) => {
  const url = `${line.publicUrl}/twilio/voice`;
  const asked = (headers: Record<string, string>) => {
    const params = arrival({ CallStatus: 'flying' });
    const signed = { 'x-twilio-signature': signature(network.token, url, params) };
    return fetch(url, {
      method: 'POST',
      headers: { ...signed, ...headers },
      body: new URLSearchParams(params).toString(),
    });
  };
  const type = 'Application/X-WWW-Form-URLEncoded; charset=UTF-8';
  t.equal((await asked({ 'content-type': type })).status, 400, 'read: it is the status that is none');
  t.equal((await asked({ 'content-type': type, 'content-encoding': 'gzip' })).status, 415);
  t.equal((await asked({ 'content-type': `${type.slice(0, 33)}x` })).status, 415);
  t.same(await live(), []);
});

void t.test('a parameter twice is refused', async (t) => {
  const params = arrival();
  const body = `${new URLSearchParams(params)}&CallSid=${sid('CA')}`;
  const both = new URLSearchParams(body).getAll('CallSid');
  const url = `${line.publicUrl}/twilio/voice`;
  const signed = getExpectedTwilioSignature(network.token, url, { ...params, CallSid: both });
  const answer = await knock({ body, signed });
  t.equal(answer.status, 400);
  t.same(await live(), []);
});

void t.test('a connection that breaks off in the middle harms nobody', async (t) => {
  const { port } = new URL(line.publicUrl);
  const socket = connect(Number(port), '127.0.0.1');
  await new Promise<void>((sent) =>
    socket.write(
      'POST /twilio/voice HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\nCallSid=CA',
      () => sent(),
    ),
  );
  socket.destroy();
  t.equal((await fetch(`${line.publicUrl}/healthz`)).status, 200);
  t.same(await live(), []);
});

void t.test('the same request again: the same document, and one call', async (t) => {
  const params = arrival();
  const first = await knock({ params });
  const again = await knock({ params, token: second });
  t.equal(first.status, 200);
  t.equal(again.text, first.text, 'signed by either token');
  t.match(first.text, /<Play>.*<Redirect method="POST">/s);
  const [call, ...others] = await live();
  t.same(others, []);
  const played = /<Redirect method="POST">http:\/\/[^/]+([^<]+)</.exec(first.text)?.[1] ?? '';
  const talking = { ...params, CallStatus: 'in-progress' };
  const menu = await knock({ path: played, params: talking });
  t.match(menu.text, '<Gather');
  t.equal(
    (await knock({ path: played, params: talking })).text,
    menu.text,
    'an old turn makes no step, and shows what is now',
  );
  const keyed = /action="http:\/\/[^/]+([^"]+)"/.exec(menu.text)?.[1] ?? '';
  const strange = await knock({ path: keyed, params: { ...talking, CallSid: sid('CA'), Digits: '1' } });
  t.equal(strange.status, 404, 'another channel cannot press keys for this one');
  const next = await knock({ path: keyed, params: { ...talking, Digits: '1' } });
  t.match(next.text, '<Gather');
  t.not(next.text, menu.text);
  t.equal(
    (await knock({ path: keyed, params: { ...talking, Digits: '3' } })).text,
    next.text,
    'replayed with another key',
  );
  t.equal((await live())[0]?.id, call?.id);

  await knock({ path: '/twilio/gone', params: { ...params, CallStatus: 'completed', CallDuration: '5' } });
  t.same(
    (await line.records(1)).map(({ id, outcome }) => ({ id, outcome })),
    [{ id: call?.id, outcome: 'hung-up' }],
  );
  const late = await knock({ path: keyed, params: { ...talking, Digits: '1' } });
  t.match(late, { status: 200, text: /<Response><Hangup\/><\/Response>/ });
  await knock({ params });
  t.same(await live(), [], 'a CallSid that was begins no new call');
  await line.server.kill();
  await line.server.start();
  t.equal((await knock({ params })).status, 404);
  t.same(await live(), [], 'nor after the server was killed: it stands on record');
  const last = arrival();
  t.equal((await knock({ params: last })).status, 200);
  await knock({ path: '/twilio/gone', params: { ...last, CallStatus: 'completed' } });
  await line.server.kill();
  await line.server.start();
  t.equal((await knock({ params: last })).status, 404, 'nor when its record had not left the journal');
});

void t.test('numbers that are none are unknown numbers', async (t) => {
  for (const From of ['anonymous', '+266696687', 'client:bob', 'sip:x@y', "+33'; DROP TABLE", '']) {
    const params = arrival({ From });
    t.equal((await knock({ params })).status, 200, From);
    await knock({ path: '/twilio/gone', params: { ...params, CallStatus: 'completed' } });
  }
  const calls = await line.records(8);
  t.same([...new Set(calls.map(({ caller }) => caller))].sort(), ['', '+33612345678']);
});

void t.test('behind a proxy: what Twilio signed is the public address, whatever ours is', async (t) => {
  const proxied = await startTwilioLine({ env: { VIGIE_PUBLIC_URL: 'https://astreinte.exemple.fr:8443/ligne/' } });
  t.teardown(() => proxied.stop());
  const { token } = proxied.network;
  const params = arrival();
  const asked = (signed: string) =>
    fetch(`${proxied.publicUrl}/twilio/voice`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': signed,
        // What a proxy says of itself proves nothing.
        'x-forwarded-proto': 'http',
        'x-forwarded-host': 'somewhere.else.example',
      },
      body: new URLSearchParams(params).toString(),
    });
  const local = signature(token, `${proxied.publicUrl}/twilio/voice`, params);
  t.equal((await asked(local)).status, 403, 'our own address is not what Twilio knows');
  for (const url of ['https://astreinte.exemple.fr:8443/ligne', 'https://astreinte.exemple.fr/ligne']) {
    const answer = await asked(signature(token, `${url}/twilio/voice`, params));
    t.equal(answer.status, 200, url);
    t.match(
      await answer.text(),
      'https://astreinte.exemple.fr:8443/ligne/twilio/',
      'every address of ours is the public one',
    );
  }
});

void t.test('audio and fallback documents: by a name that we made, and by no other', async (t) => {
  const { names } = line;
  const at = (path: string) => fetch(`${line.publicUrl}/twilio/${path}`);
  const wrong = ['..%2f..%2fpackage.json', 'x.wav', '%00.wav', 'music-1-60000.wav', `${'0'.repeat(32)}.wav`];
  const forged = names.sealed('music-0-5000', 'wav').replace('5000', '60000');
  for (const name of [...wrong, forged, `music-0-60000-${'0'.repeat(32)}.wav`])
    t.equal((await at(`audio/${name}`)).status, 404, name);
  const music = await at(`audio/${names.sealed('music-15000-5000', 'wav')}`);
  t.equal(music.status, 200);
  t.equal((await music.arrayBuffer()).byteLength, 44 + 2 * 8000 * 5);
  t.equal(
    (await at('fallback/33199001000.xml')).status,
    404,
    'who is on call, and by which number, is nobody\u2019s to guess',
  );
  t.equal((await at(`fallback/33199001000-${'0'.repeat(32)}.xml`)).status, 404);
  const document = await at(`fallback/${names.sealed('33199001000', 'xml')}`);
  t.equal(document.status, 200);
  t.match(await document.text(), '<Dial');
});
