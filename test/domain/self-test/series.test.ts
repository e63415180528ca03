// Whose turn it is, what a test says of its way and of its leaf, and when the next is due.
import t from 'tap';
import type { SelfTest } from '../../../server/domain/flow/set.ts';
import type { Series, TestRow } from '../../../server/domain/self-test/record.ts';
import { dueAfter, judged, leafOf, nextLeaf, nextWay, wayOf, waysIn } from '../../../server/domain/self-test/series.ts';
import type { Fault } from '../../../server/domain/self-test/test.ts';
import { trunk, trunkPlan } from '../call/house.ts';
import { oneFlow } from '../flow/story.ts';

const line = '+33199001000';
const set = oneFlow('start: fin\nnodes:\n  fin: { kind: hangup, say: Au revoir. }\n');
const trunks = trunkPlan([trunk('a'), trunk('b')]);
const ways = waysIn(set, trunks, new Set());
const one = (subject: string, lastAt: number, more: Partial<Series> = {}): [string, Series] => [
  subject,
  { subject, kind: 'way', lastAt, passed: true, misses: 0, ...more },
];
const row = (fault?: Fault): TestRow => ({
  id: 't1',
  state: 'missed',
  wanted: {},
  askedAt: 1,
  line,
  trunk: 'a',
  leaf: 'essai/fin',
  endedAt: 5,
  story: [],
  ...(fault ? { fault } : {}),
});

t.test('the way and the leaf that were not tested for longest', async (t) => {
  t.same(nextWay(ways, set, new Map(), {}), { line, trunk: 'a', carrier: 'asterisk' });
  t.same(nextWay(ways, set, new Map([one(wayOf(line, 'a'), 5)]), {}), { line, trunk: 'b', carrier: 'asterisk' });
  const both = new Map([one(wayOf(line, 'a'), 5), one(wayOf(line, 'b'), 9)]);
  t.same(nextWay(ways, set, both, {}), { line, trunk: 'a', carrier: 'asterisk' });
  t.same(nextWay(ways, set, both, { trunk: 'b' }), { line, trunk: 'b', carrier: 'asterisk' });
  t.equal(nextWay(ways, set, both, { trunk: 'c' }), undefined);
  t.equal(nextWay(ways, set, both, { leaf: 'essai/nulle-part' }), undefined);
  const only = { ...set, selfTest: { everyMs: 1, zone: 'UTC', trunks: ['b'] } };
  t.same(
    nextWay(ways, only, new Map(), {}),
    { line, trunk: 'b', carrier: 'asterisk' },
    'of the trunks that the file names',
  );
  t.same(
    nextWay(ways, only, new Map(), { trunk: 'a' }),
    { line, trunk: 'a', carrier: 'asterisk' },
    'unless another is asked for',
  );
  t.equal(nextLeaf(line, ['f/x', 'f/y'], new Map([one(leafOf(line, 'f/x'), 1)])), 'f/y');
});

t.test('a line that arrives by Twilio is called over Twilio, and over nothing else', async (t) => {
  const both = waysIn(set, trunks, new Set([line]));
  t.same(both, [{ line, trunk: 'twilio', carrier: 'twilio' }]);
  const only = { ...set, selfTest: { everyMs: 1, zone: 'UTC', trunks: ['b'] } };
  t.equal(nextWay(both, only, new Map(), {}), undefined, 'unless the file names other trunks only');
  t.match(nextWay(both, { ...only, selfTest: { ...only.selfTest, trunks: ['twilio'] } }, new Map(), {}), { line });
});

t.test('a fault on the way says nothing of the leaf; one of ours says nothing at all', async (t) => {
  const way = judged(
    row({ at: 'way', what: 'refused', detail: 'SIP 503' }),
    new Map([one(wayOf(line, 'a'), 1, { misses: 1 })]),
  );
  t.match(way, [{ kind: 'way', passed: false, misses: 2, lastAt: 5 }]);
  t.equal(way.length, 1);
  const leaf = judged(row({ at: 'leaf', what: 'nobody', detail: '' }), new Map());
  t.match(leaf, [
    { kind: 'way', passed: true, misses: 0 },
    { kind: 'leaf', passed: false, misses: 1 },
  ]);
  t.same(judged(row({ at: 'ours', what: 'interrupted', detail: '' }), new Map()), []);
  const mended = judged(row(), new Map([one(wayOf(line, 'a'), 1, { misses: 3, alert: 't0.alert' })]));
  t.match(
    mended,
    [{ passed: true, misses: 0, alert: 't0.alert' }, { passed: true }],
    'the alert is still known, to be closed',
  );
  t.notHas(mended[0] as object, { fault: {} });
});

t.test('when the next is due', async (t) => {
  const every: SelfTest = { everyMs: 240 * 60_000, zone: 'Europe/Paris' };
  const at = Date.UTC(2026, 10, 24, 10);
  t.equal(dueAfter(every, at, false), at + every.everyMs);
  t.equal(dueAfter(every, at, true), at + 120_000, 'a miss is looked at again soon');
  t.equal(dueAfter({ ...every, everyMs: 60_000 }, at, true), at + 60_000);
  const office = { ...every, hours: { 'lun-ven': '08:00-18:00' } };
  const evening = Date.UTC(2026, 10, 24, 16, 30);
  t.equal(dueAfter(office, evening, false), Date.UTC(2026, 10, 25, 7), 'not before the hours begin (08:00 in Paris)');
});
