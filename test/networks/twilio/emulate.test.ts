// SMS against a Twilio that we did not write (npm `emulate`): our requests, what it keeps of them, its signed webhooks at our doors.
// It delivers nothing by itself and knows no carrier's error codes or STOP: those are tried on our own Twilio (sms.test.ts).
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator } from 'emulate';
import express from 'express';
import t from 'tap';
import { systemClock } from '../../../server/base/clock.ts';
import { silentLog } from '../../../server/base/log.ts';
import type { IncomingSms, SmsReport } from '../../../server/domain/message/port.ts';
import { TwilioCarrier } from '../../../server/networks/twilio/carrier.ts';
import { doors } from '../../../server/networks/twilio/doors.ts';
import { linksFor } from '../../../server/networks/twilio/links.ts';
import { Media } from '../../../server/networks/twilio/media.ts';
import { namesFor } from '../../../server/networks/twilio/names.ts';
import { Rest } from '../../../server/networks/twilio/rest.ts';
import { TwilioSms } from '../../../server/networks/twilio/sms.ts';
import { freePort } from '../../network/ports.ts';

const [line, karim, customer] = ['+33199001000', '+33639980001', '+33612345678'];
const account = 'AC0123456789abcdef0123456789abcdef';
const token = 'un-jeton-pour-le-test';

const app = express();
const server = createServer(app);
await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
const publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const number = { phone_number: line, sms_url: `${publicUrl}/twilio/sms` };
const twilio = await createEmulator({
  service: 'twilio',
  port: await freePort('127.0.0.1'),
  seed: { twilio: { account: { sid: account, auth_token: token }, phone_numbers: [number] } },
});
const access = {
  accountSid: account,
  tokens: [token] as const,
  api: twilio.url,
  publicUrl,
  fallbackUrl: publicUrl,
  callsPerSecond: 1000,
  detectMachines: false,
};
const rest = new Rest(access, systemClock);
const sms = new TwilioSms({ rest, links: linksFor(publicUrl), own: () => [line], clock: systemClock, log: silentLog });
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
  clock: systemClock,
});
app.use(doors({ access, carrier, sms, log: silentLog }).ask);
const reports: SmsReport[] = [];
const received: IncomingSms[] = [];
await sms.start({ reported: (one) => reports.push(one), received: (one) => received.push(one) });
t.teardown(async () => {
  await twilio.close();
  server.close();
  server.closeAllConnections();
});

/** Its helpers for what a network would do. */
const simulate = async (what: string, form: Record<string, string>, secret = token) => {
  const authorization = `Basic ${Buffer.from(`${account}:${secret}`).toString('base64')}`;
  const body = new URLSearchParams(form);
  const answer = await fetch(`${twilio.url}/_twilio/simulate/${what}`, {
    method: 'POST',
    headers: { authorization },
    body,
  });
  return answer.status;
};

void t.test('sent, found in its list, fetched, and reported to us under its signature', async (t) => {
  const sent = await sms.send({ id: 's1.s2', to: karim, text: 'Né à 5 € : la pompe', from: line });
  t.match(sent, { accepted: true, reports: true, reference: /^SM/ });
  const reference = sent.accepted ? (sent.reference ?? '') : '';
  const list = await rest.client.messages.list({ to: karim });
  t.strictSame(
    list.map(({ sid, from, body, direction }) => [sid, from, body, direction]),
    [[reference, line, 'Né à 5 € : la pompe', 'outbound-api']],
  );
  t.equal((await rest.client.messages(reference).fetch()).status, 'queued');
  t.strictSame(reports, [], 'queued is no report');
  t.equal(await simulate('message-status', { MessageSid: reference, Status: 'sent' }), 200);
  t.strictSame(reports, [], 'sent is none either');
  t.equal(await simulate('message-status', { MessageSid: reference, Status: 'delivered' }), 200);
  t.match(reports, [{ id: 's1.s2', delivered: true }]);
  t.equal((await rest.client.messages(reference).fetch()).status, 'delivered');
});

void t.test('not delivered; a long text in parts; refused', async (t) => {
  const lost = await sms.send({ id: 'lost', to: karim, text: 'x' });
  await simulate('message-status', { MessageSid: lost.accepted ? (lost.reference ?? '') : '', Status: 'undelivered' });
  t.match(reports.at(-1), { id: 'lost', delivered: false, why: 'Twilio undelivered' });
  const words = 'Le compresseur numéro trois est en défaut. '.repeat(50).trim();
  await sms.send({ id: 'long', to: '+33639980002', text: words });
  const parts = await rest.client.messages.list({ to: '+33639980002' });
  t.equal(
    parts
      .map(({ body }) => body)
      .reverse()
      .join(' '),
    words,
  );
  t.ok(
    parts.every(({ numSegments }) => Number(numSegments) <= 10),
    'counted as it counts',
  );
  t.match(await sms.send({ id: 'from', to: karim, text: 'x', from: '+33199009999' }), { accepted: false });
});

void t.test('what comes in through it is signed as our doors want it', async (t) => {
  t.equal(await simulate('inbound-message', { From: customer, To: line, Body: 'La pompe fuit à côté' }), 201);
  t.match(received, [{ from: customer, to: line, text: 'La pompe fuit à côté', reference: /^SM/ }]);
  t.equal(await simulate('inbound-message', { From: customer, To: line, Body: 'x' }, 'faux'), 401);
  const unsigned = await fetch(`${publicUrl}/twilio/sms`, {
    method: 'POST',
    body: new URLSearchParams({ From: customer }),
  });
  t.equal(unsigned.status, 403);
  t.equal(received.length, 1);
});
