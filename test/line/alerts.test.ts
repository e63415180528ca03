// Alerts on the whole line: a caller raises one, people are told by SMS and by telephone, and answer in every way there is.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { vigie } from '../cli/vigie.ts';
import { gatewayToken, openGateway } from '../engine/alerts/gateway.ts';
import type { TwilioNetwork } from '../networks/twilio/network.ts';
import { until } from '../waiting.ts';
import { startLine } from './line.ts';

type Shown = {
  n: number;
  phase: string;
  about: { caller?: string; recording?: string };
  holder: { name: string; by: string } | null;
  closed: { name: string; by: string; note?: string } | null;
  notices: { kind: string; person: string; channel: string; state: string; why: string | null; at: string }[];
};
const onTwilio = process.env.TEST_CARRIER === 'twilio';
const apiToken = 'un-jeton-bien-assez-long';
const karimNumber = '+33639980001';
const leaNumber = '+33639980002';
/** `every: 0.1` of the policies, ms. */
const stepMs = 6_000;

const codeIn = (text = ''): string => /\b(?:PRIS) (\d{6})\b/.exec(text)?.[1] ?? '';

t.test('an urgency until somebody says « I have it »', async (t) => {
  const gateway = await openGateway();
  const flows = mkdtempSync(join(tmpdir(), 'vigie-alert-house-'));
  cpSync('test/line/alert-house', flows, { recursive: true });
  const written = join(flows, 'messages.yaml');
  // The gateway stands in for the ticket tool too: its port is known only now.
  writeFileSync(written, readFileSync(written, 'utf8').replace('http://127.0.0.1:1/tickets', gateway.url));
  const line = await startLine({
    flows,
    plannings: 'test/line/alert-plannings',
    env: {
      HELPDESK_TOKEN: `Bearer ${gatewayToken}`,
      VIGIE_SMS_URL: gateway.url,
      VIGIE_SMS_TOKEN: gatewayToken,
      VIGIE_API_TOKEN: apiToken,
      VIGIE_LISTEN_MS: '0',
      // Twilio reaches us there too: its line has one that works.
      ...(onTwilio ? {} : { VIGIE_PUBLIC_URL: 'http://astreinte.exemple.fr' }),
    },
  });
  t.teardown(async () => {
    await line.stop();
    gateway.stop();
    rmSync(flows, { recursive: true, force: true });
  });
  const { network } = line;
  const home = () => `http://127.0.0.1:${line.server.http}`;
  gateway.knows(home);
  const karim = network.phone(karimNumber, 'Karim').behaves('rings');
  const lea = network.phone(leaNumber, 'Léa').behaves('rings');
  const api = async (path: string, body?: object, token = apiToken) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${home()}${path}`, {
      headers,
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: (await response.json()) as Shown & { error?: string } };
  };
  const shown = async (n: number) => (await api(`/api/alerts/${n}`)).body;
  const twilioSaid = (words: string) =>
    (network as unknown as TwilioNetwork).messages.find(({ body }) => body.startsWith(words));
  const toKarim = (n: number) =>
    gateway.seen.filter(({ to, text }) => to === karimNumber && text.startsWith(`Alerte ${n} :`));
  /** How long each SMS of an alert came after the one before, by the server's own clock. */
  const waits = async (n: number): Promise<number[]> => {
    const times = (await shown(n)).notices.filter(({ kind }) => kind === 'alert').map(({ at }) => Date.parse(at));
    return times.slice(1).map((at, i) => at - (times[i] ?? 0));
  };
  const raise = async () => {
    const caller = await network.call({ from: '+33612345678', to: '+33199001000', via: 'a' });
    await caller.isAnswered();
    await caller.hears('Votre alerte est transmise');
    await caller.isHungUp();
  };

  await t.test('told by SMS, reminded, climbed, confirmed by an answer', async (t) => {
    await raise();
    const first = await until('an SMS', () => toKarim(1)[0]);
    t.match(first.text, /Fuite d'ammoniac signalée par .* Répondez PRIS \d{6} .* http:\/\/\S+\/a\//);
    if (!onTwilio) t.match(first.text, 'http://astreinte.exemple.fr/a/');
    t.equal(first.key, first.id, 'the same message sent twice is known by its key');
    await until('the next level', () => gateway.seen.find(({ to }) => to === leaNumber));
    t.equal(toKarim(1).length, 2, 'one reminder, then the next level');
    t.ok(
      (await waits(1)).every((ms) => ms >= stepMs),
      `each a step after the one before: ${await waits(1)} ms`,
    );
    await gateway.replies(leaNumber, 'prís 1');
    const asked = await until('a word back', () => gateway.seen.find(({ text }) => text.includes('PAS CONFIRMEE')));
    t.equal((await shown(1)).phase, 'open', 'a number alone can be forged');
    t.equal((await gateway.replies(leaNumber, `prís ${codeIn(asked.text)} merci`)).status, 204);
    const held = await shown(1);
    t.match(held, { phase: 'held', holder: { name: 'Léa Martin', by: 'sms' } });
    await until('the news', () =>
      gateway.seen.find(({ to, text }) => to === karimNumber && text.includes("Léa Martin s'en occupe")),
    );
    await until('delivery reports', async () =>
      (await shown(1)).notices.filter(({ kind }) => kind === 'alert').every(({ state }) => state === 'delivered'),
    );
  });

  await t.test('the command line and the API, with their refusals', async (t) => {
    t.match((await vigie(line.env, ['alerts'])).out, /^ +1 {2}prise par Léa Martin {2}Fuite d'ammoniac/);
    t.equal((await vigie(line.env, ['alerts'])).code, 0);
    const story = await vigie(line.env, ['alert', '1']);
    t.match(story.out, /SMS à Karim Haddad : reçu/);
    t.match(story.out, /Léa Martin prend l’alerte/);
    const second = await vigie(line.env, ['alert', 'ack', '1', '--as', 'karim']);
    t.strictSame([second.code, second.err], [1, 'vigie alert: Léa Martin has it\n']);
    t.equal((await vigie(line.env, ['alert', 'ack', '99'])).code, 1);
    t.equal((await vigie(line.env, ['alert', 'ack', '1', '--as', 'personne'])).code, 2);
    t.equal((await vigie(line.env, ['alert'])).code, 2);
    t.equal((await api('/api/alerts/1', undefined, 'faux')).status, 401);
    t.equal((await api('/api/alerts/99')).status, 404);
    t.equal((await api('/api/alerts/1/ack', { name: 'X' })).status, 409);
    t.equal((await api('/api/alerts/1/ack', {})).status, 400);
    t.equal((await api('/api/alerts/1/ack', { person: 'personne' })).status, 400);
    t.equal((await api('/api/alerts/1/explode', { name: 'X' })).status, 404);
    t.equal((await gateway.tell({ type: 'sms', from: karimNumber, text: 'PRIS 1' }, 'faux')).status, 403);
    t.equal((await gateway.tell({ type: 'sms', from: 'x', text: '' })).status, 400);
    const done = await vigie(line.env, ['alert', 'resolve', '1', '--as', 'lea', '--note', 'vanne fermée']);
    t.equal(done.code, 0, done.err);
    t.match(await shown(1), { phase: 'resolved', closed: { name: 'Léa Martin', note: 'vanne fermée' } });
    t.equal((await api('/api/alerts/1/ack', { person: 'karim' })).status, 409, 'closed is closed');
  });

  await t.test('killed between two reminders: goes on where it was; confirmed by the link', async (t) => {
    await raise();
    await until('an SMS', () => toKarim(2)[0]);
    await line.server.kill();
    await line.server.start();
    const second = await until('the reminder', () => toKarim(2)[1]);
    t.ok(((await waits(2))[0] ?? 0) >= stepMs, 'not before its time');
    t.equal(new Set(gateway.seen.map(({ id }) => id)).size, gateway.seen.length, 'nothing was sent twice');
    const path = /\/a\/[\w.-]+/.exec(second.text)?.[0] ?? '';
    const page = await (await fetch(`${home()}${path}`)).text();
    t.match(page, /Fuite d&#39;ammoniac/);
    t.match(page, /<form method="post"><button name="act" value="take">Je m’en occupe<\/button>/);
    t.equal((await shown(2)).phase, 'open', 'looking confirms nothing');
    t.match(await (await fetch(`${home()}${path}`, { method: 'POST' })).text(), /alerte 2 est à vous/);
    t.match(await shown(2), { phase: 'held', holder: { name: 'Karim Haddad', by: 'link' } });
    t.equal((await fetch(`${home()}${path}x`)).status, 404);
    t.equal((await api('/api/alerts/2/hand-over', { person: 'karim', to: 'lea' })).status, 200);
    await until('Léa is told', () =>
      gateway.seen.find(({ to, text }) => to === leaNumber && text.startsWith('Alerte 2 :')),
    );
    t.equal((await api('/api/alerts/2/resolve', { name: 'Helpdesk' })).body.phase, 'resolved');
  });

  await t.test('told by a call: 2 is the next person at once, who hears the message and presses 1', async (t) => {
    const caller = await network.call({ from: '+33612345678', to: '+33199001001', via: 'a' });
    await caller.isAnswered();
    await karim.rings();
    await karim.answers();
    await karim.hears('Pour prendre cette alerte');
    await karim.presses('2');
    await karim.isHungUp();
    await lea.rings();
    await lea.answers();
    await lea.hears('Pour prendre cette alerte');
    await lea.presses('1');
    await lea.hears('cette alerte est à vous');
    await lea.isHungUp();
    const alert = await shown(3);
    t.match(alert, { phase: 'held', holder: { name: 'Léa Martin', by: 'key' } });
    t.strictSame(
      alert.notices
        .filter(({ kind }) => kind === 'alert')
        .map(({ person, channel, state }) => [person, channel, state]),
      [
        ['karim', 'call', 'delivered'],
        ['lea', 'call', 'delivered'],
      ],
    );
    await caller.hangsUp();
    await api('/api/alerts/3/resolve', { name: 'fin' });
  });

  await t.test('two telephones, one answer by SMS: the one that rings stops', async (t) => {
    const caller = await network.call({ from: '+33612345678', to: '+33199001001', via: 'a' });
    await caller.isAnswered();
    await karim.rings();
    await gateway.replies(leaNumber, 'OK 4');
    const asked = await until('a word back', () =>
      gateway.seen.find(({ text }) => text.startsWith('Alerte 4 : réponse')),
    );
    t.equal((await gateway.replies(leaNumber, `OK ${codeIn(asked.text)}`)).status, 204);
    await karim.isHungUp();
    t.match(await shown(4), { phase: 'held', holder: { name: 'Léa Martin' } });
    t.strictSame((await shown(4)).notices.map(({ state }) => state)[0], 'stopped');
    await caller.hangsUp();
    await api('/api/alerts/4/resolve', { name: 'fin' });
  });

  await t.test('a message that was left becomes an alert, and the gateway being down does not lose it', async (t) => {
    gateway.behaves('is down');
    // What the gateway does not take goes by Twilio, where there is one.
    const firstEnd = onTwilio ? 'delivered' : 'failed';
    const caller = await network.call({ from: '+33612345678', to: '+33199001002', via: 'a' });
    await caller.hears('Laissez un message', { whole: true });
    await caller.hearsPause();
    await caller.says(new Int16Array(8000 * 4).map((_, i) => 8000 * Math.sin(i / 3)));
    await caller.isHungUp();
    const alert = await until('the alert', async () => {
      const found = await shown(5);
      return found.phase === 'open' && found.notices.some(({ state }) => state === firstEnd) && found;
    });
    t.match(alert.about.recording, /\.wav$/);
    if (onTwilio) t.ok(await until('told by Twilio instead', () => twilioSaid('Alerte 5 :')));
    else t.match(alert.notices[0]?.why, /503/);
    gateway.behaves('delivers');
    await until('told after all', () => gateway.seen.find(({ text }) => text.startsWith('Alerte 5 :')));
    await api('/api/alerts/5/resolve', { name: 'fin' });
  });

  await t.test('a flow writes, and opens a ticket whose reference the caller hears', async (t) => {
    const before = gateway.seen.length;
    const caller = await network.call({ from: '+33612345678', to: '+33199001003', via: 'a' });
    await caller.hears('Votre ticket est le');
    await caller.hears('Votre ticket est ouvert');
    await caller.isHungUp();
    const record = await until('the record', async () =>
      (await line.records(1)).find(({ called }) => called === '+33199001003'),
    );
    t.match(record.values, { ticket: /^ref-\d+$/ });
    const fresh = gateway.seen.slice(before);
    t.ok(fresh.some(({ to, text }) => to === karimNumber && text === 'Appel de +33612345678 sur la ligne Ticket.'));
    t.match(
      fresh.find(({ key }) => key?.endsWith('.e2')),
      { title: 'Appel de +33612345678', line: 'Ticket' },
    );
    await until('the rule for missed calls', () =>
      gateway.seen.find(({ to, text }) => to === leaNumber && text === 'Appel de +33612345678 sur Ticket : informé.'),
    );
    t.match((await vigie(line.env, ['messages'])).out, /envoyé {2}ticket helpdesk/);
  });

  await t.test('a technician calls back the last caller as the line', async (t) => {
    const customer = network.phone('+33612345678', 'le client').behaves('rings');
    const technician = await network.call({ from: karimNumber, to: '+33199001004', via: 'a' });
    await technician.hears('Votre code', { whole: true });
    await technician.presses('111111#');
    await technician.hears('Code refusé');
    await technician.hears('Votre code', { whole: true });
    await technician.presses('739154#');
    await technician.hears('Nous rappelons');
    const ring = await customer.rings();
    t.match(ring.shows, /199001004$/, 'the customer sees the line, not the technician');
    await customer.answers();
    await technician.isTalkingTo(customer.call);
    await technician.hangsUp();
    await customer.isHungUp();
    const record = await until('the record', async () =>
      (await line.records(1)).find(({ called }) => called === '+33199001004'),
    );
    t.notMatch(JSON.stringify(record), /739154|111111/, 'no code is on record');
  });

  /** The message of a caller, told to Karim by telephone. @returns the number of its alert */
  async function messageIsTold(n: number) {
    const caller = await network.call({ from: '+33612345678', to: '+33199001005', via: 'a' });
    await caller.hears('Laissez un message', { whole: true });
    await caller.hearsPause();
    await caller.says(new Int16Array(8000 * 4).map((_, i) => 8000 * Math.sin(i / 3)));
    await caller.isHungUp();
    return { n, ring: await karim.rings() };
  }

  await t.test('the message that was left is heard in the call, and once more after a star', async (t) => {
    const { n, ring } = await messageIsTold(6);
    await ring.answers();
    for (const time of ['first', 'second']) {
      await ring.hears('Voici le message laissé', { whole: true });
      // No words of ours: what the caller said.
      await ring.hearsSound();
      await ring.hears('Pour prendre cette alerte');
      if (time === 'first') await ring.presses('*');
    }
    await ring.presses('1');
    await ring.hears('cette alerte est à vous');
    await ring.isHungUp();
    t.match(await shown(n), { phase: 'held', holder: { name: 'Karim Haddad', by: 'key' } });
    await api(`/api/alerts/${n}/resolve`, { name: 'fin' });
  });

  await t.test('killed while it rings, and while somebody listens: rung once, and their key counts', async (t) => {
    // A server needs seconds of our time to come back: phones must not have stopped ringing by then.
    if (onTwilio) (network as unknown as TwilioNetwork).speed = 1;
    for (const moment of ['ringing', 'listening']) {
      const n = moment === 'ringing' ? 7 : 8;
      const caller = await network.call({ from: '+33612345678', to: '+33199001001', via: 'a' });
      await caller.isAnswered();
      const ring = await karim.rings();
      await until('it is known to ring', async () => (await shown(n)).notices[0]?.state === 'sent');
      if (moment === 'listening') {
        await ring.answers();
        await ring.hears('Pour prendre cette alerte');
      }
      await line.server.kill();
      await line.server.start();
      if (moment === 'ringing') await ring.answers();
      await ring.hears('Pour prendre cette alerte');
      await ring.presses('1');
      await ring.hears('cette alerte est à vous');
      await ring.isHungUp();
      t.match(await shown(n), { phase: 'held', holder: { name: 'Karim Haddad', by: 'key' } }, moment);
      t.equal((await shown(n)).notices.filter(({ kind }) => kind === 'alert').length, 1, moment);
      karim.isNotRung();
      lea.isNotRung();
      await caller.hangsUp();
      await api(`/api/alerts/${n}/resolve`, { name: 'fin' });
    }
  });

  await t.test('taken by command while the server was down: nobody is rung for it any more', async (t) => {
    const caller = await network.call({ from: '+33612345678', to: '+33199001001', via: 'a' });
    await caller.isAnswered();
    const ring = await karim.rings();
    await line.server.kill();
    // Nobody takes it in yet, and the command says so.
    t.equal((await vigie(line.env, ['alert', 'ack', '9', '--as', 'lea'])).code, 1);
    await line.server.start();
    await ring.isHungUp();
    karim.isNotRung();
    t.match(await until('held', async () => (await shown(9)).phase === 'held' && shown(9)), {
      holder: { name: 'Léa Martin' },
    });
    await caller.hangsUp();
  });

  await t.test('nothing broke the rules of the network, and the line never failed', async (t) => {
    if (onTwilio) t.same((network as unknown as TwilioNetwork).violations, []);
    const errors = line.server.log.split('\n').filter((text) => text.includes('"level":50'));
    t.same(errors, []);
  });
});
