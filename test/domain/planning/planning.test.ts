// Who is on call: precedence by name, the resolver against a slow second reading of the rules, and segments against the resolver.
import t from 'tap';
import type { Change, Duty, Overlay } from '../../../server/domain/planning/changes.ts';
import { readPlannings } from '../../../server/domain/planning/load.ts';
import { END_OF_TIME, onCall } from '../../../server/domain/planning/resolve.ts';
import { segments } from '../../../server/domain/planning/segments.ts';
import type { OnCall } from '../../../server/domain/telephony/event.ts';
import { planningBench } from '../../bench/planning.ts';
import { at, type Dice, dice, on, peopleText, setOf, staff } from './helpers.ts';
import { type Spec, type SpecRotation, slowly, textOf } from './oracle.ts';

// Thousands of questions asked slowly: a busy machine needs more than tap's half minute.
t.setTimeout(120_000);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const over = (...changes: Change[]): Overlay => ({ changes });
const override = (people: string[], dates: { from: number; until: number }, why?: string): Change => ({
  kind: 'override',
  planning: 'x',
  people,
  why,
  ...dates,
});
const shift = (people: string[], dates: { from: number; until: number }): Change => ({
  kind: 'shift',
  planning: 'x',
  people,
  ...dates,
});
const replacement = (person: string, by: string, dates: { from: number; until: number }, why?: string): Change => ({
  kind: 'replacement',
  person,
  by,
  why,
  ...dates,
});
const absence = (person: string, dates: { from: number; until: number }, why?: string): Change => ({
  kind: 'absence',
  person,
  why,
  ...dates,
});
const span = (from: string, until: string) => ({ from: at(from), until: at(until) });
const always = (name: string, people: string, more = '') =>
  `{name: ${name}, start: 2026-01-01, turns: [${people}]${more}}`;

t.test('override, then dated shift, then holiday rule, then rotation', async (t) => {
  const set = setOf(`{name: X, rotations: [${always('r', 'ana')}], holidays: {country: FR, people: bob},
    shifts: [{from: 2026-12-25 08:00, until: 2026-12-25 20:00, people: cid, why: garde}]}`);
  const overlay = over(override(['dan'], span('2026-12-25 10:00', '2026-12-25 12:00'), 'échange'));
  const seen = [
    '2026-12-24 23:59',
    '2026-12-25 00:00',
    '2026-12-25 08:00',
    '2026-12-25 10:00',
    '2026-12-25 12:00',
    '2026-12-26 00:00',
  ];
  t.same(
    seen.map((time) => on(set, at(time), overlay)),
    ['ana', 'bob', 'cid', 'dan', 'cid', 'ana'],
  );
  t.same(
    seen.slice(0, 4).map((time) => onCall(set, 'x', at(time), overlay).because),
    [
      'rotation "r" : ANA',
      'jour férié « Noël » : BOB',
      "garde datée (garde) : CID jusqu'au vendredi 25 déc. 20:00",
      "changement (échange) : DAN jusqu'au vendredi 25 déc. 12:00",
    ],
  );
  t.equal(on(set, at('2026-12-25 10:00')), 'cid', 'without the overlay, the file');
  t.equal(onCall(set, 'x', at('2026-12-25 08:00'), overlay).until, at('2026-12-25 10:00'), 'until the next change');
});

t.test('several rotations active at once put all their people on the slot, in file order', async (t) => {
  const set = setOf(`{name: X, rotations: [${always('r', '[bob, ana]')}, ${always('s', '[[cid, bob], dan]')}]}`);
  const { people, because } = onCall(set, 'x', at('2026-05-05'));
  t.same(
    people.map(({ person, priority }) => [person, priority]),
    [
      ['bob', 1],
      ['ana', 2],
      ['cid', 3],
      ['dan', 4],
    ],
  );
  t.equal(because, 'rotation "r" : BOB, ANA ; rotation "s" : CID, BOB, DAN');
});

