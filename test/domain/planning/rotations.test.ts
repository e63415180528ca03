// Rotations: hours and periods as planners say them, teams that change, months, nights that count; and each word against a slow reading.

import t from 'tap';
import { Temporal } from 'temporal-polyfill';
import { problemText } from '../../../server/base/result.ts';
import { DAY, HOUR, readWall } from '../../../server/domain/planning/calendar.ts';
import { readPlannings } from '../../../server/domain/planning/load.ts';
import { onCall } from '../../../server/domain/planning/resolve.ts';
import { readNthDay, readWindow } from '../../../server/domain/planning/window.ts';
import { at, type Dice, dice, on, peopleText, problemsOf, setOf, staff } from './helpers.ts';
import { frenchHolidays } from './oracle.ts';
import { feasts, isFeast, isNth, type Later, onSlowly, type SlowRotation, type SlowWindow } from './rotation-oracle.ts';

// Hundreds of plannings answered slowly: a busy machine needs more than tap's half minute.
t.setTimeout(300_000);

const x = (rotation: string, more = '') => setOf(`{name: X, rotations: [{name: r, ${rotation}}]${more}}`);
const wrong = (rotation: string, more = '') => problemsOf(`{name: X, rotations: [{name: r, ${rotation}}]${more}}`);
const days = (set: ReturnType<typeof x>, first: string, count: number, time = '12:00') =>
  Array.from({ length: count }, (_, day) => {
    const date = Temporal.PlainDate.from(first).add({ days: day });
    return on(set, at(`${date} ${time}`));
  }).join(' ');

t.test('hours as planners say them', async (t) => {
  const all = [1, 2, 3, 4, 5, 6, 7];
  const week = [1, 2, 3, 4, 5];
  const night = { from: 18 * HOUR, until: 32 * HOUR };
  const read: [text: string, window: unknown][] = [
    ['18h-8h', { days: all, ...night }],
    ['de 18h à 8h', { days: all, ...night }],
    ['du lundi au vendredi 18h-8h', { days: week, ...night }],
    ['du lundi au vendredi, de 18h00 à 8h00', { days: week, ...night }],
    ['lundi to vendredi 18:00-08:00', { days: week, ...night }],
    ['le samedi midi-minuit', { days: [6], from: 12 * HOUR, until: 24 * HOUR }],
    ['minuit-8h30', { days: all, from: 0, until: 8.5 * HOUR }],
    ['vendredi 18:00-lundi 08:00', { days: [5], from: 18 * HOUR, until: 80 * HOUR }],
    ['du vendredi 18h au lundi 8h', { days: [5], from: 18 * HOUR, until: 80 * HOUR }],
    ['lundi 08:00-lundi 08:00', { days: [1], from: 8 * HOUR, until: 7 * DAY + 8 * HOUR }],
    ['lundi 08:00-lundi 18:00', { days: [1], from: 8 * HOUR, until: 18 * HOUR }],
    ['premier lundi du mois 08:00-18:00', { days: [1], nth: 1, from: 8 * HOUR, until: 18 * HOUR }],
    ['dernier vendredi 18h-8h', { days: [5], nth: -1, ...night }],
    ['semaines paires lundi-vendredi 18h-8h', { days: week, ...night, weeks: 'even' }],
    ['vendredi 18:00-lundi 08:00, semaines impaires', { days: [5], from: 18 * HOUR, until: 80 * HOUR, weeks: 'odd' }],
    ['odd weeks 18:00-08:00', { days: all, ...night, weeks: 'odd' }],
    ['férié 08:00-08:00', { days: all, feast: 'holiday', from: 8 * HOUR, until: 32 * HOUR }],
    ['les jours fériés 18h-8h', { days: all, feast: 'holiday', ...night }],
    ['veille de férié 18h-8h', { days: all, feast: 'eve', ...night }],
    ['lundi-vendredi 18h-8h sauf férié', { days: week, ...night, exceptHolidays: true }],
    ['lundi-vendredi sauf les jours fériés 18h-8h', { days: week, ...night, exceptHolidays: true }],
  ];
  for (const [text, window] of read) t.same(readWindow(text), window, text);
  for (const text of ['vendredi 18:00-lundi', 'lundi', '18-8', 'sixième lundi 08:00-18:00', 'semaines paires', 'férié'])
    t.equal(readWindow(text), undefined, text);
  t.same(readNthDay('premier lundi du mois'), { nth: 1, weekday: 1 });
});

