// Calling back as the line over Twilio, on the wire: one request rings the technician, key 1 makes their leg the caller's channel and rings the
// customer. Requests come twice and out of order, Twilio refuses, and whoever asks for what is not theirs gets nothing.
import t from 'tap';
import { vigie } from '../../cli/vigie.ts';
import { lineNumber, startCallBacks } from './call-backs.ts';
import type { Line } from './line.ts';
import { sid } from './sid.ts';
import { knock } from './webhook.ts';

const scene = await startCallBacks();
const { line, network, karim, customer, api, request, ask, over, isAsked, accepts, endOfLast, isClean } = scene;
t.teardown(line.stop);
const signed = (path: string, params: Record<string, string>, token = network.token) =>
  knock({ url: `${line.publicUrl}/twilio/${path}`, params }, { token, deadlineMs: 15_000, times: () => 1 });
const paramsOf = (one: Line, more: Record<string, string> = {}) => one.channel.params(more);

t.beforeEach(() => {
  for (const one of network.phones) one.behaves('rings');
});
t.afterEach(async () => {
  Object.assign(network.chaos, { duplicates: false, reorders: false });
  await scene.nobodyIsLeft();
});

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

void t.test('when all is over nothing is left, no rule of Twilio was broken, and the line never failed', isClean);
