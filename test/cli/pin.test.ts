// PINs: hashes that can be used, codes that cannot, and a telephone that is shut out after five wrong ones.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import t from 'tap';
import { silentLog } from '../../server/base/log.ts';
import { pin } from '../../server/cli/pin.ts';
import type { LiveConfiguration } from '../../server/config/configuration.ts';
import { emptyOverlay } from '../../server/domain/planning/changes.ts';
import { readPlannings } from '../../server/domain/planning/load.ts';
import { readTrunks } from '../../server/domain/trunk/load.ts';
import { openPins } from '../../server/engine/technician/pins.ts';
import { openTechnician } from '../../server/engine/technician/technician.ts';
import { openStore, type Store } from '../../server/store/store.ts';

const hashOf = async (code: string): Promise<{ code: number; said: string }> => {
  let said = '';
  const keep = (text: string) => {
    said += text;
  };
  return { code: await pin([], { out: keep, err: keep, read: async () => `${code}\n` }), said };
};

const secret = '0123456789abcdef0123456789abcdef';
const lea = '+33639980002';
const karim = '+33639980001';
const shared = '+33639980009';

t.test('vigie pin', async (t) => {
  const good = await hashOf('739154');
  t.equal(good.code, 0);
  t.match(good.said, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  const weak = [
    '',
    '12345',
    '1234567890123',
    'abcdef',
    '123456',
    '000000',
    '987654',
    '111222',
    '121212',
    '123123',
    '123321',
  ];
  for (const code of [
    ...weak,
    '112233',
    '102030',
    '135791',
    '246802',
    '147258',
    '159753',
    '140789',
    '071489',
    '890714',
  ])
    t.equal((await hashOf(code)).code, 2, code || 'nothing');
  for (const code of ['14071989', '19890714', '07141989', '123456123456', '45674567'])
    t.equal((await hashOf(code)).code, 2, code);
  for (const code of ['739154', '802463', '48291037', '907316425'])
    t.equal((await hashOf(code)).code, 0, `${code} will do`);
  t.equal(
    await pin(['739154'], { out: () => {}, err: () => {}, read: async () => '' }),
    2,
    'never on the command line',
  );
});

t.test('the right code from the right telephone, five wrong ones, a quarter of an hour', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-pin-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  const opened = openStore(join(dir, 'vigie.db'));
  const { said: hash } = await hashOf('739154');
  const plannings = readPlannings([
    {
      file: 'people.yaml',
      text: `lea: { name: Léa, phones: ["06 39 98 00 02"], pin: "${hash}" }\nkarim: { name: Karim, phones: ["06 39 98 00 01"] }\n`,
    },
    { file: 'garde.yaml', text: 'name: Garde\nrotations: [{ name: r, turns: [lea], start: "2026-01-05" }]\n' },
  ]);
  const trunks = readTrunks({ file: 'trunks.yaml', text: 'trunks: { a: { host: 127.0.0.1 } }\n' }, []);
  if (!opened.ok || !plannings.ok || !trunks.ok) throw new Error('the house does not stand');
  const store = opened.value;
  let now = 1_800_000_000_000;
  const config = {
    reading: () => ({ plannings: plannings.value, flows: { lines: {} }, overlay: emptyOverlay }),
    trunks: () => trunks.value,
  } as unknown as LiveConfiguration;
  const { lastCaller } = openTechnician({ store, config, log: silentLog, now: () => now });
  const check = openPins({ store, config, log: silentLog, lastCaller, secret, tell: () => {}, now: () => now });
  const call = (id: string, caller: string, startedAt: number) => ({
    id,
    carrier: 'asterisk',
    called: '+33199001000',
    caller,
    startedAt,
    endedAt: startedAt + 1,
    outcome: 'told' as const,
    flowVersion: 'v',
    path: [],
    legs: [],
    values: {},
    notes: [],
  });
  await store.ledger.take([
    { kind: 'call', body: call('c1', '+33612345678', 1) },
    { kind: 'call', body: call('c2', '+33899000000', 2) },
    { kind: 'call', body: call('c3', '', 3) },
    { kind: 'call', body: call('c4', lea, 4) },
  ]);
  t.strictSame(
    await check(lea, '739154'),
    { person: 'lea', name: 'Léa', last: '+33612345678' },
    'neither hidden, nor premium, nor one of us',
  );
  t.equal(await check('+33639980001', '739154'), null, 'another telephone');
  t.equal(await check('', '739154'), null, 'a hidden number');
  for (let i = 0; i < 5; i++) t.equal(await check(lea, '111111'), null);
  t.equal(await check(lea, '739154'), null, 'shut out, right code or not');
  now += 16 * 60_000;
  t.match(await check(lea, '739154'), { person: 'lea' });
  t.equal(store.audit.count('lea', 'pin accepted', 0), 2);
  store.close();
});

