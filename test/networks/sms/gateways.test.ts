// SMS providers described in messages.yaml, each on a loopback port: what we ask, what their answers and webhooks mean, and what is not believed.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { silentLog } from '../../../server/base/log.ts';
import { readMessages } from '../../../server/domain/message/load.ts';
import { OptOuts } from '../../../server/domain/message/opt-outs.ts';
import { measure } from '../../../server/domain/message/segments.ts';
import { numberIn } from '../../../server/domain/message/template.ts';
import { SmsGateways } from '../../../server/networks/sms/gateways.ts';
import { serve } from '../../api/serve.ts';

const line = '+33199001000';
const known = { plannings: new Set<string>(), people: new Set<string>() };

/** A provider that keeps what it was asked, and answers what the test says. */
async function provider() {
  const seen: { method: string; url: string; headers: Record<string, unknown>; body: string }[] = [];
  let answer: { status: number; body: string } = { status: 200, body: '{}' };
  let first: () => Promise<unknown> = async () => undefined;
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      await first();
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    seen,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers: (status: number, body: unknown = {}) => {
      answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
    },
    /** Done before it answers. */
    before: (work: () => Promise<unknown>) => {
      first = work;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

t.test('two providers, in their own words', async (t) => {
  const [one, two] = await Promise.all([provider(), provider()]);
  const yaml = `
sms:
  - name: formulaire
    url: ${one.url}/send?compte={compte}&tel={to}
    secrets: { compte: COMPTE }
    as: form
    numbers: bare
    body: { message: "{text}", emetteur: "{from}", ref: "{id}" }
    success: { at: status, is: [100, OK] }
    reference: messages.0.id
    why: message
    hears:
      key: CLE
      report: { reference: msgid, state: stat, delivered: [DELIVRD], failed: [UNDELIV, EXPIRED], why: err }
      sms: { from: emetteur, to: dest, text: texte, reference: mo }
  - name: json
    url: ${two.url}/v1/messages
    headers: { X-Api-Key: JETON }
    numbers: national
    from: VIGIE
    body: { sms: [{ to: "{to}", content: "{text}", from: "{from}" }], id: "{id}", flash: false }
    hears:
      key: CLE
      report: { id: data.ref, state: data.status, delivered: [delivered], failed: [failed] }
`;
  const read = readMessages({ file: 'messages.yaml', text: yaml }, known);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const env: Record<string, string> = { COMPTE: 'a&b', CLE: 'une-cle-secrete', JETON: 'chut' };
  const references = new Map<string, string>();
  const gateways = new SmsGateways({
    specs: () => read.value.sms,
    env,
    now: () => 0,
    optOuts: new OptOuts(),
    log: silentLog,
    own: (number) => number === line,
    idOf: (reference) => references.get(reference),
  });
  const heard: string[] = [];
  await gateways.start({
    reported: ({ id, delivered, why }) => void heard.push(`${id} ${delivered} ${why ?? ''}`.trim()),
    received: ({ from, to, text }) => void heard.push(`${from} ${to} ${text}`),
  });
  const url = await serve(t, gateways.routes());
  t.teardown(() => {
    for (const each of [one, two]) each.stop();
  });
  const door = `${url}/sms/gateway`;
  const get = (path: string) => fetch(`${door}/${path}`);
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${door}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  await t.test('asked as it wants to be asked', async (t) => {
    one.answers(200, { status: 100, messages: [{ id: 'm-1' }] });
    const sms = { id: 's1.s1', to: '+33612345678', text: 'Né à 5 €\n"x" {id} &b=c', from: line };
    t.match(await gateways.send(sms), { accepted: true, reference: 'm-1', by: 'formulaire', reports: true });
    const [request] = one.seen;
    t.match(request, { method: 'POST', url: '/send?compte=a%26b&tel=33612345678' });
    t.strictSame(Object.fromEntries(new URLSearchParams(request?.body)), {
      message: 'Né à 5 €\n"x" {id} &b=c',
      emetteur: '33199001000',
      ref: 's1.s1',
    });
    t.equal(request?.headers['idempotency-key'], 's1.s1');
    references.set('m-1', 's1.s1');
  });

  await t.test('refused in its body, or down: the next one', async (t) => {
    one.answers(200, { status: 201, message: 'crédit épuisé' });
    two.answers(202, {});
    t.match(await gateways.send({ id: 'a', to: '+33612345678', text: 'x "y' }), { accepted: true, by: 'json' });
    t.match(two.seen.at(-1), { headers: { 'x-api-key': 'chut' } });
    t.strictSame(JSON.parse(two.seen.at(-1)?.body ?? ''), {
      sms: [{ to: '0612345678', content: 'x "y', from: 'VIGIE' }],
      id: 'a',
      flash: false,
    });
    one.answers(500, '<html>');
    two.answers(400, {});
    t.match(await gateways.send({ id: 'b', to: '+33612345678', text: 'x' }), {
      accepted: false,
      again: true,
      why: 'formulaire answers 500; json answers 400',
    });
    delete env.JETON;
    t.match(await gateways.send({ id: 'c', to: '+33612345678', text: 'x' }), {
      accepted: false,
      why: /JETON is not set/,
    });
    env.JETON = 'chut';
    one.answers(200, { status: 201, message: 'crédit épuisé' });
    t.match(await gateways.send({ id: 'd', to: '+33612345678', text: 'x' }), {
      why: /says 201 at status: crédit épuisé/,
    });
  });

  await t.test('a long text leaves in parts that a telephone puts together', async (t) => {
    one.answers(200, { status: 'ok', messages: [{ id: 'm-2' }] });
    const before = one.seen.length;
    const words = 'La pompe du groupe froid est en défaut. '.repeat(50).trim();
    t.match(await gateways.send({ id: 'long', to: '+33612345678', text: words }), { accepted: true });
    const parts = one.seen.slice(before).map(({ body }) => new URLSearchParams(body).get('message') ?? '');
    t.equal(parts.join(' '), words);
    t.ok(parts.every((part) => measure(part).segments <= 8));
  });

  await t.test('what it tells us', async (t) => {
    heard.length = 0;
    t.equal((await get('formulaire?key=une-cle-secrete&msgid=m-1&stat=DELIVRD')).status, 200);
    await get('formulaire?key=une-cle-secrete&msgid=m-1&stat=ACCEPTD');
    await get('formulaire?key=une-cle-secrete&msgid=m-1&stat=undeliv&err=12');
    await post('json', { data: { ref: 'a', status: 'failed' } }, { authorization: 'Bearer une-cle-secrete' });
    await post('json?key=une-cle-secrete', [{ data: { ref: 'b', status: 'delivered' } }, { data: null }, 7]);
    const form = new URLSearchParams({ emetteur: '0612345678', dest: '33199001000', texte: 'La pompe fuit', mo: '9' });
    for (let i = 0; i < 2; i++)
      await post('formulaire?key=une-cle-secrete', form.toString(), {
        'content-type': 'application/x-www-form-urlencoded',
      });
    await get(`formulaire?key=une-cle-secrete&emetteur=${line.slice(1)}&texte=boucle`);
    t.strictSame(heard, [
      's1.s1 true',
      's1.s1 false 12',
      'a false failed',
      'b true',
      '+33612345678 +33199001000 La pompe fuit',
    ]);
    heard.length = 0;
    t.equal((await get('formulaire?key=faux&msgid=m-1&stat=DELIVRD')).status, 403);
    t.equal((await get('formulaire?msgid=m-1&stat=DELIVRD')).status, 403);
    t.equal((await get('formulaire?key=une-cle-secrete&key=x&msgid=m-1&stat=DELIVRD')).status, 403);
    t.equal((await get('inconnu?key=une-cle-secrete')).status, 403);
    t.equal((await get('formulaire?key=une-cle-secrete&emetteur=INFO&texte=pub')).status, 200);
    t.equal((await post('json?key=une-cle-secrete', '{"data":')).status, 400);
    t.equal((await post('json?key=une-cle-secrete', { x: 'x'.repeat(100_000) })).status, 413);
    t.strictSame(heard, [], 'nothing of it is believed');
  });

  await t.test('a report that overtakes the answer is not lost', async (t) => {
    heard.length = 0;
    one.answers(200, { status: 100, messages: [{ id: 'm-9' }] });
    one.before(() => get('formulaire?key=une-cle-secrete&msgid=m-9&stat=DELIVRD'));
    await gateways.send({ id: 'fast', to: '+33612345678', text: 'x' });
    await new Promise((later) => setImmediate(later));
    t.strictSame(heard, ['fast true']);
  });
});

t.test('a gateway that is written wrong is refused with its place', (t) => {
  const wrong = (sms: string) => {
    const read = readMessages({ file: 'messages.yaml', text: `sms:\n${sms}` }, known);
    return read.ok ? '' : read.problems.map(({ line, message, hint }) => `${line} ${message} ${hint ?? ''}`).join('\n');
  };
  t.match(wrong('  - { name: a, url: "https://{to}.exemple.fr/", body: {} }'), /^2 .*only after the host/);
  t.match(wrong('  - { name: a, url: "ftp://x.fr/", body: {} }'), /^2 /);
  t.match(
    wrong('  - { name: a, url: "https://x.fr/", headers: { K: "le secret" } }'),
    /NAME of an environment variable/,
  );
  t.match(wrong('  - { name: a, url: "https://x.fr/", as: form, body: [1] }'), /^2 a form needs fields/);
  t.match(
    wrong('  - { name: a, url: "https://x.fr/" }\n  - { name: a, url: "https://y.fr/" }'),
    /^3 there is a gateway "a" already/,
  );
  t.match(
    wrong('  - { name: a, url: "https://x.fr/", success: { at: "a..b", is: [1] } }'),
    /field names joined by dots/,
  );
  t.equal(wrong('  - { name: a, url: "https://x.fr/{to}" }'), '');
  for (const text of ['+33612345678', '0033612345678', '33612345678', '06 12 34 56 78'])
    t.equal(numberIn(text), '+33612345678', text);
  for (const text of ['', 'INFO', '12', '+', '0', "06'; DROP", undefined]) t.equal(numberIn(text), '', String(text));
  t.end();
});
