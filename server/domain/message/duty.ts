// Who is told that their duty begins, begins tomorrow, or was moved. Pure: stretches in, what is to be said out; ids say each thing once.
import type { Instant } from '../../base/clock.ts';

/** A person's unbroken time on a planning. */
export type Stretch = { planning: string; person: string; from: Instant; until: Instant };
export type DutyNews = { on: 'period' | 'eve' | 'moved'; id: string; stretch: Stretch };

/** A message is still worth sending this long after its moment (a restart, a slow disk). */
const freshMs = 15 * 60_000;

/** Segments of a planning, joined: one stretch for each person and unbroken time. */
export function stretchesOf(
  planning: string,
  segments: readonly { from: Instant; until: Instant; people: readonly { person: string }[] }[],
): Stretch[] {
  const done: Stretch[] = [];
  const open = new Map<string, Stretch>();
  for (const { from, until, people } of segments) {
    const on = new Set(people.map(({ person }) => person));
    for (const [person, stretch] of open) {
      if (on.has(person) && stretch.until === from) continue;
      done.push(stretch);
      open.delete(person);
    }
    for (const person of on) {
      const known = open.get(person);
      if (known) known.until = until;
      else open.set(person, { planning, person, from, until });
    }
  }
  return [...done, ...open.values()].sort((a, b) => a.from - b.from || (a.person < b.person ? -1 : 1));
}

/** What falls due at `now`: duties that begin, and the evening before at `eveningOf(start)`. */
export function dueNow(
  stretches: readonly Stretch[],
  now: Instant,
  eveningOf: (start: Instant) => Instant,
): DutyNews[] {
  const fresh = (moment: Instant) => moment <= now && now - moment < freshMs;
  return stretches.flatMap((stretch): DutyNews[] => {
    const id = `${stretch.planning}.${stretch.from}.${stretch.person}`;
    return [
      ...(fresh(stretch.from) ? [{ on: 'period' as const, id: `period.${id}`, stretch }] : []),
      ...(fresh(eveningOf(stretch.from)) && stretch.from > now
        ? [{ on: 'eve' as const, id: `eve.${id}`, stretch }]
        : []),
    ];
  });
}

/** After an edit: each person whose next duty of a planning begins at another time than it did, and each who was on duty and no longer is. */
export function movedBetween(before: readonly Stretch[], after: readonly Stretch[], now: Instant): DutyNews[] {
  const next = (all: readonly Stretch[], one: Stretch) => all.find((other) => isSame(one, other) && other.from > now);
  const seen = new Set<string>();
  const moved = after.flatMap((stretch): DutyNews[] => {
    const key = `${stretch.planning} ${stretch.person}`;
    const next_ = next(after, stretch);
    const then = next(before, stretch);
    if (seen.has(key) || !next_ || !then || next_.from === then.from) return [];
    seen.add(key);
    return [{ on: 'moved', id: `moved.${next_.planning}.${then.from}.${next_.from}.${next_.person}`, stretch: next_ }];
  });
  return [...relieved(before, after, now), ...moved];
}

const isSame = (one: Stretch, other: Stretch): boolean =>
  one.planning === other.planning && one.person === other.person;

/** Somebody took their duty: it ended earlier than they knew. */
function relieved(before: readonly Stretch[], after: readonly Stretch[], now: Instant): DutyNews[] {
  const running = (one: Stretch) => one.from <= now && now < one.until;
  return before.filter(running).flatMap((stretch): DutyNews[] => {
    const mine = after.filter((other) => isSame(stretch, other));
    const cut = mine.find(({ from, until }) => from === stretch.from && until <= now);
    if (!cut || mine.some(running)) return [];
    return [{ on: 'moved', id: `moved.${cut.planning}.${stretch.until}.${cut.until}.${cut.person}`, stretch: cut }];
  });
}
