// Calling back as the line, on the wire: one request rings the technician, key 1 rings the customer; by PIN any caller of the log; the duty taken
// by telephone. The server is killed in between, and nobody hangs in the air.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { vigie } from '../cli/vigie.ts';
import { until } from '../waiting.ts';
import { startLine } from './line.ts';

const apiToken = 'un-jeton-bien-assez-long';
const karimNumber = '+33639980001';
const leaNumber = '+33639980002';
const customerNumber = '+33612345678';
type State = { id: string; state: string; end?: string; error?: string };

t.test('calling back as the line', async (t) => {
  const line = await startLine({
    flows: 'test/line/alert-house',
    plannings: 'test/line/alert-plannings',
    env: { VIGIE_API_TOKEN: apiToken, VIGIE_LISTEN_MS: '0' },
  });
  t.teardown(line.stop);
  const { network } = line;
  const karim = network.phone(karimNumber, 'Karim').behaves('rings');
  const lea = network.phone(leaNumber, 'Léa').behaves('rings');
  const customer = network.phone(customerNumber, 'le client').behaves('rings');
  const api = async (path: string, body?: object) => {
    const response = await fetch(`http://127.0.0.1:${line.server.http}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: (await response.json()) as State };
  };
  const over = (id: string) =>
    until('the end of the call back', async () => {
      const { body } = await api(`/api/call-back/${id}`);
      return body.state === 'over' && body;
    });
  const ask = async () => {
    const made = await api('/api/call-back', { person: 'karim', number: customerNumber, by: 'helpdesk' });
    t.equal(made.status, 202, JSON.stringify(made.body));
    return made.body.id;
  };
  /** Karim answers, hears whom he is to call, and presses 1. */
  const accepts = async () => {
    const ring = await karim.rings();
    await karim.answers();
    await karim.hears('Pour lancer cet appel');
    await karim.presses('1');
    return ring;
  };

  const caller = await network.call({ from: customerNumber, to: '+33199001000', via: 'a' });
  await caller.isAnswered();
  await caller.isHungUp();
  await until('the call on record', async () => (await line.records(1))[0]);

  await t.test('one request: the technician, key 1, the customer, who sees the line', async (t) => {
    const id = await ask();
    const ring = await accepts();
    t.match(ring.shows, /199001000$/);
    const rung = await customer.rings();
    t.match(rung.shows, /199001000$/, 'the single number');
    t.equal((await api('/api/call-back', { person: 'karim', number: customerNumber })).status, 409);
    await customer.answers();
    await karim.isTalkingTo(customer.call);
    t.equal((await api(`/api/call-back/${id}`)).body.state, 'talking');
    await customer.hangsUp();
    await karim.isHungUp();
    t.match(await over(id), { end: 'talked' });
    const told = await vigie(line.env, ['call', id]);
    t.match(told.out, /rappel demandé par helpdesk : karim appelle le 06 12 34 56 78 au nom du 01 99 00 10 00/);
    t.match(told.out, /Karim Haddad accepte de rappeler \(touche 1\)/);
  });

  await t.test('the technician declines: the customer is never rung', async (t) => {
    const id = await ask();
    await karim.rings();
    await karim.answers();
    await karim.hears('Pour lancer cet appel');
    await karim.presses('2');
    await karim.isHungUp();
    t.match(await over(id), { end: 'technician-declined' });
  });

  await t.test('killed while the customer rings, and while they talk: both go on', async (t) => {
    const id = await ask();
    await accepts();
    await customer.rings();
    await line.server.kill();
    await line.server.start();
    await customer.answers();
    await karim.isTalkingTo(customer.call);
    await line.server.kill();
    await line.server.start();
    await karim.isTalkingTo(customer.call);
    await karim.hangsUp();
    await customer.isHungUp();
    t.match(await over(id), { end: 'talked' });
  });

  await t.test('killed while the technician rings; both gone while nobody serves', async (t) => {
    const id = await ask();
    await karim.rings();
    await line.server.kill();
    await line.server.start();
    await karim.answers();
    await karim.hears('Pour lancer cet appel');
    await karim.presses('1');
    await customer.rings();
    await customer.answers();
    await karim.isTalkingTo(customer.call);
    await line.server.kill();
    await karim.hangsUp();
    await line.server.start();
    await customer.isHungUp();
    t.match(await over(id), { end: 'talked' });
  });

  await t.test('the customer does not answer: the technician is told', async (t) => {
    customer.behaves('busy');
    const id = await ask();
    await accepts();
    await customer.rings();
    await karim.hears('Votre correspondant ne répond pas');
    await karim.isHungUp();
    t.match(await over(id), { end: 'customer-not-reached' });
    customer.behaves('rings');
  });

  const proves = async (from: string, to: string) => {
    const technician = await network.call({ from, to, via: 'a' });
    await technician.hears('Votre code', { whole: true });
    await technician.presses('739154#');
    return technician;
  };

  await t.test('by PIN: the log is told, and a key chooses whom to call', async (t) => {
    const other = await network.call({ from: '+33612345679', to: '+33199001000', via: 'a' });
    await other.isAnswered();
    await other.isHungUp();
    await until('the call on record', async () =>
      (await line.records(1)).find(({ caller }) => caller === '+33612345679'),
    );
    const technician = await proves(karimNumber, '+33199001008');
    await technician.hears('Touche 1');
    // The third of the list, over the telling of the first: before the one who has just rung came a hidden caller, who has no key.
    await technician.presses('3');
    const ring = await customer.rings();
    t.match(ring.shows, /199001008$/);
    await customer.answers();
    await technician.isTalkingTo(customer.call);
    await technician.hangsUp();
    await customer.isHungUp();
  });

  await t.test(
    'by PIN: the duty is taken now; the next call and the last-resort route follow; a restart keeps it',
    async (t) => {
      const ladder = () => readFileSync(join(line.dir, 'etc', 'last-resort.conf'), 'utf8');
      const first = () => /1!(\w+)!\+/.exec(ladder().slice(ladder().indexOf('[vigie-lr-ladder-33199001007]')))?.[1];
      t.equal(first(), 'karim');
      const technician = await proves(leaNumber, '+33199001006');
      await technician.hears('Touche 1');
      await technician.presses('1');
      await technician.hears("Vous êtes d'astreinte");
      await technician.isHungUp();
      t.match((await vigie(line.env, ['who', 'garde'])).out, /1\. Léa Martin.*\n.*pris par Léa Martin, par téléphone/);
      await until('the last-resort route on disk', () => first() === 'lea');
      await line.server.kill();
      await line.server.start();
      const called = await network.call({ from: customerNumber, to: '+33199001007', via: 'a' });
      await lea.rings();
      karim.isNotRung();
      await called.hangsUp();
      t.equal((await vigie(line.env, ['duty', 'end', '1'])).code, 0);
      const next = await network.call({ from: customerNumber, to: '+33199001007', via: 'a' });
      await karim.rings();
      await next.hangsUp();
      await until('the route follows', () => first() === 'karim');
    },
  );
});
