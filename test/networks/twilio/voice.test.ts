// Voice on Twilio, on the wire: the whole server with CARRIER=twilio, and Twilio on loopback with its races, repetitions and failures.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { FinishedCall } from '../../../server/domain/call/record.ts';
import { fallbackName } from '../../../server/networks/twilio/fallback.ts';
import { until } from '../../waiting.ts';
import type { Caller } from './network.ts';
import { startTwilioLine, type TwilioLine } from './start.ts';
import { areJoined } from './talk.ts';

// Twilio finds these documents on another host than ours.
const elsewhere = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://elsewhere');
  const file = join(line.dir, 'var', 'twilio-fallback', pathname.slice(1));
  response.setHeader('content-type', 'text/xml');
  if (request.method !== 'GET') response.writeHead(405).end();
  else if (existsSync(file)) response.end(readFileSync(file));
  else response.writeHead(404).end();
});
await new Promise<void>((ready) => elsewhere.listen(0, '127.0.0.1', ready));
const fallbackUrl = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;

const line: TwilioLine = await startTwilioLine({
  flows: 'test/line/files/flows',
  plannings: 'test/line/files/plannings',
  env: { TWILIO_FALLBACK_URL: fallbackUrl },
});
t.teardown(async () => {
  await line.stop();
  elsewhere.close();
});
const { network } = line;
for (const number of network.numbers.values())
  number.voiceFallbackUrl = `${fallbackUrl}${fallbackName(number.number, line.names)}`;
const phone = (last: string, name: string) => network.phone(`+336399810${last}`, name);
const recordFrom = (from: string): Promise<FinishedCall> =>
  until(`the call of ${from} is on record`, async () => {
    const { calls } = await line.api<{ calls: FinishedCall[] }>('/api/calls');
    return calls.find(({ caller }) => caller === from);
  });
const calls = async (t: Test, from: string, last: string): Promise<Caller> => {
  const caller = await network.call({ from, to: `+331990020${last}` });
  t.teardown(async () => (caller.isOver ? undefined : caller.hangsUp()));
  return caller;
};
/** Until the test ends, a second at Twilio is a second. */
const inOurTime = (t: Test): void => {
  const { speed } = network;
  network.speed = 1;
  t.teardown(() => {
    network.speed = speed;
  });
};
const nobodyIsLeft = () =>
  until('no call lives', async () => ((await line.api<unknown[]>('/api/live')).length === 0 ? true : undefined));

t.beforeEach(() => {
  for (const one of network.phones) one.behaves('rings');
});

void t.test('every request twice, every callback late and out of order: one winner, nobody rung twice', async (t) => {
  Object.assign(network.chaos, { duplicates: true, reorders: true });
  t.teardown(() => Object.assign(network.chaos, { duplicates: false, reorders: false }));
  const people = [phone('11', 'Gilles'), phone('12', 'Hélène')] as const;
  const caller = await calls(t, '+33612340001', '02');
  const rings = await Promise.all(people.map((one) => one.rings()));
  await Promise.all(rings.map((ring) => ring.answers()));
  await Promise.all(rings.map((ring) => ring.hears("Pour prendre l'appel")));
  await Promise.all(rings.map((ring) => ring.presses('1')));
  const loser = await Promise.any(rings.map((ring) => ring.isHungUp()));
  const winner = rings.find((ring) => ring !== loser) ?? loser;
  await caller.isTalkingTo(winner);
  await loser.hears('pris par un collègue');
  await caller.hangsUp();
  await winner.isHungUp();
  const record = await recordFrom('+33612340001');
  t.equal(record.outcome, 'talked');
  t.same(record.legs.map(({ cause }) => cause).sort(), ['answered-elsewhere', 'normal']);
  t.same(
    people.map(({ rung }) => rung.length),
    [1, 1],
  );
  t.ok(caller.longestSilence() < 5);
});