t.test('a rotation may stand instead of those below it, and only while it is active', async (t) => {
  const set = setOf(
    `{name: X, rotations: [${always('r', 'ana')}, ${always('s', 'bob', ', instead: true, windows: [08:00-12:00]')}, ${always('u', 'cid')}]}`,
  );
  t.equal(on(set, at('2026-05-05 09:00')), 'ana bob', 'above stays, below goes');
  t.equal(on(set, at('2026-05-05 12:00')), 'ana cid');
});

t.test('people named together ring together', async (t) => {
  const set = setOf(`{name: X, ring: waves, rotations: [${always('r', '[[ana, bob], cid]')}]}`);
  const all = onCall(set, 'x', at('2026-05-05'));
  t.same(
    all.people.map(({ priority }) => priority),
    [1, 1, 2],
  );
  t.equal(all.ringMode, 'waves');
  const absences = ['ana', 'bob'].map((person) => absence(person, span('2026-05-05', '2026-05-06')));
  t.same(
    onCall(set, 'x', at('2026-05-05'), over(...absences)).people.map(({ priority }) => priority),
    [1],
  );
});

t.test('the ring mode is that of the rule that decides, else the planning’s', async (t) => {
  const set =
    setOf(`{name: X, ring: rotating, rotations: [${always('s', 'bob', ', ring: parallel, instead: true, windows: [08:00-12:00]')}, ${always('r', 'ana')}],
    holidays: {people: cid, ring: waves}, shifts: [{from: 2026-05-07, until: 2026-05-07, people: dan, ring: longest-idle}]}`);
  const seen = ['2026-05-05 09:00', '2026-05-05 13:00', '2026-05-08 09:00', '2026-05-07 09:00'];
  t.same(
    seen.map((time) => onCall(set, 'x', at(time)).ringMode),
    ['parallel', 'rotating', 'waves', 'longest-idle'],
  );
});

t.test('a replacement holds whenever the replaced person would be on, and does not chain', async (t) => {
  const set = setOf(
    `{name: X, rotations: [{name: r, every: 1 jour, start: 2026-01-01, turns: [ana, bob, [cid, ana]]}]}`,
  );
  const dates = span('2026-01-01', '2026-02-01');
  const swaps = [replacement('ana', 'bob', dates, 'congés'), replacement('bob', 'dan', dates)];
  const days = ['2026-01-01 12:00', '2026-01-02 12:00', '2026-01-03 12:00', '2026-02-03 12:00'];
  t.same(
    days.map((day) => on(set, at(day), over(...swaps))),
    ['bob', 'dan', 'cid bob', 'ana'],
  );
  const first = at('2026-01-01 12:00');
  const overridden = over(...swaps, override(['ana'], span('2026-01-02', '2026-01-03')));
  t.equal(on(set, at('2026-01-02 12:00'), overridden), 'bob', 'in an override too');
  t.match(onCall(set, 'x', first, over(...swaps)).because, 'BOB remplace ANA (congés)');
  const elsewhere: Change = { kind: 'replacement', person: 'ana', by: 'bob', planning: 'y', ...dates };
  t.equal(on(set, first, over(elsewhere)), 'ana', 'of another planning');
  t.equal(on(set, first, over(...swaps, absence('bob', dates))), 'ana', 'who is absent replaces nobody');
  t.equal(on(set, first, over(...swaps, absence('ana', dates))), 'bob', 'the absent one is replaced');
});

t.test('of overrides or replacements that hold at once the later made counts; shifts add up', async (t) => {
  const set = setOf(`{name: X, rotations: [${always('r', 'ana')}]}`);
  const dates = span('2026-05-05', '2026-05-06');
  const day = at('2026-05-05');
  t.equal(on(set, day, over(override(['bob'], dates), override(['cid'], dates))), 'cid');
  t.equal(on(set, day, over(shift(['bob'], dates), shift(['cid'], dates))), 'bob cid');
  t.equal(on(set, day, over(replacement('ana', 'bob', dates), replacement('ana', 'cid', dates))), 'cid');
});

