// What may happen around a test call on Twilio: keys lost one way, a number that arrives elsewhere, refusals, real callers at the same moment.
import t, { type Test } from 'tap';
import { until } from '../../waiting.ts';
import { emptyNumber, number, startTwilioHouse } from './self-test-house.ts';
import { theyTalk } from './talk.ts';

const { line, network, karim, lea, tests, dials, nothingLives, elsewhere } = await startTwilioHouse();
t.teardown(() => line.stop());
const bought = [...network.numbers.values()].find((one) => one.number === number);
const over = (leaf = 'essai/fin') => tests('--line', number, '--leaf', leaf);
const alerts = async () =>
  JSON.parse((await line.vigie('alerts', '--all', '--json')).out) as { reason: string; phase: string }[];

t.test('keys that are lost, each way', async (t) => {
  network.loses = 'keys to the line';
  t.match(await over(), { code: 1, fault: { at: 'way', what: 'keys-lost' } });
  network.loses = 'keys from the line';
  t.match(await over(), { code: 1, fault: { at: 'way', what: 'line-unheard' } });
  network.loses = 'nothing';
  t.match(await over(), { code: 0 });
  await nothingLives();
});

t.test('a number that arrives elsewhere: two misses raise one alert, and a success closes it', async (t) => {
  const voiceUrl = bought?.voiceUrl ?? '';
  if (bought) bought.voiceUrl = elsewhere;
  const wrong = { code: 1, fault: { at: 'way', what: 'not-back', detail: 'décroché ailleurs' } };
  t.match(await over(), wrong);
  t.same(
    (await alerts()).filter(({ phase }) => phase !== 'resolved'),
    [],
    'one may be chance',
  );
  t.match(await over(), wrong);
  const [alert] = await until('an alert', async () => {
    const all = (await alerts()).filter(({ phase }) => phase !== 'resolved');
    return all.length > 0 ? all : undefined;
  });
  t.match(alert?.reason, /par twilio : 2 essais manqués\. .*n’arrive pas jusqu’à nous.* À faire : /);
  t.match((await line.vigie('doctor')).out, `${number} par twilio : essai manqué`);
  if (bought) bought.voiceUrl = voiceUrl;
  t.match(await over(), { code: 0 });
  await until('the alert is closed', async () =>
    (await alerts()).every(({ phase }) => phase === 'resolved') ? true : undefined,
  );
});

t.test('Twilio refuses the call: the number that we show, or a number that calls itself', async (t) => {
  network.trouble.push({ times: 1, http: 400, code: 21210, message: 'not yet verified' });
  t.match(await over(), { code: 1, fault: { at: 'way', what: 'refused', detail: 'Twilio 21210' } });
  for (const [sid, one] of network.numbers) if (one.number !== number) network.numbers.delete(sid);
  network.trouble.push({ times: 1, http: 400, code: 21212, message: 'invalid' });
  t.match(await over(), {
    fault: { what: 'refused', detail: 'Twilio 21212, d’un numéro à lui-même', mend: { fr: /second numéro/ } },
  });
  t.match(await over(), { code: 0 }, 'where it is allowed, one number is enough');
  network.number(emptyNumber, { voiceUrl: bought?.voiceUrl ?? '', statusCallback: bought?.statusCallback ?? '' });
});

t.test('an empty planning is a finding, and the way is good', async (t) => {
  const test = await tests('--line', emptyNumber);
  t.match(test, { code: 1, state: 'missed', fault: { at: 'leaf', what: 'nobody', detail: 'vide/appel' } });
  t.match((await line.vigie('doctor')).out, `${emptyNumber} par twilio : essai réussi`);
});

/** A caller is served as on any day: menu, key, a telephone that rings, a talk. */
async function isServed(t: Test, from: string): Promise<void> {
  const caller = await network.call({ from, to: number });
  await caller.hears("Un pour l'astreinte");
  await caller.presses('1');
  const ring = await karim.rings();
  await theyTalk(caller, ring);
  t.pass(`${from} is served`);
}

t.test('a real caller in the same moment, and a stranger who shows our own number: both are served', async (t) => {
  const first = over('essai/fin');
  await dials();
  await isServed(t, '+33612345001');
  t.match(await first, { fault: null }, 'and the test goes on');
  const second = over('essai/fin');
  await dials();
  await isServed(t, emptyNumber);
  t.match(await second, { fault: null });
  t.equal(lea.rung.length, 0);
});

t.test('no rule of Twilio was broken', async (t) => t.same(network.violations, []));
