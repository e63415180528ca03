// Levels: a holiday, a dated shift, an override and a taking touch the level they name, and by default the first; the others go on as planned.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { type Change, emptyOverlay, type Overlay } from '../../../server/domain/planning/changes.ts';
import { ladderOf, levelNamed } from '../../../server/domain/planning/levels.ts';
import { onCall } from '../../../server/domain/planning/resolve.ts';
import type { Planning } from '../../../server/domain/planning/schema.ts';
import { type TakingOrder, takeDuty } from '../../../server/domain/planning/take.ts';
import { at, on, problemsOf, setOf } from './helpers.ts';

/** N1 weekly, N2 every day: on at the same time. */
const rotations = `
rotations:
  - { name: N1, every: 1 semaine, handoff: "lundi 08:00", start: 2026-01-05, turns: [ana, bob] }
  - { name: N2, every: 1 jour, handoff: "08:00", start: 2026-01-05, turns: [cid, dan] }`;
const two = (more = '') => setOf(`name: X${rotations}\n${more}`);
const byLevel = (set: ReturnType<typeof two>, time: string, overlay?: Overlay) =>
  onCall(set, 'x', at(time), overlay)
    .people.map(({ level, person }) => `${level}:${person}`)
    .join(' ');
const laid = (set: ReturnType<typeof two>, order: Omit<TakingOrder, 'planning'>): Overlay => {
  const taken = takeDuty(set, emptyOverlay, { planning: 'x', ...order });
  if ('refused' in taken) throw new Error(taken.refused);
  return { changes: [taken.change] };
};

t.test('a duty taken for days leaves the lower level to its own turns', async (t) => {
  const set = two();
  const overlay = laid(set, { person: 'eve', at: at('2026-01-05 10:00'), until: at('2026-01-09 10:00') });
  const days = ['2026-01-05 12:00', '2026-01-06 12:00', '2026-01-07 12:00', '2026-01-08 12:00', '2026-01-09 12:00'];
  t.same(
    days.map((day) => on(set, at(day), overlay)),
    ['eve cid', 'eve dan', 'eve cid', 'eve dan', 'ana cid'],
  );
  const second = laid(set, { person: 'eve', level: 'N2', at: at('2026-01-05 10:00'), until: at('2026-01-07 10:00') });
  t.same(
    days.slice(0, 3).map((day) => on(set, at(day), second)),
    ['ana eve', 'ana eve', 'ana cid'],
    'the second level, by the name of its rotation',
  );
  const unsaid = takeDuty(set, emptyOverlay, { planning: 'x', person: 'eve', level: '2', at: at('2026-01-05 10:00') });
  t.match(unsaid, { change: { level: '2', until: at('2026-01-06 08:00') } }, 'to the next hand-off of that level');
  t.match(takeDuty(set, emptyOverlay, { planning: 'x', person: 'eve', level: 'N3', at: at('2026-01-05 10:00') }), {
    refused: 'the planning "x" has no level "N3"; it has: 1, 2',
  });
});

t.test('the night taken shortly before it begins is taken to its end', async (t) => {
  const nights = setOf(`name: X
rotations:
  - { name: atelier, start: 2026-01-05, windows: [08:00-18:00], turns: [ana], instead: true }
  - { name: nuit, every: 1 jour, handoff: "18:00", start: 2026-01-05, turns: [bob, cid] }`);
  const end = (time: string, until?: string) => {
    const order = { planning: 'x', person: 'eve', at: at(time), ...(until ? { until: at(until) } : {}) };
    const taken = takeDuty(nights, emptyOverlay, order);
    return 'change' in taken ? taken.change.until : taken.refused;
  };
  t.equal(end('2026-01-06 17:30'), at('2026-01-07 08:00'));
  t.equal(end('2026-01-06 18:00'), at('2026-01-07 08:00'));
  t.equal(end('2026-01-06 16:59'), at('2026-01-06 18:00'), 'an hour of the day is a duty of its own');
  t.equal(end('2026-01-06 17:30', '2026-01-06 18:00'), at('2026-01-06 18:00'), 'what is said counts');
  const alone = setOf(
    'name: X\nrotations: [{ name: nuit, every: 1 jour, handoff: "18:00", start: 2026-01-05, windows: ["18:00-08:00"], turns: [bob, cid] }]',
  );
  const taken = takeDuty(alone, emptyOverlay, { planning: 'x', person: 'eve', at: at('2026-01-06 17:30') });
  t.match(taken, { change: { until: at('2026-01-07 08:00') } }, 'with nobody on by day too');
});

