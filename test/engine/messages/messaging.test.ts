// Written messages and tickets: fixed words, one per person, retried for a day, dead letters that can be sent again, on a real database and real HTTP.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { silentLog } from '../../../server/base/log.ts';
import { message, messages } from '../../../server/cli/messages.ts';
import { type Delivery, longestMs } from '../../../server/domain/message/deliveries.ts';
import { dueNow, movedBetween, stretchesOf } from '../../../server/domain/message/duty.ts';
import { readMessages } from '../../../server/domain/message/load.ts';
import { fillJson, type MessageRule, messagesSchema, type Tool } from '../../../server/domain/message/rules.ts';
import { callPosts, type Ended } from '../../../server/domain/message/team.ts';
import { Courier } from '../../../server/engine/messages/courier.ts';
import { Saving } from '../../../server/engine/saving.ts';
import { openMailer } from '../../../server/networks/mail/mailer.ts';
import { openTicket } from '../../../server/networks/tickets/ticket.ts';
import { openStore } from '../../../server/store/store.ts';
import { JumpClock, settled } from '../alerts/house.ts';

const toolOf = (url: string, more: Partial<Tool> = {}): Tool => ({
  url,
  headers: { Authorization: 'HELPDESK_TOKEN' },
  sign: 'HELPDESK_SECRET',
  body: {},
  reference: 'ticket.id',
  ...more,
});
const env = { HELPDESK_TOKEN: 'Bearer abc', HELPDESK_SECRET: 'chut' };