void t.test('a caller hangs up in every state: every leg ends, and the record says what happened', async (t) => {
  const from = (n: number) => `+3361234010${n}`;
  const quentin = phone('71', 'Quentin');
  const rose = phone('72', 'Rose');
  const simon = phone('73', 'Simon');
  const menu = await calls(t, from(1), '10');
  await menu.hears('Première étape');
  await menu.hangsUp();
  const collecting = await calls(t, from(2), '10');
  await collecting.hears('Première étape');
  await collecting.presses('1');
  await collecting.hears('quatre chiffres du code');
  await collecting.presses('12');
  await collecting.hangsUp();
  const ringing = await calls(t, from(3), '10');
  await ringing.presses('2');
  const first = await quentin.rings();
  const asking = await calls(t, from(4), '10');
  await asking.presses('2');
  const second = await rose.rings();
  await second.answers();
  await second.hears('astreinte');
  const talking = await calls(t, from(5), '10');
  await talking.presses('2');
  const third = await simon.rings();
  await third.answers();
  await third.hears('astreinte');
  await third.presses('1');
  await talking.isTalkingTo(third);
  const leaving = await calls(t, from(6), '10');
  await leaving.presses('3');
  await leaving.hears('beep', {});
  for (const [caller, ring] of [
    [ringing, first],
    [asking, second],
    [talking, third],
  ] as const) {
    t.notOk(ring.isOver);
    await caller.hangsUp();
    await ring.isHungUp();
  }
  await leaving.says(3000);
  await leaving.hangsUp();
  const records = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => recordFrom(from(n))));
  t.same(
    records.map(({ outcome }) => outcome),
    ['hung-up', 'hung-up', 'hung-up', 'hung-up', 'talked', 'message'],
  );
  t.equal(records[2]?.legs.at(-1)?.cause, 'answered-elsewhere');
  const { recording = '' } = records[5] as FinishedCall;
  await until('the message is fetched', () => (existsSync(recording) ? true : undefined));
  t.equal(readFileSync(recording).subarray(0, 4).toString(), 'RIFF');
  await nobodyIsLeft();
});

void t.test('the winner hangs up first: the caller is freed, and it was a talk', async (t) => {
  const gilles = phone('11', 'Gilles');
  const caller = await calls(t, '+33612340002', '02');
  const ring = await gilles.rings();
  await areJoined(caller, ring);
  await ring.hangsUp();
  await caller.isHungUp();
  t.equal((await recordFrom('+33612340002')).outcome, 'talked');
});

void t.test('machines: the verdict is noted, and decides nothing, however late it comes', async (t) => {
  const igor = phone('11', 'Gilles');
  const verdicts = ['human', 'machine_start', 'fax', 'unknown'];
  const noted = ['human', 'machine', 'tone', 'unsure'];
  for (const [n, answeredBy] of verdicts.entries()) {
    network.amd = { answeredBy, afterMs: n % 2 ? 100 : 3000 };
    const from = `+3361234020${n}`;
    const caller = await calls(t, from, '02');
    const ring = await igor.rings();
    await ring.answers();
    await ring.hears("Pour prendre l'appel");
    // The others' verdict comes after the bridge.
    if (n % 2) await new Promise((later) => setTimeout(later, 60));
    await ring.presses('1');
    await caller.isTalkingTo(ring);
    await caller.hangsUp();
    const record = await recordFrom(from);
    t.equal(record.outcome, 'talked', answeredBy);
    const leg = record.legs.find(({ takenAt }) => takenAt !== undefined);
    if (n % 2) t.equal(leg?.verdict, noted[n], answeredBy);
  }
  network.amd = undefined;
});

void t.test('Twilio refuses: too fast is tried again, all else is blamed on whose fault it is', async (t) => {
  const anna = phone('11', 'Gilles').behaves('takes', { ringMs: 100 });
  phone('12', 'Hélène').behaves('never answers');
  network.trouble.push({ times: 2, http: 429, code: 20429, message: 'Too many requests' });
  const caller = await calls(t, '+33612340301', '02');
  await caller.isTalkingTo(await anna.rings());
  await caller.hangsUp();
  t.equal((await recordFrom('+33612340301')).outcome, 'talked');
  const refusals = [
    { http: 400, code: 21215, cause: 'forbidden', whose: 'carrier' },
    { http: 400, code: 21211, cause: 'bad-number', whose: 'callee' },
    { http: 503, code: 20503, cause: 'congestion', whose: 'carrier' },
  ];
  for (const [n, { http, code, cause, whose }] of refusals.entries()) {
    network.trouble.push({ times: 2, http, code, message: 'refused' });
    const from = `+3361234031${n}`;
    const other = await calls(t, from, '02');
    await other.isAnswered();
    await until('both are refused', () => (network.trouble.length === 0 ? true : undefined));
    await other.hangsUp().catch(() => undefined);
    const record = await recordFrom(from);
    t.match(record.legs[0], { cause, whose }, `${code}`);
  }
});

