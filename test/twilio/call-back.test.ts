// Calling back as the line over Twilio, on the wire: one request rings the technician, key 1 makes their leg the caller's channel and rings the
// customer. Requests come twice and out of order, the server is killed in between, and whoever asks for what is not theirs gets nothing.
import t from 'tap';
import { until } from '../alerting/gateway.ts';
import { vigie } from '../cli/vigie.ts';
import { eventually } from '../line/scene.ts';
import type { Line } from './line.ts';
import { sid } from './sid.ts';
import { startTwilioLine } from './start.ts';
import { knock } from './webhook.ts';

t.setTimeout(280_000);

const apiToken = 'un-jeton-bien-assez-long';
const lineNumber = '+33199001000';
const customerNumber = '+33612345678';
type State = { id: string; state: string; end?: string; error?: string };

const line = await startTwilioLine({
  flows: 'test/line/alert-house',
  plannings: 'test/line/alert-plannings',
  env: { VIGIE_API_TOKEN: apiToken },
  network: { patience: 30_000 },
});
t.teardown(line.stop);
const { network } = line;
const karim = network.phone('+33639980001', 'Karim');
const customer = network.phone(customerNumber, 'le client');

const api = async (path: string, body?: object) => {
  const response = await fetch(`${line.publicUrl}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as State };
};
const request = (person = 'karim') => api('/api/call-back', { person, number: customerNumber, by: 'helpdesk' });
const ask = async (): Promise<string> => {
  const made = await request();
  if (made.status !== 202) throw new Error(`${made.status} ${made.body.error}`);
  return made.body.id;
};
const over = (id: string) =>
  until('the end of the call back', async () => {
    const { body } = await api(`/api/call-back/${id}`);
    return body.state === 'over' && body;
  });
/** Karim's telephone rings, he answers and hears whom he is to call. */
const isAsked = async () => {
  const ring = await karim.rings();
  await ring.answers();
  await ring.hears('Vous allez appeler');
  await ring.hears('Pour lancer cet appel');
  return ring;
};
const accepts = async () => (await isAsked()).presses('1');
/** How the customer's leg ended. */
const endOfLast = async (id: string) => (await line.over(id)).legs.at(-1)?.cause;
const restart = async () => {
  await line.server.kill();
  await line.server.start();
};
const nobodyIsLeft = () =>
  eventually('no channel lives', () => ([...network.channels.values()].every((one) => one.isOver) ? true : undefined));
const signed = (path: string, params: Record<string, string>, token = network.token) =>
  knock({ url: `${line.publicUrl}/twilio/${path}`, params }, { token, deadlineMs: 15_000, times: () => 1 });
const paramsOf = (one: Line, more: Record<string, string> = {}) => one.channel.params(more);

t.beforeEach(() => {
  for (const one of network.phones) one.behaves('rings');
});
t.afterEach(async () => {
  Object.assign(network.chaos, { duplicates: false, reorders: false });
  await nobodyIsLeft();
});
/** Ringing is measured in Twilio's time, and a server needs seconds of ours to come back. */
const slowly = (t: { teardown: (end: () => void) => void }) => {
  const { speed } = network;
  network.speed = 1;
  t.teardown(() => {
    network.speed = speed;
  });
};

const caller = await network.call({ from: customerNumber, to: lineNumber });
await caller.isAnswered();
await caller.isHungUp();
await until('the call on record', async () => (await line.records(1))[0]);

void t.test('one request: the technician, key 1, the customer, who sees the line', async (t) => {
  const id = await ask();
  const ring = await isAsked();
  t.equal(ring.shows, lineNumber);
  customer.isNotRung();
  await ring.presses('1');
  const rung = await customer.rings();
  t.equal(rung.shows, lineNumber, 'the single number');
  await ring.hears('ringing');
  t.match(await request(), { status: 409, body: { error: /karim is on a call already/ } });
  t.equal((await api(`/api/call-back/${id}`)).body.state, 'ringing-customer');
  await rung.answers();
  await ring.isTalkingTo(rung);
  t.equal((await api(`/api/call-back/${id}`)).body.state, 'talking');
  await rung.hangsUp();
  await ring.isHungUp();
  t.match(await over(id), { end: 'talked' });
  t.ok(ring.longestSilence() < 5);
  const told = await vigie(line.env, ['call', id]);
  t.match(told.out, /rappel demandé par helpdesk : karim appelle le 06 12 34 56 78 au nom du 01 99 00 10 00/);
  t.match(told.out, /Karim Haddad accepte de rappeler \(touche 1\)/);
});

void t.test(
  'every request twice, every callback late and out of order: each is rung once, and they talk',
  async (t) => {
    Object.assign(network.chaos, { duplicates: true, reorders: true });
    const rung = [karim.rung.length, customer.rung.length];
    for (const first of ['technician', 'customer']) {
      const id = await ask();
      const ring = await accepts();
      const other = await customer.rings();
      await other.answers();
      await ring.isTalkingTo(other);
      const [leaves, stays] = first === 'technician' ? [ring, other] : [other, ring];
      await leaves.hangsUp();
      await stays.isHungUp();
      t.match(await over(id), { end: 'talked' }, `the ${first} hangs up first`);
    }
    t.same([karim.rung.length, customer.rung.length], [(rung[0] ?? 0) + 2, (rung[1] ?? 0) + 2]);
  },
);

void t.test('without key 1 the customer is never rung', async (t) => {
  const ends: Record<string, string> = {};
  const declined = await ask();
  await (await isAsked()).presses('2');
  await karim.isHungUp();
  ends.declined = (await over(declined)).end ?? '';
  const silent = await ask();
  await isAsked();
  await karim.isHungUp();
  ends.silent = (await over(silent)).end ?? '';
  const left = await ask();
  await (await isAsked()).hangsUp();
  ends.left = (await over(left)).end ?? '';
  const busy = await ask();
  await karim.rings();
  await karim.busy();
  ends.busy = (await over(busy)).end ?? '';
  t.same(ends, {
    declined: 'technician-declined',
    silent: 'technician-not-reached',
    left: 'technician-not-reached',
    busy: 'technician-not-reached',
  });
  customer.isNotRung();
});

void t.test('the technician hangs up while the customer rings: the customer rings no more', async (t) => {
  const id = await ask();
  const ring = await accepts();
  const rung = await customer.rings();
  await ring.hangsUp();
  await rung.isHungUp();
  t.match(await over(id), { end: 'technician-hung-up' });
  t.equal(await endOfLast(id), 'answered-elsewhere', 'at once, not by its time');
});

void t.test('the customer is busy, or does not answer: the technician is told', async (t) => {
  for (const habit of ['busy', 'never answers'] as const) {
    customer.behaves(habit);
    const id = await ask();
    const ring = await accepts();
    await customer.rings();
    await ring.hears('Votre correspondant ne répond pas');
    await ring.isHungUp();
    t.match(await over(id), { end: 'customer-not-reached' }, habit);
    t.ok(ring.longestSilence() < 5, habit);
    t.notMatch(JSON.stringify((await api('/api/alerts')).body), id, 'and nobody is alerted');
  }
});

void t.test('killed while the technician rings, is asked, waits and talks: it goes on each time', async (t) => {
  slowly(t);
  const rung = [karim.rung.length, customer.rung.length];
  const id = await ask();
  const ring = await karim.rings();
  await restart();
  await ring.answers();
  await ring.hears('Pour lancer cet appel');
  await restart();
  t.equal((await request()).status, 409, 'still one at a time');
  await ring.hears('Pour lancer cet appel');
  customer.isNotRung();
  await ring.presses('1');
  const other = await customer.rings();
  await ring.hears('ringing');
  await restart();
  t.equal((await request()).status, 409, 'also once they took it');
  await ring.hears('ringing');
  await other.answers();
  await ring.isTalkingTo(other);
  await restart();
  await ring.isTalkingTo(other);
  await ring.hangsUp();
  await other.isHungUp();
  t.match(await over(id), { end: 'talked' });
  t.same([karim.rung.length, customer.rung.length], [(rung[0] ?? 0) + 1, (rung[1] ?? 0) + 1], 'nobody is rung twice');
});

void t.test('killed, and the technician leaves after it, or meanwhile: the customer is let go', async (t) => {
  slowly(t);
  const returned = await ask();
  const waits = await accepts();
  const first = await customer.rings();
  await waits.hears('ringing');
  await restart();
  await waits.hears('ringing');
  // Their leg's end is still told at the leg's own address.
  await waits.hangsUp();
  await first.isHungUp();
  t.match(await over(returned), { end: 'technician-hung-up' });
  t.equal(await endOfLast(returned), 'answered-elsewhere', 'at once, not by its time');
  const ringing = await ask();
  const ring = await accepts();
  const rung = await customer.rings();
  await line.server.kill();
  await ring.hangsUp();
  await line.server.start();
  await rung.isHungUp();
  t.match(await over(ringing), { end: 'lost' });
  const talking = await ask();
  const again = await accepts();
  const other = await customer.rings();
  await other.answers();
  await again.isTalkingTo(other);
  await line.server.kill();
  await again.hangsUp();
  await line.server.start();
  await other.isHungUp();
  t.match(await over(talking), { end: 'talked' });
});

void t.test('Twilio refuses the legs: nobody hangs in the air', async (t) => {
  network.trouble.push({ times: 2, http: 503, code: 20503, message: 'Service unavailable' });
  const technician = await ask();
  t.match(await over(technician), { end: 'technician-not-reached' });
  network.trouble.length = 0;
  const id = await ask();
  const ring = await isAsked();
  network.trouble.push({ times: 1, http: 400, code: 21211, message: 'not a valid phone number' });
  await ring.presses('1');
  await ring.hears('Votre correspondant ne répond pas');
  await ring.isHungUp();
  t.match(await over(id), { end: 'customer-not-reached' });
  customer.isNotRung();
});

void t.test('what nobody may ask: the customer stays unrung, the technician is not disturbed', async (t) => {
  const id = await ask();
  const ring = await isAsked();
  const leg = `${id}.l1`;
  const mine = paramsOf(ring);
  const foreign = paramsOf(ring, { CallSid: sid('CA') });
  const ends = '<Response><Hangup/></Response>';
  // Before the key the technician is no caller, whatever is asked in their name.
  for (const path of [`voice/${id}`, `voice/${id}/0/played`, `voice/${id}/0/keyed`, `voice/${id}/0/left`])
    t.equal((await signed(path, { ...mine, Digits: '1' })).status, 404, path);
  t.equal((await signed(`leg/${leg}/e2`, { ...mine, Digits: '1' }, 'another token')).status, 403);
  t.equal((await signed(`leg/${id}/e2`, { ...mine, Digits: '1' })).status, 400);
  t.equal((await signed(`leg/${leg}/e1;drop`, { ...mine, Digits: '1' })).status, 400);
  t.match((await signed(`leg/${leg}`, foreign)).body, ends);
  const question = Number(/e(\d+)"/.exec((await signed(`leg/${leg}`, mine)).body)?.[1]);
  t.match((await signed(`leg/${leg}/e${question}`, { ...foreign, Digits: '1' })).body, ends);
  t.match((await signed(`leg/${leg}/e999`, { ...mine, Digits: '1' })).body, 'Gather', 'an answer to no question');
  t.match((await signed(`leg/${id}.l7/e${question}`, { ...mine, Digits: '1' })).body, ends, 'a leg that never was');
  await signed(`leg-status/${leg}`, { ...foreign, CallStatus: 'completed', SequenceNumber: '9' });
  await signed('gone', { ...mine, CallStatus: 'completed' });
  customer.isNotRung();
  t.equal((await api(`/api/call-back/${id}`)).body.state, 'ringing-technician');
  await ring.presses('1');
  const other = await customer.rings();
  // The key once more, and the whole leg once more: it is the same call, and its caller.
  t.match((await signed(`leg/${leg}/e${question}`, { ...mine, Digits: '1' })).body, /<Dial action=".*voice/);
  t.match((await signed(`leg/${leg}/e${question}`, { ...mine, Digits: '2' })).body, /<Dial action=".*voice/);
  t.match((await signed(`leg/${leg}`, mine)).body, /<Dial action=".*voice/);
  t.equal((await signed(`voice/${id}`, foreign)).status, 404);
  await signed(`leg-status/${leg}`, { ...mine, CallStatus: 'ringing', SequenceNumber: '0' });
  await other.answers();
  await ring.isTalkingTo(other);
  await ring.hangsUp();
  await other.isHungUp();
  t.match(await over(id), { end: 'talked' });
  // What comes after the end begins nothing.
  const placed = network.channels.size;
  t.match((await signed(`leg/${leg}`, mine)).body, ends);
  t.match((await signed(`leg/${leg}/e${question}`, { ...mine, Digits: '1' })).body, ends);
  t.match((await signed(`voice/${id}`, mine)).body, ends);
  t.match((await signed('voice', mine)).body, ends, 'a CallSid that was is no new caller');
  t.equal(network.channels.size, placed);
});

void t.test('when all is over nothing is left, no rule of Twilio was broken, and the line never failed', async (t) => {
  t.same(await line.api('/api/live'), []);
  t.same(network.violations, []);
  const nameless = network.requests.filter(({ path }) => /\/Calls\/(?!CA)/.test(path));
  t.same(nameless, [], 'nothing is asked about a caller who is not there yet');
  const errors = line.server.log.split('\n').filter((text) => text.includes('"level":50'));
  t.same(errors, []);
});
