// SMS over Twilio: what is sent and reported, what comes in, who is left alone, and what a long text costs.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import t from 'tap';
import { type Clock, systemClock } from '../../../server/base/clock.ts';
import { silentLog } from '../../../server/base/log.ts';
import { OptOuts } from '../../../server/domain/message/opt-outs.ts';
import type { IncomingSms, Sent, SmsProvider, SmsReport } from '../../../server/domain/message/port.ts';
import { measure, smsWarning, split } from '../../../server/domain/message/segments.ts';
import { SmsChain } from '../../../server/networks/sms/chain.ts';
import { TwilioCarrier } from '../../../server/networks/twilio/carrier.ts';
import { doors } from '../../../server/networks/twilio/doors.ts';
import { linksFor } from '../../../server/networks/twilio/links.ts';
import { Media } from '../../../server/networks/twilio/media.ts';
import { namesFor } from '../../../server/networks/twilio/names.ts';
import { Rest } from '../../../server/networks/twilio/rest.ts';
import { TwilioSms } from '../../../server/networks/twilio/sms.ts';
import { until } from '../../waiting.ts';
import { TwilioNetwork } from './network.ts';
import { sid } from './sid.ts';

const network = await new TwilioNetwork({ speed: 50 }).start();
const app = express();
const server = createServer(app);
await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
const publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const line = '+33199001000';
const second = '+33199001001';
/** A number of ours at another carrier. */
const elsewhere = '+33188000009';
network.number(line, { smsUrl: `${publicUrl}/twilio/sms` });
const clock: Clock = systemClock;
const access = {
  accountSid: network.account,
  tokens: [network.token] as const,
  api: network.api,
  publicUrl,
  fallbackUrl: publicUrl,
  callsPerSecond: 1000,
  detectMachines: true,
};
const media = new Media({ ready: () => false, filesOf: () => [] }, '/nowhere', new Uint8Array(), namesFor(['secret']));
const calls = { all: () => [], one: () => undefined };
const carrier = new TwilioCarrier({
  code: () => '0123456789',
  access,
  media,
  calls,
  past: async () => [],
  recordings: '/nowhere',
  log: silentLog,
  clock,
});
const sms = new TwilioSms({
  rest: new Rest(access, clock),
  links: linksFor(publicUrl),
  own: () => [elsewhere, line, second],
  clock,
  log: silentLog,
});
app.use(doors({ access, carrier, sms, log: silentLog }).ask);
t.teardown(async () => {
  await network.stop();
  server.close();
  server.closeAllConnections();
});

const reports: SmsReport[] = [];
const received: IncomingSms[] = [];
const early = network.text({ from: '+33612345699', to: line, body: 'Trop tôt' });
await sms.start({ reported: (report) => reports.push(report), received: (message) => received.push(message) });
const reportOf = (id: string) => until(`a report of ${id}`, () => reports.find((one) => one.id === id));

void t.test('one that comes before anybody listens waits, and is not lost', async (t) => {
  t.equal(await early, 200);
  t.match(received.splice(0), [{ from: '+33612345699', text: 'Trop tôt' }]);
});

void t.test('sent, and reported', async (t) => {
  t.match(await sms.send({ id: 'a1.karim/sms', to: '+33639980001', text: 'Alerte n° 12' }), {
    accepted: true,
    reports: true,
  });
  t.match(
    network.messages.at(-1),
    { to: '+33639980001', from: line, body: 'Alerte n° 12' },
    'from a number that Twilio has',
  );
  t.match(await reportOf('a1.karim/sms'), { delivered: true });
  network.unreachable.add('+33639980002');
  await sms.send({ id: 'a2', to: '+33639980002', text: 'x' });
  t.match(await reportOf('a2'), { delivered: false, why: /30003/ });
});

