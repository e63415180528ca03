// CARRIER=both, on the wire: some numbers arrive by a carrier at Asterisk, others by Twilio, one server leads both. Either may be away,
// at the start or in the middle: the other serves on, and carries the calls that the line places by itself.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { FinishedCall } from '../../../server/domain/call/record.ts';
import { copyFiles, type Line, promptBook } from '../../line/line.ts';
import { edit, nobodyIsLeft, recordFrom, startScene, vigie } from '../../line/scene.ts';
import { freePort } from '../../network/ports.ts';
import { until } from '../../waiting.ts';
import { TwilioNetwork } from './network.ts';
import { theyTalk } from './talk.ts';

const apiToken = 'un-jeton-bien-assez-long';
const atAsterisk = '+33199002020';
const atTwilio = '+33199002002';
const folders = { flows: 'test/line/files/flows', plannings: 'test/line/files/plannings' };

const port = await freePort('127.0.0.1');
const publicUrl = `http://127.0.0.1:${port}`;
const prompts = await promptBook(copyFiles(folders, mkdtempSync(join(tmpdir(), 'vigie-both-'))));
const twilio = await new TwilioNetwork({ prompts, speed: 4 }).start();
twilio.number(atTwilio, { voiceUrl: `${publicUrl}/twilio/voice`, statusCallback: `${publicUrl}/twilio/gone` });

const line: Line = await startScene({
  env: {
    CARRIER: 'both',
    TWILIO_ACCOUNT_SID: twilio.account,
    TWILIO_AUTH_TOKEN: twilio.token,
    TWILIO_API: twilio.api,
    TWILIO_CALLS_PER_SECOND: '50',
    VIGIE_PUBLIC_URL: publicUrl,
    VIGIE_HTTP_PORT: String(port),
    VIGIE_LISTEN_MS: '0',
    VIGIE_API_TOKEN: apiToken,
  },
  prepare: ({ flows, trunks }) => {
    edit(trunks, (text) => `${text}\ntwilio: { own number: "${atTwilio}" }\n`);
    writeFileSync(
      join(flows, 'alert-policies.yaml'),
      'default: par-appel\npolicies: { par-appel: { levels: [{ person: igor, by: [call], every: 5 }] } }\n',
    );
  },
});
t.teardown(async () => {
  await line.stop();
  await twilio.stop();
});
const sip = line.network;
let last = 33612360000;
const fresh = () => `+${++last}`;

const ready = async () => {
  const response = await fetch(`${publicUrl}/readyz`);
  return { status: response.status, ...((await response.json()) as { ready: boolean; carriers: object }) };
};
const isReady = (carriers: object) =>
  until(`ready with ${JSON.stringify(carriers)}`, async () => {
    const now = await ready();
    return JSON.stringify(now.carriers) === JSON.stringify(carriers) ? now : undefined;
  });

/** A caller whom Tania takes, by her telephone at Asterisk's carriers. */
async function talksOverAsterisk(t: Test): Promise<FinishedCall> {
  const from = fresh();
  const caller = await sip.call({ from, to: atAsterisk });
  const ring = await sip.phone('+33639981081', 'Tania').rings();
  await ring.answers();
  await ring.hearsSound();
  await ring.presses('1');
  await caller.isTalkingTo(ring);
  await caller.hangsUp();
  await ring.isHungUp();
  const record = await recordFrom(line, from);
  t.match(record, { carrier: 'asterisk', outcome: 'talked', who: 'tania' });
  return record;
}

/** A caller whom Gilles takes, by his telephone as Twilio rings it. */
async function talksOverTwilio(t: Test): Promise<FinishedCall> {
  const from = fresh();
  const caller = await twilio.call({ from, to: atTwilio });
  const ring = await twilio.phone('+33639981011', 'Gilles').rings();
  await theyTalk(caller, ring);
  const record = await recordFrom(line, from);
  t.match(record, { carrier: 'twilio', outcome: 'talked', who: 'gilles', legs: [{ trunk: 'twilio' }] });
  return record;
}

/** A caller at Twilio gives up: Igor is told by telephone, by whichever network carries it. */
async function givesUp(): Promise<string> {
  const from = fresh();
  const caller = await twilio.call({ from, to: atTwilio });
  await twilio.phone('+33639981011', 'Gilles').rings();
  await caller.hangsUp();
  return from;
}

t.test('a number here, a number there, at the same time', async (t) => {
  await isReady({ asterisk: 'connected', twilio: 'connected' });
  t.match(await ready(), { status: 200, ready: true, degraded: undefined });
  await Promise.all([talksOverAsterisk(t), talksOverTwilio(t)]);
  const metrics = await (await fetch(`${publicUrl}/metrics`)).text();
  for (const name of ['asterisk', 'twilio']) t.match(metrics, `vigie_carrier_connected{carrier="${name}"} 1`);
  t.match(metrics, /vigie_legs_total\{trunk="carrier-a",cause="normal"\} 1/);
  t.match(metrics, /vigie_legs_total\{trunk="twilio",cause="normal"\} 1/);
});

/** A customer who rang over Twilio. */
let overTwilio = '';

/** Asks that this person call this customer back. */
async function callBack(person: string, number: string) {
  const response = await fetch(`${publicUrl}/api/call-back`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ person, number }),
  });
  return { status: response.status, body: (await response.json()) as { id: string; error?: string } };
}