t.test('nobody is an answer that says why', async (t) => {
  const set = setOf(`{name: X, rotations: [${always('r', 'ana')}]}`);
  const overlay = over(absence('ana', span('2026-05-05', '2026-05-06'), 'arrêt'));
  const gone = onCall(set, 'x', at('2026-05-05'), overlay);
  t.same(
    [gone.people, gone.because, gone.until],
    [[], 'personne : rotation "r" : ANA ; absence : ANA (arrêt)', at('2026-05-06')],
  );
  t.equal(onCall(set, 'x', at('2025-05-05')).because, "personne : aucune rotation n'est active");
  t.same(onCall(set, 'y', at('2026-05-05')), {
    people: [],
    ringMode: 'sequential',
    because: "personne : le planning « y » n'existe pas",
    until: END_OF_TIME,
  });
  for (const instant of [Number.NaN, Number.POSITIVE_INFINITY, -1e15, 8e15])
    t.same(onCall(set, 'x', instant).people, [], String(instant));
  t.same(segments(set, 'x', 9, 3), []);
});

t.test('an overlay may speak of people and plannings that have gone', async (t) => {
  const set = setOf(`{name: X, rotations: [${always('r', 'ana')}]}`);
  const dates = span('2026-05-05', '2026-05-06');
  const gone: Change = { kind: 'override', planning: 'gone', people: ['bob'], ...dates };
  const overlay = over(override(['zoe'], dates), gone, replacement('ana', 'zoe', dates));
  t.equal(on(set, at('2026-05-05'), overlay), 'ana', 'the line does not fall silent');
  const backwards = over(override(['bob'], { from: dates.until, until: dates.from }));
  t.equal(on(set, at('2026-05-05'), backwards), 'ana', 'one that ends before it begins holds never');
});

t.test('holidays: regions, working days, own days, overnight hours, a rotation at all hours', async (t) => {
  const rule = (holidays: string) =>
    setOf(
      `{name: X, rotations: [${always('r', 'ana', ', windows: [lundi-vendredi 08:00-18:00]')}, {name: w, every: 1 jour, start: 2026-01-01, windows: [dimanche 00:00-24:00], turns: [bob, cid]}], holidays: ${holidays}}`,
    );
  t.equal(on(rule('{people: dan}'), at('2026-04-03 10:00')), 'ana', 'Good Friday is worked in Paris');
  for (const region of ['57', '67', '68', 'GP', 'MQ'])
    t.equal(on(rule(`{region: "${region}", people: dan}`), at('2026-04-03 10:00')), 'dan', region);
  t.equal(on(rule('{people: dan}'), at('2026-05-25 10:00')), 'dan');
  t.equal(on(rule('{people: dan, except: [Lundi de Pentecôte]}'), at('2026-05-25 10:00')), 'ana');
  const own = rule('{people: dan, also: {12-24: pont, 2026-05-15: pont}, hours: 08:00-08:00}');
  const seen = [
    '2026-05-15 07:59',
    '2026-05-15 08:00',
    '2026-05-16 07:59',
    '2026-05-16 08:00',
    '2027-05-15 09:00',
    '2031-12-24 09:00',
  ];
  t.same(
    seen.map((time) => on(own, at(time))),
    ['dan', 'dan', 'dan', '-', '-', 'dan'],
    'the morning of the 15th belongs to Ascension Day',
  );
  const standing = rule('{rotation: w}');
  t.equal(on(standing, at('2026-07-14 10:00')), 'bob', 'a Tuesday, by the turn of that day');
  t.equal(on(standing, at('2027-07-14 10:00')), 'cid');
  t.match(
    onCall(standing, 'x', at('2026-07-14 10:00')).because,
    /^jour férié « Fête Nationale .*» : rotation "w" : tour de BOB/,
  );
});

t.test('values are frozen, shared, and fit what the hunt takes', async (t) => {
  const set = setOf(`{name: X, rotations: [${always('r', 'ana')}]}`);
  const people: OnCall[] = onCall(set, 'x', at('2026-05-05')).people;
  t.same(people, [
    {
      person: 'ana',
      name: 'ANA',
      phones: ['+33639980200'],
      language: 'fr',
      maxCalls: 1,
      level: '1',
      ring: 'sequential',
      priority: 1,
      because: 'rotation "r" : ANA',
    },
  ]);
  t.ok([people, people[0], people[0]?.phones, set, set.plannings.get('x')?.rotations[0]?.turns].every(Object.isFrozen));
  const again = setOf(`{name: X, rotations: [${always('r', 'ana')}]}`);
  t.equal(again.version, set.version);
  t.match(set.version, /^[0-9a-f]{12}$/);
  t.not(setOf(`{name: X, rotations: [${always('r', 'bob')}]}`).version, set.version);
});

