// "Time, exactly": each sentence of the rule by name, on real DST nights, and zones tried against Temporal.
import t from 'tap';
import { Temporal } from 'temporal-polyfill';
import { frenchTime, readTime, readWall, readWeekday, weekdayOf } from '../../../server/domain/planning/calendar.ts';
import { segments } from '../../../server/domain/planning/segments.ts';
import { readWindow } from '../../../server/domain/planning/window.ts';
import { isoIn, readInstant, zoneOf } from '../../../server/domain/planning/zone.ts';
import { at, on, setOf, zone } from './helpers.ts';

const HOUR = 3_600_000;
const iso = (instant: number) => new Date(instant).toISOString().slice(0, 16);
const wall = (text: string) => readWall(text) as number;

/** The people of each stretch with the instants at which they change, in local time. */
const told = (text: string, from: string, until: string, name = 'Europe/Paris') =>
  segments(setOf(text), 'x', at(from, name), at(until, name)).map(
    (segment) =>
      `${isoIn(zone(name), segment.from).slice(5, 16)}${isoIn(zone(name), segment.from).slice(19)} ${segment.people.map((p) => p.person).join('+') || '-'}`,
  );

t.test('words are read as planners write them', async (t) => {
  t.same(
    ['08:30', '24:00', '24:01', '8h', '8h30', '8 h 30', 'midi', 'minuit', '8', '8h60', 'huit'].map((one) =>
      readTime(one),
    ),
    [8.5, 24, undefined, 8, 8.5, 8.5, 12, 0, undefined, undefined, undefined].map((hours) => hours && hours * HOUR),
  );
  t.same(['lundi', 'LUN', 'sunday', 'dim.', 'lu', 'foo'].map(readWeekday), [1, 1, 7, 7, undefined, undefined]);
  t.equal(readWall('2026-02-29'), undefined, 'no such day');
  t.equal(readWall('2028-02-29'), Date.UTC(2028, 1, 29));
  t.equal(weekdayOf(wall('2026-11-21')), 6);
  t.equal(weekdayOf(wall('1969-12-28')), 7, 'before 1970 too');
  t.equal(frenchTime(wall('2026-11-30 08:00')), 'lundi 30 nov. 08:00');
  t.equal(frenchTime(wall('2026-12-01 08:00'), true), 'mardi 1er déc. 2026 08:00');
  t.same(readWindow('ven-lun 18:00-08:00'), { days: [5, 6, 7, 1], from: 18 * HOUR, until: 32 * HOUR });
  t.same(readWindow('lundi, mercredi et vendredi 08:00 – 12:00')?.days, [1, 3, 5]);
  t.same(readWindow('tous les jours 00:00-24:00'), { days: [1, 2, 3, 4, 5, 6, 7], from: 0, until: 24 * HOUR });
  t.same(
    readWindow('08:00-08:00'),
    { days: [1, 2, 3, 4, 5, 6, 7], from: 8 * HOUR, until: 32 * HOUR },
    'from == until is 24 h',
  );
  for (const wrong of [
    'lundi',
    'lun-mar-mer 08:00-12:00',
    'foo 08:00-12:00',
    'lundi 24:00-08:00',
    'lundi 8-12',
    '',
    'lun- 08:00-12:00',
  ])
    t.equal(readWindow(wrong), undefined, wrong);
  t.equal(readInstant('2026-11-21T22:30:00+01:00', zone()), Date.UTC(2026, 10, 21, 21, 30));
  for (const wrong of ['2026-11-31', '22:30', '2026-11-21T25:00:00Z', 'demain', ''])
    t.equal(readInstant(wrong, zone()), undefined, wrong);
});

t.test('a time zone nobody knows is no zone', async (t) => {
  for (const wrong of ['Europe/Pari', '', 'Paris', '+02:00']) t.equal(zoneOf(wrong), undefined, wrong);
});

/** What Temporal says of one wall time: both its instants, or twice the end of the gap it falls in. */
function byTemporal(plain: Temporal.PlainDateTime, name: string): { first: number; last: number; exists: boolean } {
  const earlier = plain.toZonedDateTime(name, { disambiguation: 'earlier' });
  const later = plain.toZonedDateTime(name, { disambiguation: 'later' });
  const end = earlier.getTimeZoneTransition('next')?.epochMilliseconds;
  return earlier.toPlainDateTime().equals(plain) || end === undefined
    ? { first: earlier.epochMilliseconds, last: later.epochMilliseconds, exists: true }
    : { first: end, last: end, exists: false };
}

