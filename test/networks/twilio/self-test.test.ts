// The line on Twilio tests itself: called from another number of the account, keys both ways, every leaf; nobody is rung, and misses are told.
import { existsSync } from 'node:fs';
import t from 'tap';
import { emptyNumber, number, startTwilioHouse } from './self-test-house.ts';

const { line, network, karim, lea, tests } = await startTwilioHouse();
t.teardown(() => line.stop());
const over = (leaf = 'essai/fin') => tests('--line', number, '--leaf', leaf);

t.test('every leaf of the flow: keys each way, and no telephone rings', async (t) => {
  for (const [leaf, ending] of [
    ['essai/fin', 'told'],
    ['essai/message', 'message'],
    ['essai/appel', 'talked'],
    ['essai/appel-code', 'talked'],
  ] as const) {
    const test = await over(leaf);
    t.match(test, { code: 0, state: 'passed', line: number, trunk: 'twilio', leaf, fault: null }, JSON.stringify(test));
    const record = await line.over(test.call ?? '');
    t.match(record, { carrier: 'twilio', outcome: ending, called: number, caller: emptyNumber });
    t.type(record.test, 'string', 'its record is marked');
    if (record.recording) t.notOk(existsSync(record.recording), 'and its message is not kept');
  }
  t.equal(network.recordings.size, 0, 'nor at Twilio');
  t.equal(karim.rung.length + lea.rung.length, 0);
  t.same(network.violations, []);
});

t.test('webhooks that come twice and out of order change nothing', async (t) => {
  Object.assign(network.chaos, { duplicates: true, reorders: true });
  t.match(await over('essai/appel'), { code: 0, fault: null });
  t.match(await over('essai/message'), { code: 0, fault: null });
  Object.assign(network.chaos, { duplicates: false, reorders: false });
});

t.test('told as it goes, listed, and told as a test on record', async (t) => {
  const told = await line.vigie('self-test', '--line', number, '--leaf', 'essai/appel-code');
  t.equal(told.code, 0);
  for (const words of [
    'décroché après',
    'entend l.appelant : son code',
    'tape 4',
    'dans la même salle',
    'Essai réussi',
  ])
    t.match(told.out, new RegExp(words));
  const list = await line.vigie('self-test', '--list');
  t.match(list.out, /\+33199003000\n {2}par twilio : réussi il y a/);
  t.notMatch(list.out, 'carrier-a', 'trunks.yaml is none of its business');
  t.match((await line.vigie('doctor')).out, `${number} par twilio : essai réussi`);
  const { call } = await over('essai/appel');
  const story = (await line.vigie('call', call ?? '')).out;
  t.match(story, /essai de la ligne par elle-même/);
  t.match(story, /le répondeur d’essai, à la place de Karim.*, par twilio : prend l’appel/);
  t.notMatch(story, /a parlé au demandeur|on sonne/);
});

t.test('wrong use', async (t) => {
  t.match(await tests('--trunk', 'carrier-a'), { code: 1, state: 'skipped', fault: { what: 'not-planned' } });
  t.match(await tests('--leaf', 'essai/pris'), { code: 1, state: 'skipped', fault: { what: 'not-planned' } });
  t.equal(karim.rung.length + lea.rung.length, 0);
  t.same(network.violations, []);
});
