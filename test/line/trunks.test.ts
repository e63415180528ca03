// Carriers that fail, on the wire: whose fault it was decides what comes next, and the caller notices nothing.
import t, { type Test } from 'tap';
import { until } from '../waiting.ts';
import { calls, edit, neverLeftInSilence, nobodyIsLeft, recordFrom, startScene, trunksOf } from './scene.ts';

const line = await startScene({
  env: { CARRIER_A_USER: 'vigie', CARRIER_A_PASSWORD: 'un-secret' },
  prepare: ({ trunks }) =>
    edit(trunks, (text) =>
      text
        .replace(/breaker: .*/, 'breaker: { faults: 3, open seconds: 8 }')
        .replace(
          '    may show: [line, caller]\n',
          '    may show: [line, caller]\n    register: true\n    auth: { user env: CARRIER_A_USER, password env: CARRIER_A_PASSWORD }\n',
        ),
    ),
});
t.teardown(() => line.stop());
const { network } = line;
const { a, b } = network.carriers;
const isRegistered = () => a.seen.some(({ method, from }) => method === 'REGISTER' && from === 'line');
const tania = network.phone('+33639981081', 'Tania');
let last = 33612346000;

/** One call that Tania takes; what the record says of the trunks. */
async function callIsTaken(t: Test): Promise<{ trunks: string[]; invitesToA: number }> {
  const from = `+${++last}`;
  const before = a.invites().length;
  const caller = await calls(t, line, { from, to: '+33199002020', via: 'b' });
  const ring = await tania.rings();
  await ring.answers();
  await ring.hearsSound();
  await ring.presses('1');
  await caller.isTalkingTo(ring);
  await caller.hangsUp();
  await ring.isHungUp();
  neverLeftInSilence(t, line, caller);
  return { trunks: trunksOf(await recordFrom(line, from)), invitesToA: a.invites().length - before };
}

const isUsedAgain = (t: Test) =>
  until('a call goes by the first carrier again', async () =>
    (await callIsTaken(t)).trunks.includes('carrier-a normal') ? true : undefined,
  );

const logSays = (words: string, since: number) =>
  until(`the log says "${words}"`, () => (line.server.log.slice(since).includes(words) ? true : undefined));

t.test(
  '503: the same person by the other carrier, three times; then this carrier is left alone until it is well',
  async (t) => {
    a.fails(503);
    for (let time = 1; time <= 3; time++) {
      const { trunks } = await callIsTaken(t);
      t.same(trunks, ['carrier-a congestion', 'carrier-b normal'], `time ${time}`);
    }
    const spared = await callIsTaken(t);
    t.same(spared.trunks, ['carrier-b normal'], 'the breaker is open');
    t.equal(spared.invitesToA, 0);
    a.recovers();
    await isUsedAgain(t);
  },
);

t.test('403: nothing else to show, so the next carrier at once', async (t) => {
  a.fails(403);
  const { trunks, invitesToA } = await callIsTaken(t);
  t.same(trunks, ['carrier-a forbidden', 'carrier-b normal']);
  t.equal(invitesToA, 1);
  a.recovers();
  t.same((await callIsTaken(t)).trunks, ['carrier-a normal'], 'one refusal does not condemn a carrier');
});

t.test('a black hole, which answers OPTIONS and swallows calls, costs a few seconds once per call', async (t) => {
  a.fails('black-hole');
  const { trunks, invitesToA } = await callIsTaken(t);
  t.same(trunks, ['carrier-a unreachable', 'carrier-b normal']);
  t.equal(invitesToA, 1);
  a.recovers();
  t.same((await callIsTaken(t)).trunks, ['carrier-a normal']);
});

t.test('both dead: the caller is told so, within seconds, and an alert goes out', async (t) => {
  a.fails(503);
  b.fails(503);
  const from = `+${++last}`;
  // Carriers that take no call of ours may still bring theirs.
  const caller = await calls(t, line, { from, to: '+33199002020' });
  await caller.hears('Nos opérateurs sont en panne');
  await caller.isHungUp();
  const record = await recordFrom(line, from);
  t.same(trunksOf(record), ['carrier-a congestion', 'carrier-b congestion']);
  t.equal(record.outcome, 'told');
  tania.isNotRung();
  neverLeftInSilence(t, line, caller);
  a.recovers();
  b.recovers();
  t.same((await callIsTaken(t)).trunks, ['carrier-a normal']);
});

t.test('not registered any more: refused, so the next carrier at once', async (t) => {
  t.ok(isRegistered(), 'we had registered with this one');
  a.fails('unregistered');
  t.same((await callIsTaken(t)).trunks, ['carrier-a forbidden', 'carrier-b normal']);
  a.recovers();
  t.same((await callIsTaken(t)).trunks, ['carrier-a normal']);
});

t.test('silence, as after a cut cable: noticed without a call, so that no caller pays for it', async (t) => {
  const since = line.server.log.length;
  a.fails('silent');
  await logSays('trunk does not answer', since);
  const { trunks, invitesToA } = await callIsTaken(t);
  t.same(trunks, ['carrier-b normal']);
  t.equal(invitesToA, 0);
  const back = line.server.log.length;
  a.recovers();
  await logSays('trunk answers', back);
  await isUsedAgain(t);
});

t.test('when all is over nothing is left', async () => {
  await nobodyIsLeft(line);
});