t.test('those who guess', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-guess-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  const [{ said: leaHash }, { said: karimHash }] = await Promise.all([hashOf('739154'), hashOf('802463')]);
  const plannings = readPlannings([
    {
      file: 'people.yaml',
      text: `lea: { name: Léa, phones: ["${lea}", "${shared}"], pin: "${leaHash}" }\nkarim: { name: Karim, phones: ["${karim}", "${shared}"], pin: "${karimHash}" }\n`,
    },
  ]);
  if (!plannings.ok) throw new Error('the people cannot be read');
  const config = { reading: () => ({ plannings: plannings.value }) } as unknown as LiveConfiguration;
  let now = 1_800_000_000_000;
  const told: { person: string; id: string; minutes: number; code: string }[] = [];
  const opened: Store[] = [];
  const house = () => {
    const store = openStore(join(dir, 'vigie.db'));
    if (!store.ok) throw new Error('no database');
    opened.push(store.value);
    const lastCaller = async () => '';
    return {
      store: store.value,
      check: openPins({
        store: store.value,
        config,
        log: silentLog,
        lastCaller,
        secret,
        now: () => now,
        tell: (person, shut) => told.push({ person: person.id, ...shut }),
      }),
    };
  };
  t.teardown(() => {
    for (const store of opened) store.close();
  });
  const { store, check } = house();

  await t.test('the code of somebody else, and a telephone that goes round', async (t) => {
    t.equal(await check(karim, '739154'), null, "Léa's code from Karim's telephone");
    t.match(await check(karim, '802463'), { person: 'karim' });
    t.match(await check(shared, '739154'), { person: 'lea' });
    t.match(await check(shared, '802463'), { person: 'karim' });
    t.equal(await check(shared, '111111'), null);
  });
  await t.test('a hidden caller-ID opens nothing, whoever is behind it', async (t) => {
    for (let i = 0; i < 7; i++) t.equal(await check('', '739154'), null);
    t.ok(store.audit.count('hidden', 'pin refused', 0) === 7, 'each use is audited');
    t.match(await check(lea, '739154'), { person: 'lea' }, 'and shuts nobody else out');
  });
  await t.test('eight calls at once from one caller-ID share five tries', async (t) => {
    const codes = ['111112', '111113', '111114', '111115', '111116', '111117', '739154', '739154'];
    const answers = await Promise.all(codes.map((code) => check(lea, code)));
    t.strictSame(answers, Array(8).fill(null), 'the right code came sixth');
    t.equal(await check(lea, '739154'), null, 'shut out');
    now += 14 * 60_000;
    t.equal(await check(lea, '739154'), null, 'still');
    now += 61_000;
    t.match(await check(lea, '739154'), { person: 'lea' }, 'what was tried while shut out makes it no longer');
  });
  await t.test('a restart gives no try back', async (t) => {
    for (let i = 0; i < 4; i++) t.equal(await check(karim, '111111'), null);
    const again = house();
    t.equal(await again.check(karim, '111111'), null, 'the fifth');
    t.equal(await again.check(karim, '802463'), null, 'shut out by both together');
    now += 15 * 60_000;
    // Killed while a code is being looked at: what was written before counts.
    for (let i = 0; i < 5; i++) again.store.audit.add({ at: now, who: 'karim', what: 'pin tried', detail: '' });
    t.equal(await house().check(karim, '802463'), null);
  });
  await t.test(
    'each time for longer, each time told, and the owner is never kept out by who fakes their number',
    async (t) => {
      now += 48 * 60 * 60_000;
      t.match(await check(lea, '739154'), { person: 'lea' });
      told.length = 0;
      let tries = 0;
      for (const end = now + 24 * 60 * 60_000; now < end; now += 60_000) {
        const before = store.audit.count('lea', 'pin tried', 0);
        await check(lea, `48291${now % 7}`);
        tries += store.audit.count('lea', 'pin tried', 0) - before;
      }
      t.equal(tries, 35, 'somebody who fakes her number all day has 35 tries, not 480');
      t.strictSame(
        told.map(({ minutes }) => minutes),
        [15, 30, 60, 120, 240, 480, 960],
      );
      t.ok(told.every(({ person, id }) => person === 'lea' && id.startsWith('pin.lea.')));
      const code = told.at(-1)?.code ?? '';
      t.match(code, /^\d{6}$/);
      t.equal(await check(lea, '739154'), null, 'her PIN alone, while she is shut out');
      t.equal(await check(lea, `739154${told[0]?.code}`), null, 'an older code');
      t.equal(await check(lea, `802463${code}`), null, 'the code without her PIN');
      t.match(await check(lea, `739154${code}`), { person: 'lea' }, 'with the code of the message');
      t.equal(await check(lea, '739154'), null, 'which opens for nobody else');
      t.match(
        await check(lea, '739154', 'full'),
        { person: 'lea' },
        'where her network vouches for the number, nothing is shut',
      );
      t.equal(await check(lea, '739154', 'failed'), null, 'and a number that is said to be forged opens nothing');
      t.equal(store.audit.count('hidden', 'pin refused', now), 1);
    },
  );
  await t.test('a code that is tried first opens nothing, even where an old hash has it', async (t) => {
    const old = await hash('111222', { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
    const people = readPlannings([
      { file: 'people.yaml', text: `lea: { name: Léa, phones: ["${lea}"], pin: "${old}" }\n` },
    ]);
    if (!people.ok) throw new Error('the people cannot be read');
    const weak = { reading: () => ({ plannings: people.value }) } as unknown as LiveConfiguration;
    const lastCaller = async () => '';
    const tools = { store, config: weak, log: silentLog, lastCaller, secret, tell: () => {} };
    t.equal(await openPins({ ...tools, now: () => now + 1e9 })(lea, '111222'), null);
  });
  t.notOk(readFileSync(join(dir, 'vigie.db')).includes('739154'), 'no code stands in the database');
  t.notOk(readFileSync(join(dir, 'vigie.db-wal')).includes('739154'), 'nor in its journal');
});