async function helpdesk() {
  const seen: { body: string; headers: Record<string, unknown> }[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      seen.push({ body, headers: request.headers });
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ticket: { id: `T-${seen.length}` } }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return {
    seen,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tickets`,
    stop,
    answers: (next: number) => {
      status = next;
    },
  };
}

t.test('a ticket: signed, under its key, its reference read', async (t) => {
  const config = await helpdesk();
  t.teardown(config.stop);
  const body = JSON.stringify(
    fillJson(
      { subject: 'Appel de {caller}', tags: ['{machine}', 1, true, null] },
      { caller: '+33612345678', machine: 'presse", "x": "' },
    ),
  );
  t.strictSame(
    JSON.parse(body),
    { subject: 'Appel de +33612345678', tags: ['presse", "x": "', 1, true, null] },
    'a value never becomes structure',
  );
  t.strictSame(await openTicket(toolOf(config.url), 'c1.e1', body, env), {
    accepted: true,
    reports: false,
    reference: 'T-1',
  });
  const [first] = config.seen;
  t.equal(first?.headers['idempotency-key'], 'c1.e1');
  t.equal(first?.headers.authorization, 'Bearer abc');
  t.equal(first?.headers['x-vigie-signature'], `sha256=${createHmac('sha256', 'chut').update(body).digest('hex')}`);
  for (const [status, again] of [
    [500, true],
    [429, true],
    [401, true],
    [400, false],
    [404, false],
  ] as const) {
    config.answers(status);
    t.match(await openTicket(toolOf(config.url), 'x', body, env), {
      accepted: false,
      again,
      why: new RegExp(String(status)),
    });
  }
  config.answers(409);
  t.match(await openTicket(toolOf(config.url), 'x', body, env), { accepted: true }, 'there already');
  t.match(await openTicket(toolOf(config.url), 'x', body, {}), {
    accepted: false,
    again: true,
    why: /HELPDESK_TOKEN is not set/,
  });
  t.match(await openTicket(toolOf('http://127.0.0.1:9/'), 'x', body, env), {
    accepted: false,
    again: true,
    why: /cannot be reached/,
  });
});

t.test('retried with pauses for a day, then a dead letter, which may be sent again', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-messages-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  const opened = openStore(join(dir, 'vigie.db'));
  if (!opened.ok) throw new Error('no database');
  const store = opened.value;
  const clock = new JumpClock();
  let answer: 'down' | 'wrong' | 'good' = 'down';
  const tried: number[] = [];
  const done: string[] = [];
  const open = () =>
    new Courier({
      clock,
      log: silentLog,
      saving: new Saving({ clock, log: silentLog, recovered: () => {} }),
      store: store.deliveries,
      leading: () => true,
      ticket: async () => {
        tried.push(clock.now());
        if (answer === 'good') return { accepted: true, reports: false, reference: 'T-9' };
        return { accepted: false, why: answer, again: answer === 'down' };
      },
      onDone: (delivery, reference) => done.push(`${delivery.id} ${reference}`),
    });
  const first = open();
  first.hand('c1.e1', { by: 'ticket', tool: 'x', body: '{}' }, 'c1');
  first.hand('c1.e1', { by: 'ticket', tool: 'x', body: 'other' }, 'c1');
  first.start();
  await settled();
  const minutes = async (count: number) => {
    for (let i = 0; i < count; i++) {
      clock.advance(60_000);
      await settled();
    }
  };
  await minutes(10);
  t.ok(tried.length >= 5 && tried.length <= 8, `${tried.length} tries in ten minutes`);
  await first.stop();
  const second = open();
  second.start();
  const before = tried.length;
  await minutes(60);
  t.ok(tried.length > before, 'a restart goes on');
  t.match(store.deliveries.get('c1.e1')?.parcel, { by: 'ticket', body: '{}' }, 'the first words stay');
  await minutes(longestMs / 60_000);
  t.match(store.deliveries.get('c1.e1'), { state: 'dead', answer: 'down' });
  const atEnd = tried.length;
  await minutes(60);
  t.equal(tried.length, atEnd, 'given up');
  const said: string[] = [];
  const io = {
    out: (line: string) => void said.push(line),
    err: (line: string) => void said.push(line),
    now: () => clock.now(),
    open: () => ({ ok: true as const, value: { deliveries: store.deliveries, sms: store.sms, close: () => {} } }),
  };
  t.equal(await messages(['--dead'], io), 1);
  t.match(said.join('\n'), /MORT {2}ticket x {2}c1\.e1/);
  answer = 'good';
  t.equal(await message(['resend', 'c1.e1'], io), 0);
  await minutes(1);
  t.strictSame(done, ['c1.e1 T-9']);
  t.equal(await message(['resend', 'c1.e1'], io), 1, 'sent already');
  t.equal(await message(['resend', 'zz'], io), 1);
  t.equal(await message(['explode'], io), 2);
  t.equal(await messages(['--what'], io), 2);
  answer = 'wrong';
  second.hand('c2.e1', { by: 'ticket', tool: 'x', body: '{}' });
  await minutes(1);
  t.match(
    store.deliveries.get('c2.e1') as Delivery,
    { state: 'dead', tries: 1 },
    'what can never succeed is not tried again',
  );
  await second.stop();
  store.close();
});

const rule = (more: Partial<MessageRule> & Pick<MessageRule, 'on'>): MessageRule => ({
  by: 'sms',
  text: '{caller} {outcome}',
  loud: false,
  person: 'lea',
  ...more,
});
const lea = { person: 'lea', language: 'fr', sms: '+33639980001', email: 'lea@exemple.fr' };
const ended: Ended = {
  call: 'c1',
  line: 'Dépannage',
  outcome: 'message',
  recording: '/x.wav',
  facts: { caller: '+33612345678', outcome: 'message laissé' },
};

t.test('one event, one message per person', (t) => {
  const posts = (rules: MessageRule[], told: string[] = [], call = ended) =>
    callPosts(
      rules,
      call,
      () => [lea],
      () => new Set(told),
    ).map(({ id }) => id);
  t.strictSame(
    posts([rule({ on: 'call' }), rule({ on: 'missed' }), rule({ on: 'message', by: 'mail' })]),
    ['c1.call.lea.sms'],
    'the first rule that concerns them',
  );
  t.strictSame(posts([rule({ on: 'missed' })], ['lea']), [], 'an alert told her');
  t.strictSame(posts([rule({ on: 'call' }), rule({ on: 'message', by: 'mail', loud: true })], ['lea']), [
    'c1.message.lea.mail',
  ]);
  t.strictSame(posts([rule({ on: 'missed' })], [], { ...ended, outcome: 'talked' }), []);
  t.strictSame(posts([rule({ on: 'call', lines: ['Autre'] })]), []);
  const [mail] = callPosts(
    [rule({ on: 'message', by: 'mail', subject: 'De {caller}', text: { fr: 'Bonjour', en: 'Hello' } })],
    ended,
    () => [{ ...lea, language: 'en' }],
    () => new Set(),
  );
  t.strictSame(mail?.parcel, {
    by: 'mail',
    to: ['lea@exemple.fr'],
    subject: 'De +33612345678',
    text: 'Hello',
    attachments: [{ file: '/x.wav', name: 'message.wav' }],
  });
  t.end();
});

t.test('duties: begin, the evening before, moved; each said once', (t) => {
  const hour = 3_600_000;
  const on = (from: number, until: number, ...people: string[]) => ({
    from: from * hour,
    until: until * hour,
    people: people.map((person) => ({ person })),
  });
  const stretches = stretchesOf('p', [
    on(0, 10, 'a'),
    on(10, 20, 'a', 'b'),
    on(20, 30, 'b'),
    on(30, 40),
    on(40, 50, 'b'),
  ]);
  t.strictSame(
    stretches.map(({ person, from, until }) => [person, from / hour, until / hour]),
    [
      ['a', 0, 20],
      ['b', 10, 30],
      ['b', 40, 50],
    ],
  );
  const evening = (start: number) => start - 5 * hour;
  t.strictSame(
    dueNow(stretches, 10 * hour, evening).map(({ id }) => id),
    ['period.p.36000000.b'],
  );
  t.strictSame(dueNow(stretches, 10 * hour + 16 * 60_000, evening), [], 'a quarter of an hour later it is no news');
  t.strictSame(
    dueNow(stretches, 35 * hour, evening).map(({ id }) => id),
    ['eve.p.144000000.b'],
  );
  const later = stretchesOf('p', [on(0, 20, 'a'), on(41, 50, 'b')]);
  t.strictSame(
    movedBetween(stretches, later, 30 * hour).map(({ on: what, stretch }) => [
      what,
      stretch.person,
      stretch.from / hour,
    ]),
    [['moved', 'b', 41]],
  );
  t.strictSame(movedBetween(stretches, stretches, 0), []);
  t.end();
});

t.test('the file of messages, and what is wrong in it', (t) => {
  const known = { plannings: new Set(['garde']), people: new Set(['lea']) };
  const wrong = (inner: string) => {
    const read = readMessages({ file: 'messages.yaml', text: `rules:\n  - ${inner}\n` }, known);
    return read.ok ? 'nothing' : read.problems.map(({ line, message: words }) => `${line} ${words}`).join('; ');
  };
  t.equal(wrong('{ on: period, by: sms, text: x }'), 'nothing');
  t.match(wrong('{ on: call, planning: gard, by: sms, text: x }'), /^2 there is no planning "gard"/);
  t.match(wrong('{ on: call, by: sms, text: x }'), /^2 a message names 0/);
  t.match(wrong('{ on: call, person: lea, by: mail, text: x }'), /^2 a mail needs a subject/);
  t.match(wrong('{ on: jamais, person: lea, by: sms, text: x }'), /^2 /);
  t.notOk(messagesSchema.safeParse({ tools: { a: { url: 'ftp://x', body: {} } } }).success);
  t.notOk(
    messagesSchema.safeParse({ tools: { a: { url: 'https://x', body: {}, headers: { Authorization: 'Bearer abc' } } } })
      .success,
    'a secret in a file is refused',
  );
  t.end();
});

t.test('e-mail over SMTP, with the recording; a server that refuses or is not there', async (t) => {
  const lines: string[] = [];
  let refuse = false;
  const answer = (line: string): string => {
    if (line.startsWith('EHLO')) return '250-essai\r\n250 8BITMIME\r\n';
    if (line === 'DATA') return '354 go\r\n';
    if (line === 'QUIT') return '221 bye\r\n';
    return refuse && line.startsWith('RCPT') ? '550 no such user\r\n' : '250 ok\r\n';
  };
  const server = createTcp((socket) => {
    let data = false;
    const said = (line: string): void => {
      lines.push(line);
      if (data && line !== '.') return;
      data = line === 'DATA';
      socket.write(answer(line));
    };
    socket.write('220 essai\r\n');
    socket.on('error', () => {});
    socket.on('data', (chunk) =>
      chunk
        .toString()
        .split('\r\n')
        .filter((one) => one !== '')
        .forEach(said),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const dir = mkdtempSync(join(tmpdir(), 'vigie-mail-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'message.wav'), 'RIFFsound');
  const mailer = openMailer(
    { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}?starttls=no`, from: 'vigie@exemple.fr' },
    silentLog,
  );
  const mail = {
    id: 'a1.n1',
    to: ['lea@exemple.fr'],
    subject: 'Alerte 1',
    text: 'Bonjour',
    attachments: [
      { file: join(dir, 'message.wav'), name: 'message-1.wav' },
      { file: join(dir, 'gone.wav'), name: 'gone.wav' },
    ],
  };
  t.match(await mailer.send(mail), { accepted: true, reports: false });
  const raw = lines.join('\n');
  t.match(raw, /RCPT TO:<lea@exemple\.fr>/);
  t.match(raw, /filename=message-1\.wav/);
  t.match(raw, Buffer.from('RIFFsound').toString('base64'));
  t.notMatch(raw, /gone\.wav/);
  refuse = true;
  t.match(await mailer.send(mail), { accepted: false, again: false });
  const nobody = openMailer({ url: 'smtp://127.0.0.1:9', from: 'x@exemple.fr' }, silentLog);
  t.match(await nobody.send(mail), { accepted: false, again: true });
  await mailer.stop();
  await nobody.stop();
});