function* changesOf(name: string, year: number): Generator<Temporal.ZonedDateTime> {
  let next = Temporal.ZonedDateTime.from(`${year}-01-01T00:00[${name}]`).getTimeZoneTransition('next');
  for (; next && next.year === year; next = next.getTimeZoneTransition('next')) yield next;
}

/** Wall times a day before to a day after a change, on which the zone and Temporal differ. */
function differences(name: string, change: Temporal.ZonedDateTime): string[] {
  const minutes = Array.from({ length: 321 }, (_, step) => step * 10 - 1600);
  return minutes.flatMap((offset) => {
    const plain = change.toPlainDateTime().add({ minutes: offset });
    const { first, last, exists } = byTemporal(plain, name);
    const number = Date.parse(`${plain.toString({ smallestUnit: 'minute' })}Z`);
    const ours = zone(name);
    const same = ours.first(number) === first && ours.last(number) === last;
    return same && (!exists || ours.wall(last) === number) ? [] : [plain.toString()];
  });
}

t.test('zones agree with Temporal around every change', async (t) => {
  const names = ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Pacific/Apia'];
  for (const name of names) {
    const changes = [2011, 2026, 2027].flatMap((year) => [...changesOf(name, year)]);
    t.ok(changes.length > 1, `${name} changes`);
    t.same(
      changes.flatMap((change) => differences(name, change)),
      [],
      name,
    );
  }
});

t.test('a bound that does not exist is the first instant after the gap', async (t) => {
  t.equal(iso(zone().first(wall('2026-03-29 02:30'))), '2026-03-29T01:00', '02:30 → 03:00, not 03:30');
  t.equal(iso(zone().last(wall('2026-03-29 02:30'))), '2026-03-29T01:00');
  const daily = `{name: X, rotations: [{name: a, every: 1 jour, handoff: "02:30", start: 2026-03-20, turns: [ana, bob]}]}`;
  t.same(told(daily, '2026-03-28 12:00', '2026-03-30 12:00'), [
    '03-28T12:00+01:00 ana',
    '03-29T03:00+02:00 bob',
    '03-30T02:30+02:00 ana',
  ]);
});

t.test('a hand-off that occurs twice is its first occurrence', async (t) => {
  const daily = `{name: X, rotations: [{name: a, every: 1 jour, handoff: "02:30", start: 2026-10-20, turns: [ana, bob]}]}`;
  t.same(told(daily, '2026-10-24 12:00', '2026-10-26 12:00'), [
    '10-24T12:00+02:00 ana',
    '10-25T02:30+02:00 bob',
    '10-26T02:30+01:00 ana',
  ]);
  const shifts = `{name: X, shifts: [{from: 2026-10-24 20:00, until: 2026-10-25 02:30, people: ana}, {from: 2026-10-25 02:30, until: 2026-10-25 08:00, people: bob}]}`;
  t.same(told(shifts, '2026-10-24 20:00', '2026-10-25 08:00'), ['10-24T20:00+02:00 ana', '10-25T02:30+02:00 bob']);
});

t.test('a window lasts from the first occurrence of its start to the last of its end', async (t) => {
  const night = (hours: string) =>
    `{name: X, rotations: [{name: a, start: 2026-01-01, windows: [dimanche ${hours}], turns: [ana]}]}`;
  t.same(told(night('02:15-02:45'), '2026-10-25 00:00', '2026-10-25 06:00'), [
    '10-25T00:00+02:00 -',
    '10-25T02:15+02:00 ana',
    '10-25T02:45+01:00 -',
  ]);
  t.same(told(night('01:30-02:30'), '2026-03-29 00:00', '2026-03-29 06:00'), [
    '03-29T00:00+01:00 -',
    '03-29T01:30+01:00 ana',
    '03-29T03:00+02:00 -',
  ]);
});

t.test('a window wholly inside the gap is empty', async (t) => {
  const gap = '{name: X, rotations: [{name: a, start: 2026-01-01, windows: [dimanche 02:10-02:50], turns: [ana]}]}';
  t.same(told(gap, '2026-03-29 00:00', '2026-03-29 12:00'), ['03-29T00:00+01:00 -']);
  t.same(
    told(gap, '2026-04-05 02:00', '2026-04-05 02:30').at(-1),
    '04-05T02:10+02:00 ana',
    'the next Sunday it is there',
  );
});

