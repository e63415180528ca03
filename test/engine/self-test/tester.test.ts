// The schedule, with a clock in the test's hand: whose turn, when, how misses are told, and what a restart makes of it.
import t from 'tap';
import type { SelfTest } from '../../../server/domain/flow/set.ts';
import { oneFlow } from '../../domain/flow/story.ts';
import { Loop } from '../../domain/self-test/loop.ts';

const flow = oneFlow('start: fin\nnodes:\n  fin: { kind: hangup, say: Au revoir. }\n');
const every = (minutes: number, more: Partial<SelfTest> = {}) => ({
  ...flow,
  selfTest: { everyMs: minutes * 60_000, zone: 'Europe/Paris', ...more },
});
const hour = 3_600_000;
const begin = (minutes: number, more: Partial<SelfTest> = {}) => {
  const loop = new Loop(every(minutes, more));
  t.teardown(() => loop.end());
  return loop;
};
const trunksOf = (loop: Loop) => loop.dialled.map(({ trunk }) => trunk);

t.test('each way in turn, at its time; off when it is not written', async (t) => {
  const loop = begin(60);
  await loop.passes(2);
  t.same(trunksOf(loop), ['a'], 'the first within a minute');
  t.match(loop.dialled[0], { number: '+33199001000', shows: '+33199001000', ringMs: 12_000 });
  await loop.passes(180);
  t.same(trunksOf(loop), ['a', 'b', 'a', 'b']);
  t.match(
    loop.store.selfTests.latest(9),
    Array.from({ length: 4 }, () => ({ state: 'passed', leaf: 'essai/fin' })),
  );
  loop.flows = flow;
  await loop.passes(300);
  t.equal(loop.dialled.length, 4);
});

t.test('what fell due while the server was away is one test, and the turn goes on where it was', async (t) => {
  const loop = begin(60);
  await loop.passes(2);
  loop.tester.stop();
  loop.restart(50 * hour);
  await loop.passes(5);
  t.same(trunksOf(loop), ['a', 'b']);
  await loop.passes(60);
  t.same(trunksOf(loop), ['a', 'b', 'a']);
});

t.test('two misses in a row are told once, within minutes; a success closes it', async (t) => {
  const loop = begin(60, { policy: 'direction', target: { person: 'karim' } });
  loop.carrier = 'refuses';
  await loop.passes(2);
  t.same(loop.raised, [], 'one may be chance');
  await loop.passes(3);
  t.same(trunksOf(loop), ['a', 'a'], 'the same way again, soon');
  t.match(loop.raised, [
    {
      policy: 'direction',
      target: { person: 'karim' },
      reason: /Essai \(\+33199001000\) par a : 2 essais manqués\. .*SIP 503.* À faire/,
    },
  ]);
  await loop.passes(200);
  t.equal(loop.raised.length, 2, 'the other way has its own');
  t.equal(new Set(loop.raised.map(({ id }) => id)).size, 2);
  loop.carrier = 'brings';
  await loop.passes(180);
  t.same(loop.closed.sort(), loop.raised.map(({ id }) => id).sort());
});

t.test('a carrier that swallows the call', async (t) => {
  const loop = begin(60);
  loop.carrier = 'loses';
  await loop.passes(2);
  t.match(loop.store.selfTests.latest(1), [{ state: 'missed', fault: { at: 'way', what: 'not-back' } }]);
});

t.test('killed in the middle: told as such, and made again', async (t) => {
  const loop = begin(60);
  loop.carrier = 'loses';
  await loop.passes(1.05);
  t.equal(loop.store.selfTests.running().length, 1);
  loop.restart(5000);
  loop.carrier = 'brings';
  await loop.passes(4);
  t.match(
    loop.store.selfTests.latest(9).map(({ state }) => state),
    ['passed', 'skipped'],
  );
  t.same(trunksOf(loop), ['a', 'a']);
  t.same(loop.raised, []);
});

t.test('ordered by hand: at once, also where no schedule is written', async (t) => {
  const loop = new Loop(flow);
  t.teardown(() => loop.end());
  const row = { id: 'x', state: 'asked', wanted: { trunk: 'b' }, askedAt: 1, story: [] } as const;
  loop.store.selfTests.save({ ...row, story: [] });
  loop.store.selfTests.save({ ...row, id: 'y', wanted: { leaf: 'essai/nulle-part' }, story: [] });
  await loop.passes(0.5);
  t.same(trunksOf(loop), ['b']);
  t.match(loop.store.selfTests.get('x'), { state: 'passed', trunk: 'b', answerMs: 0, call: 'c1' });
  t.match(loop.store.selfTests.get('y'), { state: 'skipped', fault: { what: 'not-planned' } });
});
