// The line tests itself, on the wire: its numbers called over each carrier, keys, tones both ways, every leaf; nobody is rung, and two misses are told.
import { existsSync } from 'node:fs';
import t from 'tap';
import { until } from '../waiting.ts';
import { nobodyIsLeft, vigie } from './scene.ts';
import { emptyNumber, nobodyRang, number, recordOf, startSelfTestHouse } from './self-test-house.ts';

const { line, network, karim, lea, tests } = await startSelfTestHouse();
t.teardown(() => line.stop());
const { a } = network.carriers;
const over = (trunk: string, leaf = 'essai/fin') => tests('--line', number, '--trunk', trunk, '--leaf', leaf);
const alerts = async () =>
  JSON.parse((await vigie(line.env, 'alerts', '--all', '--json')).out) as { reason: string; phase: string }[];

t.test('every leaf of the flow, over both carriers: keys, tones both ways, and no telephone rings', async (t) => {
  for (const [leaf, trunk, ending] of [
    ['essai/appel', 'carrier-a', 'talked'],
    ['essai/appel-code', 'carrier-b', 'talked'],
    ['essai/message', 'carrier-b', 'message'],
    ['essai/fin', 'carrier-a', 'told'],
  ] as const) {
    const test = await over(trunk, leaf);
    t.match(test, { code: 0, state: 'passed', line: number, trunk, leaf, fault: null }, JSON.stringify(test));
    const record = await recordOf(line, test.call);
    t.match(record, { outcome: ending, called: number, caller: number });
    t.type(record.test, 'string', 'its record is marked');
    if (record.recording) t.notOk(existsSync(record.recording), 'and its message is not kept');
  }
  t.ok(nobodyRang(karim, lea));
  t.same(await line.api('/api/calls'), { calls: [] }, 'a test call is no caller');
  t.same(await alerts(), [], 'and what it would have raised is not raised');
  await nobodyIsLeft(line);
});

t.test('what a flow would have sent stands in the record of the test', async (t) => {
  const record = await recordOf(line, (await over('carrier-a')).call);
  t.match(record.notes, [/^would have been sent: alert « Fuite signalée par/, /^would have been sent: sms « Appel de/]);
  t.match((await vigie(line.env, 'messages')).out, /aucun|no /i);
});

t.test('told as it goes, and what can be tested is listed', async (t) => {
  const told = await vigie(line.env, 'self-test', '--line', number, '--trunk', 'carrier-b', '--leaf', 'essai/appel');
  t.equal(told.code, 0);
  for (const words of ['décroché après', 'les touches passent', 'tape 1', 'entend la ligne', 'Essai réussi'])
    t.match(told.out, words);
  const list = await vigie(line.env, 'self-test', '--list');
  t.match(list.out, /par carrier-b : réussi il y a/);
  t.match(list.out, /essai\/appel-code \(4 \d+#\) : réussi/);
  t.match(list.out, /essai\/pris \(aucune touche n’y mène seule\)/);
});

t.test('an empty planning is a finding, and the way is good', async (t) => {
  const test = await tests('--line', emptyNumber, '--trunk', 'carrier-b');
  t.match(test, { code: 1, state: 'missed', fault: { at: 'leaf', what: 'nobody', detail: 'vide/appel' } });
  const { out } = await vigie(line.env, 'doctor', '--json');
  t.match(out, `${emptyNumber} par carrier-b : essai réussi`);
  t.match(out, /essai manqué il y a 0 min, personne n’est d’astreinte à vide\/appel/);
});

t.test('a carrier that refuses: two misses raise one alert, and a success closes it', async (t) => {
  a.fails(503);
  t.match(await over('carrier-a'), { code: 1, fault: { at: 'way', what: 'refused', detail: /503/ } });
  t.same(await alerts(), [], 'one miss may be chance');
  t.equal((await over('carrier-a')).code, 1);
  const [alert, ...more] = await until('an alert', async () => {
    const all = await alerts();
    return all.length > 0 ? all : undefined;
  });
  t.same(more, []);
  t.match(
    alert?.reason,
    /^Essai de la ligne Essai \(\+33199003000\) par carrier-a : 2 essais manqués\. .*503.* À faire : /,
  );
  t.match(await over('carrier-a'), { code: 1 });
  t.equal((await alerts()).length, 1, 'a third miss is the same alert');
  t.match((await vigie(line.env, 'doctor')).out, /\+33199003000 par carrier-a : essai manqué/);
  const page = async () => (await fetch(`http://127.0.0.1:${line.server.http}/metrics`)).text();
  t.match(await page(), 'vigie_self_test_misses{kind="way",line="Essai",over="carrier-a"} 3');
  t.match(await page(), 'vigie_self_test_passed{kind="way",line="Essai",over="carrier-b"} 1');
  a.recovers();
  t.equal((await over('carrier-a')).code, 0);
  await until('the alert is closed', async () => ((await alerts())[0]?.phase === 'resolved' ? true : undefined));
  t.match(await page(), 'vigie_self_test_misses{kind="way",line="Essai",over="carrier-a"} 0');
  t.match(await page(), /vigie_calls_total\{outcome="talked"\} 0/);
  t.ok(nobodyRang(karim, lea));
});

t.test('wrong use, and a server that is away', async (t) => {
  t.equal((await vigie(line.env, 'self-test', '--line', 'toto')).code, 2);
  t.equal((await vigie(line.env, 'self-test', '--nothing')).code, 2);
  t.match(await tests('--trunk', 'carrier-z'), { code: 1, state: 'skipped', fault: { what: 'not-planned' } });
  t.match(await tests('--leaf', 'essai/pris'), { code: 1, state: 'skipped', fault: { what: 'not-planned' } });
  await line.server.stop();
  const away = await vigie(line.env, 'self-test');
  t.match(away, { code: 1, err: /no server has taken this test up/ });
});