t.test('a holiday touches the level of its rotation, and others stay', async (t) => {
  const day = '2026-05-08 12:00';
  t.equal(byLevel(two('holidays: { rotation: N1 }'), day), '1:bob 2:dan');
  t.equal(byLevel(two('holidays: { people: eve }'), day), '1:eve 2:dan', 'people: the first level');
  t.equal(byLevel(two('holidays: { people: eve, level: N2 }'), day), '1:bob 2:eve');
  const both = setOf(`name: X
rotations:
  - { name: N1, every: 1 semaine, handoff: "lundi 08:00", start: 2026-01-05, windows: [lundi-jeudi 08:00-18:00], turns: [ana, bob] }
  - { name: N2, every: 1 jour, handoff: "08:00", start: 2026-01-05, windows: [lundi-jeudi 08:00-18:00], turns: [cid, dan] }
holidays: { rotation: [N1, N2], hours: 00:00-24:00 }`);
  t.equal(byLevel(both, '2026-05-08 22:00'), '1:bob 2:dan', 'a rotation for each level, at all hours');
  t.equal(byLevel(both, '2026-05-15 12:00'), '', 'and only on holidays');
});

t.test('a holiday beside a week-end goes with it', async (t) => {
  const set = setOf(`name: X
rotations:
  - { name: semaine, every: 1 semaine, handoff: "lundi 08:00", start: 2026-01-05, windows: ["lundi-jeudi 08:00-08:00", "vendredi 08:00-18:00"], turns: [ana] }
  - name: week-end
    every: 1 semaine
    handoff: vendredi 18:00
    start: 2026-01-02
    windows: ["vendredi 18:00-24:00", "samedi-dimanche 00:00-24:00", "lundi 00:00-08:00"]
    turns: [bob, cid, dan]
holidays: { hours: 08:00-08:00, rotation: week-end }`);
  const friday = ['2026-05-01 12:00', '2026-05-01 20:00', '2026-05-03 12:00'];
  t.equal(new Set(friday.map((time) => on(set, at(time)))).size, 1, '1 May 2026: one person to Monday');
  const monday = ['2026-04-04 12:00', '2026-04-06 07:59', '2026-04-06 12:00', '2026-04-07 07:59'];
  t.equal(new Set(monday.map((time) => on(set, at(time)))).size, 1, 'Easter Monday: who was on at the week-end');
  t.not(on(set, at('2026-05-14 12:00')), on(set, at('2026-05-16 12:00')), 'a Thursday alone goes by the turns');
  const bridge = setOf(
    `name: X
rotations: [{ name: w, every: 1 semaine, handoff: "vendredi 18:00", start: 2026-01-02, windows: ["vendredi 18:00-24:00", "samedi-dimanche 00:00-24:00"], turns: [bob, cid, dan] }]
holidays: { rotation: w, also: { 2026-05-15: pont } }`,
  );
  t.equal(on(bridge, at('2026-05-14 12:00')), on(bridge, at('2026-05-16 12:00')), 'with the bridge it is one row');
  const daily = setOf(`name: X
rotations: [{ name: n, every: 1 jour, handoff: "08:00", start: 2026-01-05, windows: ["18:00-08:00"], turns: [bob, cid] }]
holidays: { hours: 08:00-08:00, rotation: n }`);
  t.equal(on(daily, at('2026-05-14 12:00')), on(daily, at('2026-05-14 20:00')), 'turns of a day are not drawn out');
});

t.test('the shipped planning of the presses: 1 May 2026 is for whose week-end follows', async (t) => {
  const [people, text] = ['people', 'presses'].map((id) => readFileSync(`plannings/${id}.yaml`, 'utf8'));
  const set = setOf(text as string, people as string);
  const seen = ['2026-05-01 07:59', '2026-05-01 08:00', '2026-05-01 19:00', '2026-05-04 07:59'];
  const first = (time: string) => on(set, at(time)).split(' ')[0];
  t.not(first(seen[0] as string), first(seen[1] as string));
  t.equal(new Set(seen.slice(1).map(first)).size, 1);
});

