// The day that is kept between two questions gives the same answers as the calendar asked anew, in any order of questions.
import t from 'tap';
import { Temporal } from 'temporal-polyfill';
import { localTime, withinHours } from '../../../server/domain/flow/hours.ts';

const minute = 60_000;
/** Paris; clocks that change at midnight, so that a date comes twice; an offset of a quarter of an hour; none at all. */
const zones = ['Europe/Paris', 'America/Asuncion', 'Africa/Cairo', 'Asia/Kathmandu', 'UTC'];
const hours = { 'lun-ven': '08:00-12:00, 13:30-18:00', 'sam-dim': '22:00-06:00', dim: '00:00-02:15' };

/** Every change of the clock in two years, and a few ordinary days. */
function instantsOf(zone: string): number[] {
  const changes: number[] = [];
  let at = Temporal.Instant.from('2024-01-01T00:00Z').toZonedDateTimeISO(zone).getTimeZoneTransition('next');
  for (; at && at.epochMilliseconds < Date.UTC(2026, 0, 1); at = at.getTimeZoneTransition('next'))
    changes.push(at.epochMilliseconds);
  const around = changes.flatMap((change) =>
    [-1500, -61, -1, 0, 1, 59, 61, 1439, 1500].map((m) => change + m * minute),
  );
  const ordinary = Array.from({ length: 200 }, (_, i) => Date.UTC(2025, 5, 1) + i * 47 * minute);
  return [...around, ...ordinary];
}

/** Far from each other, so that what is kept is never just right. */
const mixed = <T>(list: T[]): T[] => list.map((_, i) => list[(i * 7919) % list.length] as T);

t.test('day, time and weekday are those of the calendar, in any order', (t) => {
  for (const zone of zones) {
    const given = instantsOf(zone);
    const expected = (at: number) => {
      const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
      const time = local.toPlainTime().toString().slice(0, 5);
      return { today: local.toPlainDate().toString(), time, weekday: local.dayOfWeek };
    };
    for (const order of [given, mixed(given)])
      t.same(
        order.map((at) => localTime(at, zone)),
        order.map(expected),
        zone,
      );
  }
  t.end();
});

t.test('hours hold at the same instants whether they were asked for before or not', (t) => {
  for (const zone of zones) {
    const given = instantsOf(zone);
    // The same hours as another value, after another day: nothing is kept for them.
    const anew = (at: number) => {
      localTime(at - 400 * 24 * 60 * minute, zone);
      return withinHours({ ...hours }, at, zone);
    };
    const fresh = new Map(given.map((at) => [at, anew(at)]));
    for (const order of [given, mixed(given)])
      t.same(
        order.map((at) => withinHours(hours, at, zone)),
        order.map((at) => fresh.get(at)),
        zone,
      );
    t.ok(new Set(fresh.values()).size === 2, 'both answers occur');
  }
  t.end();
});