void t.test(
  'who sends: the first number that Twilio has, the same from then on, another once it is given up',
  async (t) => {
    const to = '+33639980001';
    const asked = async (more: { from?: string } = {}) => {
      const before = network.requests.length;
      const sent = await sms.send({ id: 'who', to, text: 'x', ...more });
      return { sent, from: network.requests.slice(before).map(({ form }) => form.From) };
    };
    t.match(await asked(), { sent: { accepted: true }, from: [line] }, 'it has sent before: no other is asked');
    const refused = await asked({ from: elsewhere });
    t.match(refused, { sent: { accepted: false, again: false, why: /not a Twilio phone number/ }, from: [elsewhere] });
    t.equal(refused.from.length, 1, 'a reply never shows another number');
    const [given] = [...network.numbers].find(([, { number }]) => number === line) ?? [];
    const held = network.numbers.get(given ?? '');
    network.numbers.delete(given ?? '');
    network.number(second);
    t.match(await asked(), { sent: { accepted: true }, from: [line, elsewhere, second] });
    if (given && held) network.numbers.set(given, held);
    t.same((await asked()).from, [second]);
  },
);

void t.test('a long text is cut between words, and counts as arrived with its last part', async (t) => {
  const before = network.messages.length;
  const text = 'Le compresseur numéro trois du groupe froid est en défaut. '.repeat(40).trim();
  t.match(await sms.send({ id: 'long', to: '+33639980001', text }), { accepted: true });
  const parts = network.messages.slice(before).map(({ body }) => body);
  t.ok(parts.length > 1);
  t.equal(parts.join(' '), text);
  t.ok(parts.every((part) => measure(part).segments <= 10));
  await reportOf('long');
  t.equal(reports.filter(({ id }) => id === 'long').length, 1);
});

void t.test('refused by Twilio: for good, or to be tried again', async (t) => {
  t.match(await sms.send({ id: 'b1', to: '+1', text: 'x' }), { accepted: false, again: false });
  network.trouble.push({ times: 1, http: 503, code: 20503, message: 'down' });
  t.match(await sms.send({ id: 'b2', to: '+33639980001', text: 'x' }), { accepted: false, again: true });
  network.optedOut.add('+33639980009');
  t.match(await sms.send({ id: 'b3', to: '+33639980009', text: 'x' }), {
    accepted: false,
    again: false,
    why: /unsubscribed/,
  });
  const asked = network.requests.length;
  t.match(await sms.send({ id: 'b4', to: '+33639980009', text: 'x' }), { accepted: false, why: /STOP/ });
  t.equal(network.requests.length, asked, 'not even asked again');
});

void t.test('received once, never from ourselves, and no machine is fed', async (t) => {
  const name = sid('SM');
  const hello = { from: '+33612345678', to: line, body: 'La pompe fuit', sid: name };
  t.equal(await network.text(hello), 200);
  t.equal(await network.text(hello), 200);
  t.equal(received.length, 1, 'a repetition is dropped');
  t.match(received[0], { from: '+33612345678', to: line, text: 'La pompe fuit', reference: name });
  await network.text({ from: line, to: line, body: 'loop' });
  await network.text({ from: 'INFO', to: line, body: 'advertising' });
  t.equal(received.length, 1);
  for (let i = 0; i < 30; i++) await network.text({ from: '+33612345670', to: line, body: `ping ${i}` });
  t.equal(received.length, 11, 'ten in a minute, no more');
});

void t.test('STOP is kept until START', async (t) => {
  for (const word of ['STOP', ' Stopall.', 'stop !']) {
    const from = `+3361200000${word.length}`;
    await network.text({ from, to: line, body: word });
    t.match(await sms.send({ id: word, to: from, text: 'x' }), { accepted: false, again: false }, word);
    await network.text({ from, to: line, body: 'START' });
    t.match(await sms.send({ id: `${word} 2`, to: from, text: 'x' }), { accepted: true }, word);
  }
  const from = '+33612000099';
  await network.text({ from, to: line, body: 'Plus rien svp', more: { OptOutType: 'STOP' } });
  t.match(
    await sms.send({ id: 'opt', to: from, text: 'x' }),
    { accepted: false, again: false },
    "the network's own word",
  );
  const before = received.length;
  await network.text({ from, to: line, body: 'AIDE', more: { OptOutType: 'HELP' } });
  t.equal(received.length, before, 'answered by the network, passed on to nobody');
  t.equal(
    new OptOuts().judge({ from: '+33612345678', text: 'Stop the pump' }, () => false, 0),
    'welcome',
  );
});