t.test('what never changes is one segment, over every internal border', async (t) => {
  const set = setOf(
    `{name: X, rotations: [${always('r', 'ana', ', windows: [tous les jours 00:00-24:00]')}, ${always('s', 'bob')}]}`,
  );
  t.equal(segments(set, 'x', at('2026-01-01'), at('2090-01-01')).length, 1);
  t.equal(onCall(set, 'x', at('2026-01-01')).until, onCall(set, 'x', at('2089-01-01')).until);
});

const zones = ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca'] as const;
/** The days of 2026 on which these zones change, and a holiday. */
const nights = ['2026-03-08', '2026-03-22', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01'];
const times = ['00:00', '01:30', '02:00', '02:10', '02:30', '02:50', '03:00', '08:00', '18:00', '23:30'];

function randomRotation({ below, pick, some }: Dice, index: number): SpecRotation {
  const unit = pick(['hours', 'days'] as const);
  const window = () => ({ days: [...new Set([1 + below(7), 1 + below(7), 7])], from: pick(times), until: pick(times) });
  return {
    name: `r${index}`,
    unit,
    count: unit === 'hours' ? pick([5, 12, 24]) : pick([1, 2, 7, 14]),
    first: `2026-0${1 + below(4)}-1${below(10)}T${pick(times)}`,
    level: pick(['un', 'deux'] as const),
    instead: below(3) === 0,
    turns: Array.from({ length: 2 + below(3) }, () => some(3)),
    ...(below(2) ? { windows: Array.from({ length: 1 + below(2) }, window) } : {}),
  };
}

function randomSpec(random: Dice): Spec {
  const { below, pick, some } = random;
  const rotations = Array.from({ length: 1 + below(3) }, (_, index) => randomRotation(random, index));
  const holiday = {
    level: pick(['un', 'deux'] as const),
    days: [pick(nights), pick(nights)],
    hours: [pick(times), pick(times)] as [string, string],
    people: some(2),
  };
  return { zone: pick(zones), rotations, ...(below(2) ? { holiday } : {}) };
}

function randomOverlay({ below, pick, some }: Dice, start: number): Overlay {
  const dated = () => {
    const from = start + below(12 * 30 * 24) * HOUR;
    return { from, until: from + (1 + below(20 * 24)) * HOUR };
  };
  const many = <T>(make: () => T): T[] => Array.from({ length: below(6) }, make);
  const names = (kind: 'override' | 'shift') => many(() => ({ kind, ...on(), people: some(3), ...dated() }));
  const on = () => ({ planning: 'x', ...(below(2) ? { level: pick(['un', 'deux']) } : {}) });
  const onSome = () => (below(2) ? on() : {});
  const cover = () => pick([{}, { next: true }, { by: pick(staff) }]);
  const duty = (person: string): Duty => ({ planning: 'x', person, ...dated() });
  const swap = (): Change => {
    const [one = 'ana', other = 'bob'] = [...staff].sort(() => below(3) - 1);
    const duties = [duty(one), duty(other)] as const;
    const [from, until] = [Math.min(...duties.map((each) => each.from)), Math.max(...duties.map((each) => each.until))];
    return { kind: 'swap', from, until, duties };
  };
  const changes: Change[] = [
    ...names('override'),
    ...names('shift'),
    ...many((): Change => ({ kind: 'taking', ...on(), person: pick(staff), ...dated() })),
    ...many((): Change => ({ kind: 'reinforcement', ...on(), people: some(2), ...dated() })),
    ...(below(3) ? [] : [{ kind: 'closing' as const, ...on(), ...dated() }]),
    ...many((): Change => ({ kind: 'replacement', person: pick(staff), by: pick(staff), ...onSome(), ...dated() })),
    ...many((): Change => ({ kind: 'absence', person: pick(staff), ...cover(), ...dated() })),
    ...many(swap),
  ];
  return { changes: changes.sort(() => below(3) - 1) };
}

/** Instants that hurt: just before, at and after changes, the hours of DST nights, and anywhere in the year. */
function instants({ below, pick }: Dice, zone: string, changes: readonly number[]): number[] {
  const edge = () => pick(changes) + pick([-1, 0, 1]);
  const night = () => at(pick(nights), zone) + below(24 * 60) * 60_000;
  const any = () => Date.UTC(2026, 0, 1) + below(365 * 24 * 60) * 60_000;
  return [edge, edge, edge, night, night, night, any].flatMap((make) => Array.from({ length: 3 }, make));
}

t.test('random plannings: the resolver agrees with a slow reading of the rules, on DST nights above all', async (t) => {
  let asked = 0;
  for (let seed = 1; seed <= 30; seed++) {
    const random = dice(seed);
    const spec = randomSpec(random);
    const set = setOf(textOf(spec));
    const overlay = randomOverlay(random, Date.UTC(2026, 0, 1));
    const found = segments(set, 'x', Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1), overlay);
    const wrong = instants(
      random,
      spec.zone,
      found.map(({ from }) => from),
    ).flatMap((instant) => {
      asked++;
      const [fast, slow] = [on(set, instant, overlay), slowly(spec, overlay, instant)];
      return fast === slow ? [] : [`${new Date(instant).toISOString()} ${fast}, should be ${slow}`];
    });
    if (wrong.length > 0) t.same(wrong, [], `seed ${seed}: ${textOf(spec)}`);
  }
  t.equal(asked, 30 * 21);
});

