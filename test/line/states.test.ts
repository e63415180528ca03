// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Asterisk's own variables, sent as text that means harm.
// Callers who leave in every state, callers who are hostile, a reload in the middle of a call, and a caller that nobody here wrote.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { CallOptions } from '../network/network.ts';
import { sippCall } from '../network/sipp.ts';
import { until } from '../waiting.ts';
import {
  calls,
  edit,
  kept,
  legsOf,
  liveCalls,
  neverLeftInSilence,
  nobodyIsLeft,
  recordFrom,
  startScene,
  vigie,
} from './scene.ts';

const line = await startScene();
t.teardown(() => line.stop());
const { network } = line;
const stages = '+33199002010';
const phone = (last: string, name: string) => network.phone(`+336399810${last}`, name);
const call = (t: Test, from: string, more: Partial<CallOptions> = {}) => calls(t, line, { from, to: stages, ...more });

t.test('a caller hangs up: in a menu, collecting, while it rings, is asked, talks, and leaves a message', async (t) => {
  const quentin = phone('71', 'Quentin');
  const rose = phone('72', 'Rose');
  const simon = phone('73', 'Simon');
  const from = (n: number) => `+3361234810${n}`;

  const menu = await call(t, from(1));
  await menu.hears('Première étape');
  await menu.hangsUp();

  const collecting = await call(t, from(2));
  await collecting.hears('Première étape');
  await collecting.presses('1');
  await collecting.hears('quatre chiffres du code');
  await collecting.presses('12');
  await collecting.hangsUp();

  const ringing = await call(t, from(3));
  await ringing.hears('Première étape');
  await ringing.presses('2');
  const first = await quentin.rings();

  // The first is on another call now, so the second is rung, and so on.
  const asking = await call(t, from(4));
  await asking.hears('Première étape');
  await asking.presses('2');
  const second = await rose.rings();
  await second.answers();
  await second.hearsSound();

  const talking = await call(t, from(5));
  await talking.hears('Première étape');
  await talking.presses('2');
  const third = await simon.rings();
  await third.answers();
  await third.hearsSound();
  await third.presses('1');
  await talking.isTalkingTo(third);

  const leaving = await call(t, from(6));
  await leaving.hears('Première étape');
  await leaving.presses('3');
  await leaving.hears('Dites ce qui se passe', { whole: true });

  t.equal((await liveCalls(line)).length, 4);
  for (const [caller, ring] of [
    [ringing, first],
    [asking, second],
    [talking, third],
  ] as const) {
    t.notOk(ring.isOver);
    await caller.hangsUp();
    await ring.isHungUp();
  }
  await leaving.hangsUp();
  neverLeftInSilence(t, line, menu, collecting, ringing, asking, talking, leaving);
  const records = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => recordFrom(line, from(n))));
  t.same(
    records.map(({ outcome }) => outcome),
    ['hung-up', 'hung-up', 'hung-up', 'hung-up', 'talked', 'hung-up'],
  );
  const cause = (n: number) => legsOf(records[n - 1] ?? (records[0] as never)).at(-1);
  t.equal(cause(3), 'quentin answered-elsewhere');
  t.equal(cause(4), 'rose answered-elsewhere');
  t.equal(cause(5), 'simon normal');
  const alerts = records.map(({ id }) => kept(line, 'alerts_raised', id).length);
  t.same(alerts, [0, 0, 1, 1, 0, 0], 'whoever was sought and not found is not forgotten');
  await nobodyIsLeft(line);
});

t.test('an edited flow: whoever is in a call stays in the old one, the next caller has the new', async (t) => {
  const file = join(line.files.flows, 'etapes.yaml');
  const before = readFileSync(file, 'utf8');
  const old = await call(t, '+33612348201');
  await old.hears('Première étape');
  const mark = line.server.log.length;
  const published = (words: string) =>
    until(`the log says "${words}"`, () => (line.server.log.slice(mark).includes(words) ? true : undefined));

  // The new text is one that the line says already: what is heard can be told from the old one.
  edit(file, (text) => text.replace('Composez les quatre chiffres du code.', 'Dites ce qui se passe après le signal.'));
  await published('published');
  const fresh = await call(t, '+33612348202');
  await fresh.hears('Première étape');
  await Promise.all([old.presses('1'), fresh.presses('1')]);
  await old.hears('Composez les quatre chiffres');
  await fresh.hears('Dites ce qui se passe');
  await Promise.all([old.hangsUp(), fresh.hangsUp()]);
  const [one, other] = await Promise.all(['+33612348201', '+33612348202'].map((from) => recordFrom(line, from)));
  t.not(one?.flowVersion, other?.flowVersion, 'each record names the version it was led by');

  // A broken file changes nothing, and says where it is broken.
  edit(file, (text) => text.replace('then: sonnerie', 'then: nulle-part'));
  const row =
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('nulle-part')) + 1;
  await published(`etapes.yaml:${row}:`);
  const third = await call(t, '+33612348203');
  await third.hears('Première étape');
  await third.presses('1');
  await third.hears('Dites ce qui se passe');
  await third.hangsUp();
  t.equal((await recordFrom(line, '+33612348203')).flowVersion, other?.flowVersion, 'the valid one stays');
  writeFileSync(file, before);
  const last = await until('the mended file is used', async () => {
    const from = '+33612348204';
    const caller = await call(t, from);
    await caller.hangsUp();
    const record = await recordFrom(line, from);
    return record.flowVersion === one?.flowVersion ? record : undefined;
  });
  t.ok(last);
  neverLeftInSilence(t, line, old, fresh, third);
});