void t.test('bad input at the doors of messages', async (t) => {
  const post = (path: string, headers: Record<string, string>, body: string) =>
    fetch(`${publicUrl}/twilio/${path}`, { method: 'POST', headers, body });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const count = received.length;
  t.equal((await post('sms', form, 'MessageSid=x')).status, 403);
  t.equal((await post('sms', { 'content-type': 'application/json' }, '{}')).status, 415);
  t.equal((await post('sms', form, `Body=${'x'.repeat(100_000)}`)).status, 413);
  t.equal((await post('sms-status/a1/last', form, 'MessageStatus=delivered')).status, 403);
  t.equal(received.length, count);
  t.same(network.violations, []);
});

void t.test('what a text costs', async (t) => {
  t.same(measure('a'.repeat(160)), { encoding: 'gsm-7', units: 160, segments: 1 });
  t.same(measure('a'.repeat(161)), { encoding: 'gsm-7', units: 161, segments: 2 });
  t.same(measure('é€'), { encoding: 'gsm-7', units: 3, segments: 1 });
  t.same(measure('ê'.repeat(70)), { encoding: 'ucs-2', units: 70, segments: 1 }, 'ê is not in the GSM alphabet');
  t.same(measure('ê'.repeat(71)), { encoding: 'ucs-2', units: 71, segments: 2 });
  t.same(measure('😀'), { encoding: 'ucs-2', units: 2, segments: 1 });
  t.same(measure('€'.repeat(77)), { encoding: 'gsm-7', units: 154, segments: 1 });
  t.same(
    measure(`${'a'.repeat(152)}€${'a'.repeat(152)}`),
    { encoding: 'gsm-7', units: 306, segments: 3 },
    'no escape is cut in two',
  );
  t.same(measure('😀'.repeat(67)), { encoding: 'ucs-2', units: 134, segments: 3 }, 'nor a pair');
  t.equal(smsWarning("L'appel de {caller}"), undefined);
  t.equal(smsWarning('’'.repeat(60)), undefined, 'one SMS all the same');
  t.match(smsWarning(`L’appel de {caller} a été manqué. ${'Rappelez-le dès que possible. '.repeat(3)}`), {
    message: 'this text becomes 2 SMS instead of 1 because of ’',
    hint: 'write "\'" for "’"',
  });
  t.match(smsWarning(`${'ê😀'.repeat(30)}`), { hint: 'write "e" for "ê", "?" for "😀"' });
  t.match(smsWarning('a'.repeat(600)), { message: 'this text becomes 4 SMS' });
  t.same(split('', 1), ['']);
  t.same(split('court', 1), ['court']);
  for (const text of ['mot '.repeat(300), 'x'.repeat(1000), '😀'.repeat(200)]) {
    const parts = split(text, 1);
    t.ok(parts.every((part) => part !== '' && measure(part).segments === 1));
    t.equal(parts.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
  }
});

void t.test('one provider fails, the next one sends', async (t) => {
  const provider = (name: string, answer: Sent): SmsProvider => ({
    name,
    start: async () => undefined,
    stop: async () => undefined,
    send: async () => answer,
  });
  const down = provider('down', { accepted: false, why: 'down', again: true });
  const never = provider('never', { accepted: false, why: 'no such number', again: false });
  const good = provider('good', { accepted: true, reports: false });
  const sms = { id: '1', to: '+33639980001', text: 'x' };
  t.match(await new SmsChain([down, good, never]).send(sms), { accepted: true });
  t.match(await new SmsChain([never, down]).send(sms), {
    accepted: false,
    again: true,
    why: 'never: no such number; down: down',
  });
  t.match(await new SmsChain([never, never]).send(sms), { accepted: false, again: false });
});