t.test(
  'a customer is called back over the network by which they rang, and sees the number they had rung',
  async (t) => {
    const here = (await talksOverAsterisk(t)).caller;
    const there = (await talksOverTwilio(t)).caller;
    overTwilio = there;
    const asked = [
      { person: 'tania', technician: sip.phone('+33639981081'), customer: sip.phone(here, 'ici'), shows: atAsterisk },
      {
        person: 'gilles',
        technician: twilio.phone('+33639981011'),
        customer: twilio.phone(there, 'là'),
        shows: atTwilio,
      },
    ];
    for (const { person, technician, customer, shows } of asked) {
      customer.behaves('rings');
      t.equal((await callBack(person, customer.number)).status, 202);
      await technician.rings();
      await technician.answers();
      await technician.hears('Pour lancer cet appel');
      await technician.presses('1');
      const rung = await customer.rings();
      t.equal(rung.shows.slice(-9), shows.slice(-9));
      await customer.answers();
      await rung.hangsUp();
      await technician.isHungUp();
    }
    await nobodyIsLeft(line);
  },
);

t.test('an alert by telephone goes by the carrier at Asterisk first', async (t) => {
  await givesUp();
  const ring = await sip.phone('+33639981021', 'Igor').rings();
  await ring.answers();
  await ring.hears('Pour prendre cette alerte');
  await ring.presses('1');
  await ring.hears('cette alerte est à vous');
  await ring.isHungUp();
  t.equal(twilio.phone('+33639981021', 'Igor').rung.length, 0);
});

t.test('Asterisk’s carriers all refuse: the alert is told over Twilio, showing a number of that account', async (t) => {
  const { a, b } = sip.carriers;
  a.fails(503);
  b.fails(503);
  const from = fresh();
  const caller = await sip.call({ from, to: atAsterisk });
  await caller.hears('Nos opérateurs sont en panne');
  await caller.isHungUp();
  const ring = await twilio.phone('+33639981021', 'Igor').rings();
  t.equal(ring.shows, atTwilio, 'the line called is none of the account’s');
  await ring.answers();
  await ring.hears('Pour prendre cette alerte');
  await ring.presses('1');
  await ring.hears('cette alerte est à vous');
  await ring.isHungUp();
  a.recovers();
  b.recovers();
});

t.test('Asterisk is killed: Twilio’s callers notice nothing, alerts go over Twilio, and it comes back', async (t) => {
  await line.asterisk().stop();
  await isReady({ asterisk: 'lost', twilio: 'connected' });
  t.match(await ready(), { status: 200, ready: true, degraded: true });
  t.match(await (await fetch(`${publicUrl}/metrics`)).text(), 'vigie_carrier_connected{carrier="asterisk"} 0');
  await talksOverTwilio(t);
  await givesUp();
  const ring = await twilio.phone('+33639981021', 'Igor').rings();
  await ring.answers();
  await ring.hears('Pour prendre cette alerte');
  await ring.presses('1');
  await ring.isHungUp();

  // Started without it, the server serves what there is.
  await line.server.kill();
  await line.server.start();
  await isReady({ asterisk: 'lost', twilio: 'connected' });
  await talksOverTwilio(t);
  await line.startAsterisk();
  await isReady({ asterisk: 'connected', twilio: 'connected' });
  await talksOverAsterisk(t);
});

t.test(
  'Twilio cannot be reached at the start: Asterisk’s callers are served, and Twilio’s once it is back',
  async (t) => {
    await line.server.kill();
    twilio.isAway = true;
    await line.server.start();
    await isReady({ asterisk: 'connected', twilio: 'lost' });
    await talksOverAsterisk(t);
    t.match(await callBack('gilles', overTwilio), { status: 503, body: { error: /cannot be led now/ } });
    twilio.isAway = false;
    await isReady({ asterisk: 'connected', twilio: 'connected' });
    await talksOverTwilio(t);
  },
);

t.test('a line tests itself over the network by which it arrives', async (t) => {
  const [gilles, tania] = [twilio.phone('+33639981011', 'Gilles').rung.length, sip.phone('+33639981081').rung.length];
  await sip.brings(atAsterisk, 'a');
  const tests = async (number: string) => {
    const { out } = await vigie(line.env, 'self-test', '--json', '--line', number);
    return JSON.parse(out) as { state: string; trunk: string };
  };
  t.match(await tests(atTwilio), { state: 'passed', line: atTwilio, trunk: 'twilio', fault: null });
  t.match(await tests(atAsterisk), { state: 'passed', line: atAsterisk, trunk: 'carrier-a', fault: null });
  const { out } = await vigie(line.env, 'self-test', '--list', '--line', atTwilio);
  t.match(out, /par twilio : réussi/);
  t.notMatch(out, /carrier/);
  t.match((await vigie(line.env, 'doctor')).out, `${atTwilio} par twilio : essai réussi`);
  twilio.isAway = true;
  t.match(await tests(atAsterisk), { state: 'skipped', fault: { what: 'not-planned', detail: /Twilio ne dit pas/ } });
  t.match(await vigie(line.env, 'self-test', '--list'), { code: 1, err: /Twilio does not say/ });
  twilio.isAway = false;
  t.equal(twilio.phone('+33639981011').rung.length, gilles, 'nobody was rung');
  t.equal(sip.phone('+33639981081').rung.length, tania);
});

t.test('when all is over nothing is left, and no rule of Twilio was broken', async (t) => {
  await nobodyIsLeft(line);
  t.same(twilio.violations, []);
});