t.test('a dated shift and an override touch one level', async (t) => {
  const set = two('shifts: [{ from: 2026-02-03 08:00, until: 2026-02-03 20:00, people: eve }]');
  t.equal(byLevel(set, '2026-02-03 12:00'), '1:eve 2:dan');
  const second = two('shifts: [{ from: 2026-02-03 08:00, until: 2026-02-03 20:00, people: eve, level: N2 }]');
  t.equal(byLevel(second, '2026-02-03 12:00'), '1:ana 2:eve');
  const dates = { from: at('2026-02-03'), until: at('2026-02-04') };
  const over = (level?: string): Overlay => {
    const change: Change = { kind: 'override', planning: 'x', people: ['eve'], level, ...dates };
    return { changes: [change] };
  };
  t.equal(byLevel(two(), '2026-02-03 12:00', over()), '1:eve 2:dan');
  t.equal(byLevel(two(), '2026-02-03 12:00', over('2')), '1:ana 2:eve');
});

t.test('levels that nobody names are seen: on at the same time, or relieving each other', async (t) => {
  const ladder = (text: string) => ladderOf(setOf(text).plannings.get('x') as Planning).ofRotation;
  const of = (...windows: string[]) =>
    `name: X\nrotations:\n${windows.map((one, n) => `  - { name: r${n}, start: 2026-01-05, turns: [ana], ${one} }`).join('\n')}`;
  const w = (text: string, more = '') => `windows: ["${text}"]${more}`;
  t.same(ladder(of(w('lundi-vendredi 08:00-18:00'), w('lundi-vendredi 18:00-08:00'))), [0, 0]);
  t.same(ladder(of(w('lundi-vendredi 08:00-18:00'), w('vendredi 17:00-24:00'))), [0, 1]);
  t.same(ladder(of(w('08:00-18:00', ', instead: true'), 'every: 1 jour', 'every: 2 jours')), [0, 0, 1]);
  t.same(ladder(of(w('02:15-14:00'), w('14:00-02:15'))), [0, 0], 'a night on which the clock changes makes no level');
});

t.test('levels with names', async (t) => {
  const set = setOf(`name: X
ring: parallel
levels: [astreinte, { name: cadre, ring: sequential }]
rotations:
  - { name: c, start: 2026-01-05, level: cadre, turns: [[dan, eve]] }
  - { name: a, start: 2026-01-05, turns: [[ana, bob]] }`);
  const { people } = onCall(set, 'x', at('2026-02-03'));
  t.same(
    people.map(({ person, level, ring, priority }) => `${priority} ${person} ${level} ${ring}`),
    ['1 ana astreinte parallel', '2 bob astreinte parallel', '3 dan cadre sequential', '4 eve cadre sequential'],
    'in the order of the levels, not of the file',
  );
  const planning = set.plannings.get('x') as Planning;
  t.same(
    ['astreinte', 'cadre', '2', 'c', '3', 'zut'].map((name) => levelNamed(planning, name)),
    [...[0, 1, 1, 1], ...[undefined, undefined]],
  );
  const broken: [text: string, expected: RegExp][] = [
    ['levels: [a, a]', /^x\.yaml:2:13 two levels are named "a" \(rename one of them\)$/],
    ['levels: []', /at least one level/],
    [
      'levels: [astreinte]\nholidays: { people: ana, level: astreint }',
      /no level "astreint" \(did you mean "astreinte"\?\)$/,
    ],
    ['holidays: { people: ana, level: "3" }', /^x\.yaml:2:33 this planning has no level "3"/],
  ];
  for (const [more, expected] of broken)
    t.match(
      problemsOf(`name: X\n${more}\nrotations: [{ name: r, start: 2026-01-05, turns: [ana] }]`).join('\n'),
      expected,
      more,
    );
  t.match(
    problemsOf('name: X\nrotations: [{ name: r, start: 2026-01-05, turns: [ana], level: cadre }]').join('\n'),
    /no level "cadre" \(name the levels in their order: levels: \[cadre\]\)/,
  );
});