t.test('daily and weekly turns count calendar days, hourly turns wall-clock hours', async (t) => {
  const rotation = (every: string, handoff: string) =>
    `{name: X, rotations: [{name: a, every: ${every}, handoff: "${handoff}", start: 2026-03-23, turns: [ana, bob]}]}`;
  t.same(told(rotation('1 semaine', 'lundi 08:00'), '2026-03-28 00:00', '2026-04-07 00:00'), [
    '03-28T00:00+01:00 ana',
    '03-30T08:00+02:00 bob',
    '04-06T08:00+02:00 ana',
  ]);
  t.same(told(rotation('12 heures', '08:00'), '2026-03-28 20:00', '2026-03-30 00:00'), [
    '03-28T20:00+01:00 bob',
    '03-29T08:00+02:00 ana',
    '03-29T20:00+02:00 bob',
  ]);
  t.same(
    told(rotation('1 heure', '00:00'), '2026-03-29 00:00', '2026-03-29 05:00'),
    ['03-29T00:00+01:00 ana', '03-29T01:00+01:00 bob', '03-29T03:00+02:00 bob', '03-29T04:00+02:00 ana'],
    'the turn of 02:00 is all in the gap, and passes',
  );
  t.same(
    told(rotation('1 heure', '00:00'), '2026-10-25 01:00', '2026-10-25 04:00'),
    ['10-25T01:00+02:00 bob', '10-25T02:00+02:00 ana', '10-25T03:00+01:00 bob'],
    'the turn of 02:00 lasts two hours in autumn',
  );
});

t.test('a turn passes even when no window makes it heard', async (t) => {
  const set = setOf(
    '{name: X, rotations: [{name: a, every: 1 jour, start: 2026-01-05, windows: [lundi 08:00-12:00], turns: [ana, bob, cid]}]}',
  );
  t.equal(on(set, at('2026-01-05 09:00')), 'ana');
  t.equal(on(set, at('2026-01-06 09:00')), '-');
  t.equal(on(set, at('2026-01-12 09:00')), 'bob', 'seven turns later, not one');
});

t.test('an overnight window belongs to the day on which it starts', async (t) => {
  const set = setOf(
    '{name: X, rotations: [{name: a, start: 2026-01-01, windows: [vendredi 22:00-06:00], turns: [ana]}]}',
  );
  t.equal(on(set, at('2026-01-09 05:00')), '-', 'Friday morning is Thursday night');
  t.equal(on(set, at('2026-01-09 22:00')), 'ana');
  t.equal(on(set, at('2026-01-10 05:59')), 'ana', 'Saturday morning');
  t.equal(on(set, at('2026-01-10 06:00')), '-');
});

t.test('from == until is 24 hours', async (t) => {
  const text = '{name: X, rotations: [{name: a, start: 2026-01-01, windows: [samedi 08:00-08:00], turns: [ana]}]}';
  t.same(told(text, '2026-01-10 00:00', '2026-01-12 00:00'), [
    '01-10T00:00+01:00 -',
    '01-10T08:00+01:00 ana',
    '01-11T08:00+01:00 -',
  ]);
});

t.test('before its first hand-off a rotation puts nobody on call', async (t) => {
  const set = setOf(
    '{name: X, rotations: [{name: a, every: 1 semaine, handoff: lundi 08:00, start: 2026-01-05, turns: [ana, bob]}]}',
  );
  t.equal(on(set, at('2026-01-05 08:00') - 1), '-');
  t.equal(on(set, at('2026-01-05 08:00')), 'ana');
  t.equal(on(set, at('2001-01-05 08:00')), '-');
});

t.test('on DST nights nothing disappears and nobody is doubled', async (t) => {
  const nights = [
    ['Europe/Paris', '2026-03-29'],
    ['Europe/Paris', '2026-10-25'],
    ['America/New_York', '2026-03-08'],
    ['America/New_York', '2026-11-01'],
    ['Australia/Lord_Howe', '2026-04-05'],
    ['Australia/Lord_Howe', '2026-10-04'],
  ] as const;
  for (const [name, day] of nights) {
    const set = setOf(
      `{name: X, zone: ${name}, rotations: [
        {name: jour, start: 2026-01-01, windows: [02:15-14:00], turns: [[ana, bob]]},
        {name: nuit, start: 2026-01-01, windows: [14:00-02:15], turns: [[bob, cid]]}]}`,
    );
    const midnight = at(day, name);
    const wrong: number[] = [];
    for (let instant = midnight - 6 * HOUR; instant < midnight + 12 * HOUR; instant += 5 * 60_000) {
      const people = on(set, instant).split(' ');
      if (people[0] === '-' || new Set(people).size < people.length) wrong.push(instant);
    }
    t.same(wrong.map(iso), [], `${name} ${day}`);
    t.equal(on(set, at(`${day} 12:00`, name)), 'ana bob');
    t.equal(on(set, at(`${day} 01:00`, name)), 'bob cid');
  }
});