const nasty = [
  { name: '"; DROP TABLE calls; --', from: '0$(reboot)' },
  { name: '${SHELL(id)}', from: "06'12||34" },
  { name: '../../../etc/passwd', from: '+33612348301&PJSIP/x' },
  { name: 'a'.repeat(300), from: '9'.repeat(60) },
  { name: '‮gnirts <script>alert(1)</script>', from: '%s%n%x' },
] as const;

t.test('numbers, names and headers that mean harm are only text', async (t) => {
  const trap = join(line.dir, 'trap');
  const means = async ({ name, from }: (typeof nasty)[number]) => {
    const headers = {
      'X-Vigie': `\${SHELL(touch ${trap})}$(touch ${trap})`,
      'P-Asserted-Identity': '"x" <sip:\';--@evil>',
    };
    const caller = await call(t, from, { name, headers, diversion: '`id`' });
    await caller.hears('Première étape');
    await caller.presses('1');
    await caller.presses('A*#B');
    await caller.hangsUp();
    neverLeftInSilence(t, line, caller);
  };
  await Promise.all(nasty.map(means));
  await nobodyIsLeft(line);
  t.notOk(existsSync(trap), 'no shell was reached');
  const said = await vigie(line.env, 'calls', '--since', '1h', '--json');
  t.equal(said.code, 0);
  const all = JSON.parse(said.out) as { caller: string; called: string }[];
  for (const { caller } of all) t.match(caller, /^(\+?\d{0,20})$/, `the caller is on record as "${caller}"`);
  t.ok(all.length >= 10 + nasty.length, 'the table is still there, with all of them');
});

t.test('a number called that is none of ours, however it is written: a stated end', async (t) => {
  const refused = async (to: string) => {
    const caller = await calls(t, line, { from: '+33612348401', to: encodeURIComponent(to).replaceAll("'", '%27') });
    if (/^\+?\d+$/.test(to)) await caller.hears("n'est pas en service");
    await caller.isHungUp();
  };
  await Promise.all(['+33199009999', '0199009999', '00', '${SHELL(id)}', "'; DROP TABLE calls"].map(refused));
  await nobodyIsLeft(line);
  const next = await call(t, '+33612348402');
  await next.hears('Première étape');
  await next.hangsUp();
});

t.test('SIPp, which nobody here wrote, calls, presses its keys and talks', async (t) => {
  const quentin = phone('71', 'Quentin');
  const from = '+33612348501';
  const { a } = network.carriers;
  const server = { host: '127.0.0.1', port: Number(line.env.VIGIE_SIP_PORT) };
  // The recorded keys carry rising timestamps: a receiver takes them in rising order only.
  const keys = [
    { afterMs: 3000, key: '1' },
    { afterMs: 2500, key: '2' },
    { afterMs: 600, key: '5' },
    { afterMs: 600, key: '7' },
    { afterMs: 600, key: '9' },
  ];
  const called = sippCall({
    carrier: a,
    server,
    from,
    to: stages,
    keys,
    staysMs: 9000,
    headers: ['X-Evil: ${SHELL(id)}'],
  });
  const ring = await quentin.rings();
  await ring.answers();
  await ring.hearsSound();
  await ring.presses('1');
  await called;
  await ring.isHungUp();
  const record = await recordFrom(line, from);
  t.equal(record.outcome, 'talked');
  t.match(record.values, { code: '2579' });
  t.equal(record.who, 'quentin');
});

t.test('when all is over nothing is left, and the line never failed', async (t) => {
  await nobodyIsLeft(line);
  const errors = line.server.log
    .split('\n')
    .filter((text) => text.includes('"level":50') && !text.includes('the edited files are not used'));
  t.same(errors, []);
});
