// A duty taken now: until the next hand-off or a stated end, over clock changes, with those behind kept; and what is refused.
import t from 'tap';
import { emptyOverlay, type Overlay } from '../../../server/domain/planning/changes.ts';
import { onCall } from '../../../server/domain/planning/resolve.ts';
import { planningsNaming, takeDuty } from '../../../server/domain/planning/take.ts';
import { at, on, setOf } from './helpers.ts';

const weekly = `name: X
rotations:
  - { name: r, turns: [[ana, bob], [cid, ana]], every: 1 semaine, handoff: lundi 08:00, start: "2026-01-05" }`;
const set = setOf(weekly);
const taking = (overlay: Overlay, person: string, time: string, until?: string) =>
  takeDuty(set, overlay, {
    planning: 'x',
    person,
    at: at(time),
    ...(until === undefined ? {} : { until: at(until) }),
  });
const laid = (person: string, time: string, until?: string, before = emptyOverlay): Overlay => {
  const taken = taking(before, person, time, until);
  if ('refused' in taken) throw new Error(taken.refused);
  return { changes: [...before.changes, taken.change] };
};

t.test('until the next hand-off: whoever stood behind stays behind, and it ends by itself', (t) => {
  const overlay = laid('eve', '2026-01-07 15:30');
  t.equal(on(set, at('2026-01-07 15:29'), overlay), 'ana bob');
  t.equal(on(set, at('2026-01-07 15:30'), overlay), 'eve bob');
  t.equal(on(set, at('2026-01-12 07:59'), overlay), 'eve bob');
  t.equal(on(set, at('2026-01-12 08:00'), overlay), 'cid ana');
  t.equal(onCall(set, 'x', at('2026-01-08 00:00'), overlay).until, at('2026-01-12 08:00'));
  t.equal(on(set, at('2026-01-08 00:00'), laid('bob', '2026-01-07 15:30')), 'bob', 'the second becomes the first');
  const twice = laid('dan', '2026-01-08 10:00', undefined, overlay);
  t.equal(on(set, at('2026-01-08 10:00'), twice), 'dan bob', 'taken from who took it');
  t.equal(on(set, at('2026-01-08 09:59'), twice), 'eve bob');
  t.end();
});

t.test('a stated end, in local time, over the nights on which the clock changes', (t) => {
  const spring = laid('eve', '2026-03-28 22:00', '2026-03-29 02:30');
  t.equal(on(set, at('2026-03-29T00:59:59Z'), spring), 'eve ana');
  t.equal(on(set, at('2026-03-29T01:00:00Z'), spring), 'cid ana', '02:30 does not exist: 03:00');
  const autumn = laid('eve', '2026-10-24 22:00', '2026-10-25 02:30');
  t.equal(on(set, at('2026-10-25T00:29:59Z'), autumn), 'eve ana');
  t.equal(on(set, at('2026-10-25T00:30:00Z'), autumn), 'cid ana', 'the first of two 02:30');
  const over = laid('eve', '2026-10-23 22:00');
  t.equal(onCall(set, 'x', at('2026-10-24 00:00'), over).until, at('2026-10-26 08:00'), 'the hand-off is local time');
  t.end();
});

t.test('a planning without a hand-off, or with nobody on', (t) => {
  const alone = setOf('name: X\nrotations: [{ name: r, turns: [ana], start: "2026-01-05" }]');
  const taken = takeDuty(alone, emptyOverlay, { planning: 'x', person: 'bob', at: at('2026-02-01 10:00') });
  t.match(taken, { change: { person: 'bob', until: at('2026-02-08 10:00') } }, 'a week, no more');
  const nights = setOf(
    'name: X\nrotations: [{ name: r, turns: [ana], start: "2026-01-05", windows: ["lundi-vendredi 18:00-08:00"] }]',
  );
  const day = takeDuty(nights, emptyOverlay, { planning: 'x', person: 'bob', at: at('2026-02-02 10:00') });
  t.match(day, { change: { person: 'bob', until: at('2026-02-02 18:00') } }, 'until somebody comes on');
  t.end();
});

t.test('what is refused, in one sentence', (t) => {
  const why = (person: string, until?: string) => {
    const taken = taking(emptyOverlay, person, '2026-01-07 15:30', until);
    return 'refused' in taken ? taken.refused : '';
  };
  t.match(why('zoe'), /there is no person "zoe"/);
  t.match(why('ana'), /ANA is on call there already, until lundi 12 janv\. 2026 08:00/);
  t.equal(why('ana', '2026-01-13 08:00'), '', 'longer than the hand-off is another thing');
  t.match(why('eve', '2026-01-07 15:30'), /later than the beginning/);
  t.match(why('eve', '2026-03-01'), /31 days at most/);
  t.match(takeDuty(set, emptyOverlay, { planning: 'y', person: 'ana', at: 0 }), {
    refused: /no planning "y"; there are: x/,
  });
  t.end();
});

t.test('the plannings that name somebody', (t) => {
  const ids = (person: string, overlay = emptyOverlay) => planningsNaming(set, overlay, person).map(({ id }) => id);
  t.strictSame(ids('cid'), ['x']);
  t.strictSame(ids('eve'), []);
  t.strictSame(ids('eve', laid('eve', '2026-01-07 15:30')), ['x']);
  t.end();
});