void t.test('the server is killed while one waits and a phone rings: both go on, nobody is rung twice', async (t) => {
  const gilles = phone('11', 'Gilles');
  phone('12', 'Hélène').behaves('never answers');
  const before = gilles.rung.length;
  // A server needs seconds of our time to come back: phones must not have stopped ringing by then.
  inOurTime(t);
  const caller = await calls(t, '+33612340401', '02');
  const ring = await gilles.rings();
  await caller.hears('music');
  await until('the leg has its name', async () => {
    const live = await line.api<unknown[]>('/api/live');
    return live.length > 0 ? true : undefined;
  });
  await line.server.kill();
  await line.server.start();
  await caller.hears('music');
  await areJoined(caller, ring);
  t.equal(gilles.rung.length, before + 1, 'rung once');

  // Those who talk do not notice.
  await line.server.kill();
  t.notOk(caller.isOver || ring.isOver);
  await line.server.start();
  await caller.isTalkingTo(ring);
  await caller.hangsUp();
  await ring.isHungUp();
  t.equal((await recordFrom('+33612340401')).outcome, 'talked');
  await nobodyIsLeft();
});

void t.test('the server is dead when a caller ends their message: it is kept all the same', async (t) => {
  const caller = await calls(t, '+33612340701', '10');
  await caller.presses('3');
  await caller.hears('beep', {});
  // A process needs a while to die: too long a silence would end the message before a word was said.
  inOurTime(t);
  await line.server.kill();
  await caller.says(3000);
  await caller.hangsUp();
  await line.server.start();
  const { outcome, recording = '' } = await recordFrom('+33612340701');
  t.equal(outcome, 'message');
  await until('the message is fetched', () => (existsSync(recording) ? true : undefined));
  t.equal(readFileSync(recording).subarray(0, 4).toString(), 'RIFF');
});

void t.test(
  'the server is dead: the document that stands elsewhere rings who is on call, and only a key joins',
  async (t) => {
    await line.server.kill();
    phone('01', 'Anna').behaves('busy');
    const bruno = phone('02', 'Bruno').behaves('sleeps');
    const carla = phone('03', 'Carla').behaves('takes', { ringMs: 200 });
    const caller = await calls(t, '+33612340501', '01');
    await caller.hears('Nous cherchons la personne');
    const silent = await bruno.rings();
    await silent.hears('appuyez sur une touche');
    await caller.isNotTalkingTo(silent);
    const ring = await carla.rings();
    await ring.hears('appuyez sur une touche');
    await caller.isTalkingTo(ring);
    await caller.hangsUp();
    await ring.isHungUp();
    await line.server.start();
  },
);

void t.test(
  'the server answers too late: the fallback takes the caller, and who presses the key gets them back',
  async (t) => {
    const gilles = phone('11', 'Gilles');
    phone('12', 'Hélène').behaves('never answers');
    await line.server.kill('SIGSTOP');
    const caller = await calls(t, '+33612340601', '02');
    await caller.hears('Nous cherchons la personne');
    // The fallback rings Gilles as well; so does the server, once it can.
    const fromFallback = await gilles.rings();
    await line.server.kill('SIGCONT');
    const ring = await gilles.rings();
    await areJoined(caller, ring);
    await fromFallback.isHungUp();
    await caller.hangsUp();
    await ring.isHungUp();
    t.equal((await recordFrom('+33612340601')).outcome, 'talked');
  },
);

void t.test('when all is over nothing is left, no rule of Twilio was broken, and the line never failed', async (t) => {
  await nobodyIsLeft();
  t.same(network.violations, []);
  t.ok(network.requests.length > 10, 'requests were made, and checked');
  const errors = line.server.log.split('\n').filter((text) => text.includes('"level":50'));
  t.same(errors, []);
});
