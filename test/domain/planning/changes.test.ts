// Dated changes by name: whom each puts on call, from when to when, and what it leaves alone.
import t from 'tap';
import type { Change, Overlay, Swap } from '../../../server/domain/planning/changes.ts';
import { onCall } from '../../../server/domain/planning/resolve.ts';
import { changeOfRow, rowOfChange } from '../../../server/domain/planning/saved-change.ts';
import { at, on, problemsOf, setOf } from './helpers.ts';

const over = (...changes: Change[]): Overlay => ({ changes });
const span = (from: string, until: string) => ({ from: at(from), until: at(until) });
const week = span('2026-01-12 08:00', '2026-01-19 08:00');

/** Weeks from Monday 5 January: ana, bob, cid; dan stands behind on a second level. */
const weekly = (handoff = 'lundi 08:00', start = '2026-01-05') =>
  setOf(`{name: X, levels: [N1, N2], rotations: [
    {name: semaine, level: N1, every: 1 semaine, handoff: ${handoff}, start: ${start}, turns: [ana, bob, cid]},
    {name: cadre, level: N2, start: 2026-01-01, turns: [dan]}]}`);

t.test('renfort: somebody beside, behind those who are on', async (t) => {
  const set = weekly();
  const beside = (level?: string): Change => ({
    kind: 'reinforcement',
    planning: 'x',
    people: ['eve'],
    level,
    ...week,
  });
  t.equal(on(set, at('2026-01-13'), over(beside())), 'bob eve dan', 'on the first level unless told');
  t.equal(on(set, at('2026-01-13'), over(beside('N2'))), 'bob dan eve');
  t.equal(on(set, at('2026-01-20'), over(beside())), 'cid dan', 'afterwards no more');
  t.match(onCall(set, 'x', at('2026-01-13'), over(beside())).because, /renfort : EVE jusqu'au lundi 19 janv\. 08:00/);
});

t.test('personne: nobody on purpose, on one level or on all', async (t) => {
  const set = weekly();
  const closed = (level?: string): Change => ({ kind: 'closing', planning: 'x', level, why: 'usine fermée', ...week });
  const none = onCall(set, 'x', at('2026-01-13'), over(closed()));
  t.match(none, { people: [], closed: true });
  t.match(none.because, /personne exprès \(usine fermée\) jusqu'au lundi 19 janv\. 08:00/);
  t.equal(on(set, at('2026-01-13'), over(closed('N2'))), 'bob');
  t.equal(onCall(set, 'x', at('2026-01-13'), over(closed('N2'))).closed, undefined);
  t.equal(on(set, at('2026-01-13'), over(closed(), { kind: 'taking', planning: 'x', person: 'eve', ...week })), 'eve');
  t.equal(
    onCall(setOf('{name: X, shifts: [{from: 2026-01-01, until: 2026-01-02, people: ana}]}'), 'x', at('2026-03-01'))
      .closed,
    undefined,
    'a hole is none',
  );
});

t.test('absence: who steps in, by rule', async (t) => {
  const set = weekly();
  const away = (person: string, more: object = {}): Change => ({ kind: 'absence', person, ...week, ...more });
  t.equal(on(set, at('2026-01-13'), over(away('bob'))), 'dan', 'nobody unless told: those behind go on');
  t.equal(on(set, at('2026-01-13'), over(away('bob', { by: 'eve' }))), 'eve dan');
  t.equal(on(set, at('2026-01-13'), over(away('bob', { next: true }))), 'cid dan', 'the next in the turn');
  t.equal(on(set, at('2026-01-13'), over(away('bob', { next: true }), away('cid'))), 'ana dan', 'who is not away');
  t.equal(
    on(set, at('2026-01-13'), over(away('bob', { by: 'cid' }), away('cid'))),
    'dan',
    'one who is away covers nobody',
  );
  t.equal(on(set, at('2026-01-13'), over(away('bob', { planning: 'other' }))), 'bob dan', 'only there');
  t.match(
    onCall(set, 'x', at('2026-01-13'), over(away('bob', { next: true, why: 'congés' }))).people[0]?.because,
    /absence : BOB \(congés\), CID à sa place/,
  );
});

t.test('remplacement: on the level that it names', async (t) => {
  const set = setOf(
    '{name: X, levels: [N1, N2], rotations: [{name: a, level: N1, start: 2026-01-01, turns: [ana]}, {name: b, level: N2, start: 2026-01-01, turns: [[bob, cid]]}]}',
  );
  const swap = (level?: string): Change => ({
    kind: 'replacement',
    person: 'bob',
    by: 'eve',
    planning: 'x',
    level,
    ...week,
  });
  t.equal(on(set, at('2026-01-13'), over(swap())), 'ana eve cid');
  t.equal(on(set, at('2026-01-13'), over(swap('N1'))), 'ana bob cid', 'they are not on there');
  t.equal(on(set, at('2026-01-13'), over(swap('N2'))), 'ana eve cid');
});

const swap = (rotation?: string): Swap => ({
  kind: 'swap',
  from: week.from,
  until: at('2026-01-26 08:00'),
  why: 'mariage',
  duties: [
    { planning: 'x', person: 'bob', rotation, ...week },
    { planning: 'x', person: 'cid', rotation, ...span('2026-01-19 08:00', '2026-01-26 08:00') },
  ],
});

t.test('échange: each has the duty of the other, and nothing else', async (t) => {
  const set = weekly();
  const weeks = ['2026-01-06', '2026-01-13', '2026-01-20', '2026-01-27', '2026-02-03'];
  t.same(
    weeks.map((day) => on(set, at(day), over(swap('semaine')))),
    ['ana dan', 'cid dan', 'bob dan', 'ana dan', 'bob dan'],
  );
  t.match(
    onCall(set, 'x', at('2026-01-13'), over(swap())).people[0]?.because,
    /échange \(mariage\) : CID à la place de BOB/,
  );
});

t.test('a swapped duty is its new owner’s: their replacement and absence count', async (t) => {
  const set = weekly();
  t.equal(
    on(set, at('2026-01-13'), over(swap(), { kind: 'absence', person: 'bob', ...week })),
    'cid dan',
    'bob may go',
  );
  t.equal(on(set, at('2026-01-13'), over(swap(), { kind: 'absence', person: 'cid', by: 'eve', ...week })), 'eve dan');
});

t.test('a swap stays with its duty when that moves', async (t) => {
  const moved = weekly('mardi 18:00', '2026-01-06');
  const [before, inside, after] = ['2026-01-13 17:59', '2026-01-13 18:00', '2026-01-20 17:59'];
  t.same(
    [before, inside, after].map((time) => on(moved, at(time), over(swap('semaine')))),
    ['ana dan', 'cid dan', 'cid dan'],
  );
  t.equal(on(moved, at('2026-01-13 17:59'), over(swap())), 'ana dan');
  t.equal(on(moved, at('2026-01-20 09:00'), over(swap())), 'bob dan', 'without a rotation it holds for its time alone');
  const gone = setOf('{name: X, rotations: [{name: autre, start: 2026-01-01, turns: [bob]}]}');
  t.equal(
    on(gone, at('2026-01-13'), over(swap('semaine'))),
    'bob',
    'no such rotation any more: another one of theirs is not given away',
  );
});

t.test('a swap that is taken back ends in both halves, wherever the duties lie', async (t) => {
  const back = { ...swap('semaine'), until: at('2026-01-14') };
  t.same(
    ['2026-01-13', '2026-01-15', '2026-01-20'].map((day) => on(weekly(), at(day), over(back))),
    ['cid dan', 'bob dan', 'cid dan'],
  );
});

t.test('every kind is kept, and read back as it was', async (t) => {
  const all: Change[] = [
    { kind: 'override', planning: 'x', level: 'N1', people: ['ana'], ...week },
    { kind: 'shift', planning: 'x', people: ['ana', 'bob'], why: 'garde', ...week },
    { kind: 'reinforcement', planning: 'x', people: ['ana'], ...week },
    { kind: 'closing', planning: 'x', ...week },
    { kind: 'taking', planning: 'x', person: 'ana', ...week },
    { kind: 'replacement', person: 'ana', by: 'bob', planning: 'x', level: 'N1', ...week },
    { kind: 'absence', person: 'ana', next: true, ...week },
    { kind: 'absence', person: 'ana', by: 'bob', planning: 'x', ...week },
    swap('semaine'),
  ];
  for (const change of all) t.match(changeOfRow(rowOfChange(change)), change, change.kind);
  t.equal(rowOfChange(swap()).kind, 'échange');
  t.match(changeOfRow({ ...rowOfChange(swap()), body: '{"duties":[]}' }), { unreadable: /./ });
});

const written = (changes: string, more = '') =>
  setOf(`{name: X, levels: [N1, N2], rotations: [
    {name: semaine, level: N1, every: 1 semaine, handoff: lundi 08:00, start: 2026-01-05, turns: [ana, bob, cid]},
    {name: cadre, level: N2, start: 2026-01-01, turns: [dan]}], changes: [${changes}]${more}}`);
const dates = 'from: 2026-01-12 08:00, until: 2026-01-19 08:00';

t.test('a file says each kind in the planner’s words, or in English', async (t) => {
  const tuesday = (change: string) => on(written(change), at('2026-01-13'));
  t.equal(tuesday(`{kind: remplacement, person: bob, by: eve, ${dates}}`), 'eve dan');
  t.equal(tuesday(`{kind: replacement, person: bob, by: eve, level: N2, ${dates}}`), 'bob dan');
  t.equal(tuesday(`{kind: absence, person: bob, ${dates}}`), 'dan');
  t.equal(tuesday(`{kind: absence, person: bob, next: true, ${dates}, why: congés, author: Marc}`), 'cid dan');
  t.equal(tuesday(`{kind: renfort, people: eve, ${dates}}`), 'bob eve dan');
  t.equal(tuesday(`{kind: reinforcement, people: [eve, cid], level: N2, ${dates}}`), 'bob dan eve cid');
  t.equal(tuesday(`{kind: personne, ${dates}}`), '-');
  t.equal(tuesday(`{kind: closing, level: N2, ${dates}}`), 'bob');
  t.equal(tuesday(`{kind: prise, person: eve, level: N2, ${dates}}`), 'bob eve');
  t.equal(tuesday(`{kind: changement, people: [eve, ana], ${dates}}`), 'eve ana dan');
  for (const word of ['échange', 'echange', 'swap']) {
    const set = written(`{kind: ${word}, person: bob, duty: 2026-01-13, with: cid, for: 2026-01-20, why: mariage}`);
    t.same(
      ['2026-01-13', '2026-01-20', '2026-01-27'].map((day) => on(set, at(day))),
      ['cid dan', 'bob dan', 'ana dan'],
      word,
    );
  }
  t.equal(
    on(written('{kind: swap, person: ana, duty: 2026-01-13, with: cid, for: 2026-01-20}'), at('2026-01-13')),
    'bob dan',
    'not hers to give',
  );
});

t.test('they count in order, and what is laid over the files counts after them', async (t) => {
  const set = written(
    `{kind: prise, person: eve, ${dates}}, {kind: prise, person: cid, from: 2026-01-14, until: 2026-01-14}`,
  );
  t.same(
    ['2026-01-13', '2026-01-14 12:00', '2026-01-15'].map((time) => on(set, at(time))),
    ['eve dan', 'cid dan', 'eve dan'],
  );
  t.equal(on(set, at('2026-01-14 12:00'), over({ kind: 'taking', planning: 'x', person: 'ana', ...week })), 'ana dan');
});

t.test('an absence of people.yaml holds on every planning', async (t) => {
  const people = `ana: {name: ANA, phones: ["06 39 98 02 00"], absences: [{from: 2026-01-12, until: 2026-01-18, by: bob, why: congés}]}
bob: {name: BOB, phones: ["06 39 98 02 01"]}`;
  const set = setOf('{name: X, rotations: [{name: r, start: 2026-01-01, turns: [ana]}]}', people);
  t.same(
    ['2026-01-11 23:59', '2026-01-12', '2026-01-18 23:59', '2026-01-19'].map((time) => on(set, at(time))),
    ['ana', 'bob', 'bob', 'ana'],
    'the whole of the 18th',
  );
});

t.test('what cannot be is refused where it stands, with the mend', async (t) => {
  const refused = (change: string) =>
    problemsOf(`{name: X, rotations: [{name: r, start: 2026-01-01, turns: [ana]}], changes: [${change}]}`).join('\n');
  t.match(
    refused(`{kind: replacemnt, ${dates}}`),
    /x\.yaml:1:\d+ .*there is no change "replacemnt"; did you mean "replacement"/,
  );
  t.match(refused(`{${dates}}`), /say which kind: remplacement, replacement, absence/);
  t.match(refused(`{kind: prise, person: zoe, ${dates}}`), /nobody is named "zoe"/);
  t.match(
    refused(`{kind: remplacement, person: ana, by: ana, ${dates}}`),
    /"ana" cannot stand in for themselves \(name somebody else\)/,
  );
  t.match(
    refused('{kind: échange, person: ana, with: ana, duty: 2026-01-13, for: 2026-01-20}'),
    /cannot stand in for themselves/,
  );
  t.match(refused(`{kind: renfort, people: [bob, bob], ${dates}}`), /stands twice/);
  t.match(refused(`{kind: renfort, people: bob, level: N9, ${dates}}`), /no level "N9"/);
  t.match(refused('{kind: personne, from: 2026-01-19, until: 2026-01-12}'), /ends before it begins/);
  t.match(refused(`{kind: absence, person: ana, by: bob, next: true, ${dates}}`), /say who steps in once/);
  t.match(
    refused('{kind: personne, from: 2026-01-12 08:00, until: 2026-01-19 00:00}'),
    /"2026-01-19 00:00" is before that day begins; write 2026-01-19 for the whole of it, or 2026-01-18 for the whole of the day before/,
  );
  t.match(
    problemsOf(
      '{name: X, rotations: [{name: r, start: 2026-01-01, turns: [ana]}]}',
      'ana: {name: A, phones: ["06 39 98 02 00"], absences: [{from: 2026-01-12, until: 2026-01-13, by: anna}]}',
    ).join(),
    /nobody is named "anna"/,
  );
});