t.test(
  'random plannings: segments tile the window, agree with the resolver, and do not depend on the window',
  async (t) => {
    for (let seed = 101; seed <= 112; seed++) {
      const random = dice(seed);
      const set = setOf(textOf(randomSpec(random)));
      const overlay = randomOverlay(random, Date.UTC(2026, 0, 1));
      const [from, until] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 11, 1)];
      const all = segments(set, 'x', from, until, overlay);
      const tiled = all.every((one, index) => one.from < one.until && one.from === (all[index - 1]?.until ?? from));
      const last = all.at(-1)?.until;
      const inner = [from + random.below(100) * DAY + 7, until - random.below(100) * DAY - 7] as const;
      const fresh = setOf(textOf(randomSpec(dice(seed))));
      const cut = segments(fresh, 'x', ...inner, overlay).slice(1, -1);
      const agrees = all.every((one) =>
        [one.from, Math.floor((one.from + one.until) / 2), one.until - 1].every((instant) => {
          const answer = onCall(set, 'x', instant, overlay);
          return (
            answer.people === one.people &&
            answer.because === one.because &&
            (answer.until === one.until || one.until === until)
          );
        }),
      );
      const changes = all.every((one, index) => one.people !== all[index + 1]?.people);
      const told = new Set(all.map((one) => JSON.stringify(one)));
      t.ok(
        tiled && last === until && agrees && changes,
        `seed ${seed}: no gap, no overlap, as routed, each one a change`,
      );
      t.ok(
        cut.length > 0 && cut.every((one) => told.has(JSON.stringify(one))),
        `seed ${seed}: another window, the same segments`,
      );
      t.ok(all.every(({ nobody, people }) => nobody === (people.length === 0)));
    }
  },
);

t.test('the bench asks real questions', async (t) => {
  const rows = await planningBench(2000);
  t.ok(rows.length >= 2);
  for (const { name, value, unit, goal } of rows) t.ok(name && value > 0 && unit && goal, name);
});

t.test('two sets in one process do not mix', async (t) => {
  const read = (id: string) =>
    readPlannings([
      { file: 'plannings/people.yaml', text: peopleText },
      { file: 'plannings/x.yaml', text: `{name: X, rotations: [${always('r', id)}]}` },
    ]);
  const [one, other] = [read('ana'), read('bob')];
  if (!one.ok || !other.ok) return t.fail('both must load');
  t.same(
    [on(one.value, at('2026-05-05')), on(other.value, at('2026-05-05')), on(one.value, at('2026-05-05'))],
    ['ana', 'bob', 'ana'],
  );
});