t.test('periods have names: those of the house, and those of the company', async (t) => {
  const weekend = x('start: 2026-01-01, windows: [week-end], turns: [ana]');
  const seen = ['2026-01-02 17:59', '2026-01-02 18:00', '2026-01-04 12:00', '2026-01-05 07:59', '2026-01-05 08:00'];
  t.equal(seen.map((time) => on(weekend, at(time))).join(' '), '- ana ana ana -');
  for (const text of ['nuits de semaine', 'lundi-jeudi nuit', 'du lundi au jeudi, la nuit', 'week nights']) {
    const set = x(`start: 2026-01-01, windows: ["${text}"], turns: [ana]`);
    t.equal(days(set, '2026-01-05', 7, '20:00'), 'ana ana ana ana - - -', text);
  }
  const even = x('start: 2026-01-01, windows: [week-end semaines paires], turns: [ana]');
  t.equal(['2026-01-03', '2026-01-10', '2026-01-17'].map((day) => on(even, at(day))).join(' '), '- ana -');
  const files = (periods: string, window: string) =>
    readPlannings([
      { file: 'people.yaml', text: peopleText },
      { file: 'periods.yaml', text: periods },
      {
        file: 'x.yaml',
        text: `{name: X, rotations: [{name: r, start: 2026-01-01, windows: [${window}], turns: [ana]}]}`,
      },
    ]);
  const own = files('nuit: 20h-6h\nponts: [lundi 08:00-18:00, vendredi 08:00-18:00]\n', 'nuit, ponts');
  if (!own.ok) return t.fail(own.problems.map(problemText).join('\n'));
  t.equal(
    ['2026-01-05 07:00', '2026-01-05 09:00', '2026-01-05 19:00', '2026-01-05 20:00', '2026-01-06 05:59']
      .map((time) => on(own.value, at(time)))
      .join(' '),
    '- ana - ana ana',
    'the company’s night stands instead of the house’s',
  );
  t.same([...own.value.plannings.keys()], ['x'], 'periods.yaml is no planning');
  const told = (read: ReturnType<typeof files>) => (read.ok ? '' : read.problems.map(problemText).join('\n'));
  t.match(
    told(files('nuit: 20h-6h\n', 'nuitt')),
    /^x\.yaml:1:\d+ "nuitt" cannot be read as hours.*\(did you mean "nuit"/,
  );
  t.match(told(files('nuit: le soir\n', 'nuit')), /^periods\.yaml:1:\d+ .*"le soir" cannot be read/);
  t.match(told(files('nuit 2: 20h-6h\n', 'nuit')), /^periods\.yaml:1:\d+ .*the name of a period has letters/);
  t.match(told(files('', 'nuit')), /^periods\.yaml:1:1 this file is empty/);
});

t.test('a rotation ends with the whole of its last day; the one that follows it is on the same level', async (t) => {
  const set = setOf(`{name: X, rotations: [
    {name: r, every: 1 jour, start: 2026-01-01, until: 2026-01-04, turns: [ana, bob]},
    {name: s, start: 2026-01-05, turns: [cid]}]}`);
  t.equal(days(set, '2026-01-01', 6), 'ana bob ana bob cid cid');
  t.match(onCall(set, 'x', at('2026-01-04 12:00')), { until: at('2026-01-05'), people: [{ level: '1' }] });
  t.equal(onCall(set, 'x', at('2026-01-05')).people[0]?.level, '1');
});

t.test('a name taken out of the turns closes them up from a day on, and the past stays', async (t) => {
  const before = x('every: 1 jour, start: 2026-01-01, turns: [ana, bob, cid, dan]');
  const after = x(
    'every: 1 jour, start: 2026-01-01, turns: [ana, bob, cid, dan], later: [{from: 2026-01-06, without: cid}]',
  );
  t.equal(days(before, '2026-01-01', 10), 'ana bob cid dan ana bob cid dan ana bob');
  t.equal(days(after, '2026-01-01', 10), 'ana bob cid dan ana bob dan ana bob dan');
  const team = x(`every: 1 semaine, handoff: lundi 08:00, start: 2026-01-05, turns: [ana, [bob, cid]],
    later: [{from: 2026-01-19, turns: [dan, eve]}, {from: 2026-02-02, without: dan}]`);
  const mondays = ['2026-01-05', '2026-01-12', '2026-01-19', '2026-01-26', '2026-02-02', '2026-02-09'];
  t.equal(mondays.map((day) => on(team, at(`${day} 08:00`))).join(' / '), 'ana / bob cid / dan / eve / eve / eve');
  t.equal(on(team, at('2026-01-19 07:59')), 'bob cid', 'at the hand-off, not at midnight');
  const alone = x('start: 2026-01-01, turns: [ana], later: [{from: 2026-03-01, turns: [bob]}]');
  t.equal([on(alone, at('2026-02-28')), on(alone, at('2026-03-01'))].join(' '), 'ana bob', 'of one person to the next');
  t.match(onCall(alone, 'x', at('2026-02-28')).because, "tour de ANA jusqu'au dimanche 1er mars 00:00");
});

t.test('an empty turn has nobody, and those below go on', async (t) => {
  const set = x('every: 1 jour, start: 2026-01-01, turns: [ana, personne, bob]');
  t.equal(days(set, '2026-01-01', 6), 'ana - bob ana - bob');
  const two = setOf(`{name: X, rotations: [
    {name: r, every: 1 jour, start: 2026-01-01, instead: true, turns: [ana, nobody]},
    {name: s, start: 2026-01-01, turns: [bob]}]}`);
  t.equal(days(two, '2026-01-01', 4), 'ana bob ana bob');
  t.match(
    problemsOf(
      '{name: X, rotations: [{name: r, start: 2026-01-01, turns: [personne]}]}',
      `${peopleText}\npersonne: {name: P, phones: ["06 39 98 02 09"]}`,
    ).join(),
    /^people\.yaml:6:1 "personne" is the word for an empty turn/,
  );
});

t.test('nights that count: seven people over four week nights each have their share', async (t) => {
  const seven = [...staff, 'fay', 'gus'];
  const people = seven.map((id, index) => `${id}: {name: ${id}, phones: ["06 39 98 02 0${index}"]}`).join('\n');
  const set = setOf(
    `{name: X, rotations: [{name: r, every: 1 nuit, start: 2026-01-05, windows: [nuits de semaine], turns: [${seven.join(', ')}]}]}`,
    people,
  );
  t.equal(days(set, '2026-01-05', 14, '20:00'), 'ana bob cid dan - - - eve fay gus ana - - -');
  t.equal(on(set, at('2026-01-06 07:59')), 'ana', 'to the end of the night');
  const year = days(set, '2026-01-05', 7 * 7 * 4, '20:00').split(' ');
  for (const id of seven) t.equal(year.filter((one) => one === id).length, 16, `${id}: as many as the others`);
  const worked = x(
    'every: 2 jours ouvrés, handoff: "08:00", start: 2026-04-30, windows: [lundi-vendredi 08:00-18:00 sauf férié], turns: [ana, bob]',
    ', holidays: {country: FR}',
  );
  t.equal(days(worked, '2026-04-30', 9), 'ana - - - ana bob bob ana -', 'neither the 1st nor the 8th of May counts');
});

t.test('months: on a day of the month, or on the first Monday of it', async (t) => {
  const last = x('every: 1 mois, handoff: "08:00", start: 2026-01-31, turns: [ana, bob]');
  const seen = ['2026-02-28 07:59', '2026-02-28 08:00', '2026-03-31 07:59', '2026-03-31 08:00', '2026-04-30 08:00'];
  t.equal(seen.map((time) => on(last, at(time))).join(' '), 'ana bob bob ana bob', 'the 31st, or the last there is');
  const monday = x('every: 1 mois, handoff: premier lundi du mois 08:00, start: 2026-01-05, turns: [ana, bob]');
  const firsts = ['2026-02-02 07:59', '2026-02-02 08:00', '2026-03-02 08:00', '2026-04-05 12:00', '2026-04-06 08:00'];
  t.equal(firsts.map((time) => on(monday, at(time))).join(' '), 'ana bob ana ana bob');
});

t.test('even and odd weeks; the turn of a year of 53 weeks has two odd ones in a row', async (t) => {
  const set = setOf(`{name: X, rotations: [
    {name: p, start: 2026-01-01, windows: ["semaines paires lundi 08:00-lundi 08:00"], turns: [ana]},
    {name: i, start: 2026-01-01, windows: ["semaines impaires lundi 08:00-lundi 08:00"], turns: [bob]}]}`);
  const mondays = ['2026-12-14', '2026-12-21', '2026-12-28', '2027-01-04', '2027-01-11'];
  t.equal(mondays.map((day) => on(set, at(`${day} 08:00`))).join(' '), 'bob ana bob bob ana');
  t.ok(
    mondays.every((day) => onCall(set, 'x', at(`${day} 09:00`)).people[0]?.level === '1'),
    'they share a level',
  );
});

t.test('holidays and the days before them are hours like others', async (t) => {
  const set = setOf(`{name: X, holidays: {country: FR, except: [Armistice 1918]}, rotations: [
    {name: f, start: 2026-01-01, windows: [férié 08:00-20:00], turns: [ana]},
    {name: v, start: 2026-01-01, windows: [veille de férié 18h-minuit], turns: [bob]},
    {name: s, start: 2026-01-01, windows: [lundi-vendredi 08:00-18:00 sauf férié], turns: [cid]}]}`);
  const times = ['2026-12-23 09:00', '2026-12-24 09:00', '2026-12-24 19:00', '2026-12-25 09:00', '2026-12-25 21:00'];
  t.equal(times.map((time) => on(set, at(time))).join(' '), 'cid cid bob ana -');
  t.equal(on(set, at('2026-11-11 09:00')), 'cid', 'a holiday on which everybody works is none');
});

t.test('what cannot be meant is refused, with its place and its mend', async (t) => {
  const two = 'every: 1 semaine, handoff: lundi 08:00, start: 2026-01-05, turns: [ana, bob]';
  const refused: [problems: string[], expected: RegExp][] = [
    [wrong(`${two}, until: 2025-12-01`), /this rotation ends before it begins/],
    [
      wrong(`${two}, later: [{from: 2026-02-03, turns: [cid]}]`),
      /nobody hands over on 2026-02-03 \(the next hand-off: from: 2026-02-09\)/,
    ],
    [wrong(`${two}, later: [{from: 2026-01-05, turns: [cid]}]`), /not later than what stands before it/],
    [wrong(`${two}, later: [{from: 2026-02-02, without: cid}]`), /"cid" is in no turn before/],
    [wrong(`${two}, later: [{from: 2026-02-02, without: [ana, bob]}]`), /nobody is left in the turns/],
    [wrong(`${two}, later: [{from: 2026-02-02}]`), /either "turns" \(a new list\) or "without"/],
    [wrong(`${two}, later: [{from: 2026-02-02, turns: [zoe]}]`), /nobody is named "zoe"/],
    [wrong(`${two}, later: []`), /remove "later"/],
    [
      wrong('start: 2026-01-05, turns: [ana], later: [{from: 2026-02-02, turns: [bob, cid]}]'),
      /several turns need a length/,
    ],
    [wrong('every: 1 nuit, start: 2026-01-05, turns: [ana, bob]'), /need their hours: add windows/],
    [
      wrong('every: 1 mois, handoff: lundi 08:00, start: 2026-01-05, turns: [ana, bob]'),
      /turns of months hand over on a day of the month/,
    ],
    [
      wrong('every: 1 semaine, handoff: premier lundi 08:00, start: 2026-01-05, turns: [ana, bob]'),
      /needs turns of months/,
    ],
    [
      wrong('every: 1 mois, handoff: premier lundi 08:00, start: 2026-01-06, turns: [ana, bob]'),
      /2026-01-06 is not that lundi of the month \(start: 2026-02-02\)/,
    ],
    [
      wrong('start: 2026-01-05, windows: [férié 08:00-20:00], turns: [ana]'),
      /does not say which \(add holidays: \{country: FR\}\)/,
    ],
    [
      wrong('start: 2026-01-05, windows: [le soir], turns: [ana]'),
      /"le soir" cannot be read as hours, and no period has that name/,
    ],
  ];
  for (const [problems, expected] of refused) t.match(problems.join('\n'), expected);
  t.equal(readWall('2026-01-05'), Date.UTC(2026, 0, 5));
});

const zones = ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe'] as const;
const times = ['00:00', '02:30', '03:00', '08:00', '18:00', '23:30'];
const names = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'];

function randomWindow({ below, pick }: Dice): SlowWindow {
  const [from, until, weekday] = [pick(times), pick(times), 1 + below(7)];
  const after = until <= from ? 1 : 0;
  const name = names[weekday - 1] ?? '';
  const isDay = (day: Temporal.PlainDate) => day.dayOfWeek === weekday;
  const nth = pick([1, 2, 3, 4, -1] as const);
  const nthWord = { 1: 'premier', 2: 'deuxième', 3: 'troisième', 4: 'quatrième', [-1]: 'dernier' }[nth];
  const long = 1 + below(7);
  const hours = `${from}-${until}`;
  return pick<SlowWindow>([
    { text: hours, begins: () => true, from, until, nights: after },
    { text: `${name} ${hours}`, begins: isDay, from, until, nights: after },
    { text: `${name} sauf férié ${hours}`, begins: (day) => isDay(day) && !isFeast(day), from, until, nights: after },
    { text: `férié ${hours}`, begins: isFeast, from, until, nights: after },
    { text: `veille de férié ${hours}`, begins: (day) => isFeast(day.add({ days: 1 })), from, until, nights: after },
    {
      text: `${nthWord} ${name} du mois ${hours}`,
      begins: (day) => isDay(day) && isNth(day, nth),
      from,
      until,
      nights: after,
    },
    {
      text: `semaines paires ${name} ${hours}`,
      begins: (day) => isDay(day) && (day.weekOfYear ?? 0) % 2 === 0,
      from,
      until,
      nights: after,
    },
    {
      text: `${name} ${from}-${names[(weekday - 1 + long) % 7]} ${from}`,
      begins: isDay,
      from,
      until: from,
      nights: long,
    },
  ]);
}

function randomRotation(random: Dice): SlowRotation {
  const { below, pick, some } = random;
  const windows = Array.from({ length: below(3) }, () => randomWindow(random));
  const units =
    windows.length > 0 ? (['hours', 'days', 'months', 'counted'] as const) : (['hours', 'days', 'months'] as const);
  const unit = pick(units);
  const time = pick(times);
  const every = { unit, count: unit === 'hours' ? pick([5, 12, 36]) : 1 + below(3) };
  const start = `2026-0${1 + below(3)}-${pick(['10', '28', '15'])}`;
  const turn = () => (below(5) ? some(2) : []);
  const turns = [some(2), ...Array.from({ length: 1 + below(4) }, turn)];
  const monthly = unit === 'months' && below(2) === 0;
  const handoff = monthly ? { text: `deuxième mardi du mois ${time}`, time, nth: 2, weekday: 2 } : { text: time, time };
  return {
    start: monthly ? `2026-0${pick(['1-13', '2-10', '3-10'])}` : start,
    every,
    turns,
    later: [],
    windows,
    ...(monthly || below(2) ? { handoff } : {}),
    ...(below(2) ? { until: `2026-${pick(['09', '10', '12'])}-2${below(9)}` } : {}),
  };
}

/** Teams that change on days of hand-off, found by the slow reading itself. */
function withLater(rotation: SlowRotation, { below, some, pick }: Dice): SlowRotation {
  const later: Later[] = [];
  for (let day = Temporal.PlainDate.from(rotation.start); later.length < 2 && day.year < 2027; ) {
    day = day.add({ days: 20 + below(60) });
    const from = day.toString();
    const without = pick(staff);
    const one: Later = below(2) ? { from, turns: [some(2), some(2), some(1)] } : { from, without };
    const candidate = { ...rotation, later: [...later, one] };
    if (problemsOf(textOf(candidate, 'Europe/Paris')).length === 0) later.push(one);
  }
  return { ...rotation, later };
}

const lengthWords = { hours: 'heures', days: 'jours', weeks: 'semaines', months: 'mois', counted: 'nuits' };

const turnText = (turn: readonly string[]) => (turn.length > 0 ? turn : 'personne');

/** JSON is YAML. */
const textOf = ({ start, every, handoff, turns, later, until, windows }: SlowRotation, zone: string): string =>
  JSON.stringify({
    name: 'X',
    zone,
    holidays: {
      except: frenchHolidays,
      also: Object.fromEntries(feasts.map((day) => [day, 'fête'])),
      people: 'eve',
      level: 'autre',
    },
    levels: ['un', 'autre'],
    rotations: [
      {
        name: 'r',
        start,
        every: `${every.count} ${lengthWords[every.unit]}`,
        turns: turns.map(turnText),
        ...(handoff ? { handoff: handoff.text } : {}),
        ...(until ? { until } : {}),
        ...(later.length > 0 ? { later } : {}),
        ...(windows.length > 0 ? { windows: windows.map(({ text }) => text) } : {}),
      },
    ],
  });

/** How many random plannings: few in a run of the tests; `PLANNINGS=4000` for the whole. */
const plannings = Number(process.env.PLANNINGS ?? 120);

t.test('random rotations with all the words agree with a slow reading of them', async (t) => {
  let [asked, teams] = [0, 0];
  for (let seed = 1; seed <= plannings; seed++) {
    const random = dice(seed);
    const rotation = withLater(randomRotation(random), random);
    const zone = random.pick(zones);
    const text = textOf(rotation, zone);
    const set = setOf(text);
    teams += rotation.later.length;
    const first = (instant: number) =>
      onCall(set, 'x', instant)
        .people.flatMap(({ level, person }) => (level === 'un' ? person : []))
        .join(' ') || '-';
    for (let question = 0; question < 12; question++) {
      const any = Date.UTC(2026, 0, 1) + random.below(365 * 24 * 60) * 60_000;
      const instant = question % 2 ? any : onCall(set, 'x', any).until - random.below(2);
      if (instant > Date.UTC(2027, 0, 10)) continue;
      asked++;
      const [fast, slow] = [first(instant), onSlowly(rotation, zone, instant)];
      if (fast !== slow) t.fail(`seed ${seed}: ${new Date(instant).toISOString()} ${fast}, should be ${slow}: ${text}`);
    }
  }
  t.ok(asked > plannings * 8 && teams > plannings / 4, 'enough was asked');
});
