// The loopback Twilio itself, where the line's own documents never lead: what it does with a server that is slow, broken or rude, and with
// phones that are rung together. What the other tests rest on is held to the same word.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { until } from '../../waiting.ts';
import { TwilioNetwork } from './network.ts';

type Said = { path: string; params: Record<string, string> };
type Answer = { status?: number; type?: string; body?: string; never?: true };

const seen: Said[] = [];
const answers: Record<string, Answer> = {};
const server = createServer((request, response) => {
  void text(request).then((body) => {
    const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://x');
    seen.push({
      path,
      params: Object.fromEntries(request.method === 'GET' ? searchParams : new URLSearchParams(body)),
    });
    const { status = 200, type = 'text/xml', body: said = '<Response/>', never } = answers[path] ?? {};
    if (!never) response.writeHead(status, { 'content-type': type }).end(said);
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const network = await new TwilioNetwork({ speed: 30 }).start();
t.teardown(async () => {
  await network.stop();
  server.closeAllConnections();
  server.close();
});
network.number('+33199001000', { voiceUrl: `${base}/voice`, voiceFallbackUrl: `${base}/fallback` });
const askedAt = (path: string) => seen.filter((one) => one.path === path);
const document = (inside: string): Answer => ({ body: `<Response>${inside}</Response>` });
const call = () => network.call({ from: '+33612345678', to: '+33199001000' });
t.beforeEach(() => {
  seen.length = 0;
  for (const path of Object.keys(answers)) delete answers[path];
  for (const one of network.phones) one.behaves('rings');
});

t.test('an address that fails gives way to the fallback, which learns why', async (t) => {
  const failures: [string, Answer, string][] = [
    ['a server error', { status: 500 }, '11200'],
    ['not found', { status: 404 }, '11200'],
    ['no answer in 15 seconds', { never: true }, '11205'],
    ['no XML', { body: '<Response><Say>no end' }, '12100'],
    ['a type that is no document', { type: 'application/json', body: '{}' }, '12300'],
  ];
  for (const [what, answer, code] of failures) {
    seen.length = 0;
    answers['/voice'] = answer;
    answers['/fallback'] = document('<Say language="fr-FR">Ne quittez pas.</Say>');
    const caller = await call();
    await caller.hears('Ne quittez pas');
    await caller.isHungUp();
    t.equal(askedAt('/voice').length, 1, `${what}: not asked twice`);
    t.match(
      askedAt('/fallback')[0]?.params,
      { ErrorCode: code, ErrorUrl: `${base}/voice`, CallStatus: 'ringing' },
      what,
    );
  }
});

t.test('text/plain is read aloud, whatever it says', async (t) => {
  answers['/voice'] = { type: 'text/plain', body: 'Error: connect ECONNREFUSED' };
  const caller = await call();
  await caller.hears('Error: connect ECONNREFUSED');
  await caller.isHungUp();
  t.equal(askedAt('/fallback').length, 0);
});

t.test('both fail: an application error has occurred', async () => {
  answers['/voice'] = { status: 500 };
  answers['/fallback'] = { status: 500 };
  await (await call()).isHungUp();
});

const ringBoth = document(
  `<Dial action="/after"><Number url="/question">+33639980001</Number><Number url="/question">+33639980002</Number></Dial>`,
);

t.test('phones rung together: the first pick-up wins, a voicemail’s too, and the others stop at once', async (t) => {
  answers['/voice'] = ringBoth;
  answers['/question'] = document('<Gather numDigits="1" timeout="5" action="/taken"/><Hangup/>');
  const [one, other] = [network.phone('+33639980001', 'Un'), network.phone('+33639980002', 'Deux')];
  await call();
  const [ring, second] = [await one.rings(), await other.rings()];
  await ring.answers();
  await second.isHungUp();
  t.equal(second.channel.status, 'canceled', 'before the question was answered');
  await ring.isHungUp();
  t.match(
    (await untilAsked('/after')).params,
    { DialCallStatus: 'completed', DialBridged: 'false' },
    'completed says nothing',
  );
});

t.test('the question: accepted, declined, put down', async (t) => {
  answers['/voice'] = document('<Dial action="/after"><Number url="/question">+33639980001</Number></Dial>');
  answers['/question'] = document('<Gather numDigits="1" timeout="5" action="/taken"/><Hangup/>');
  const phone = network.phone('+33639980001', 'Un');
  for (const what of ['accepted', 'declined', 'put down'] as const) {
    seen.length = 0;
    answers['/taken'] = document(what === 'declined' ? '<Hangup/>' : '');
    const caller = await call();
    const ring = await phone.rings();
    await ring.answers();
    if (what === 'put down') await ring.hangsUp();
    else await ring.presses('1');
    if (what === 'accepted') {
      await caller.isTalkingTo(ring);
      await ring.hangsUp();
      t.match(askedAt('/taken')[0]?.params, { Digits: '1', Direction: 'outbound-dial', ParentCallSid: /^CA/ });
    }
    const { params } = await untilAsked('/after');
    t.match(params, { DialCallStatus: 'completed', DialBridged: String(what === 'accepted') }, what);
    await caller.isHungUp();
  }
});

t.test('a gather that came to nothing says so in two ways, and every request carries what nobody knows', async (t) => {
  answers['/voice'] = document('<Gather timeout="1" actionOnEmptyResult="true" action="/nothing" method="GET"/>');
  for (let n = 0; n < 2; n++) await (await call()).isHungUp();
  const told = askedAt('/nothing').map(({ params }) => params);
  t.same(told.map(({ Digits }) => Digits ?? 'absent').sort(), ['', 'absent']);
  for (const { params } of seen) t.ok(params.VigieUnknownParameter);
});

const untilAsked = (path: string): Promise<Said> => until(`${path} is asked for`, () => askedAt(path)[0]);
