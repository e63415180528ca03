// Duties taken, listed and ended: the door between whoever says so (a telephone, the command line, HTTP) and the changes laid over the files.
import type { Instant } from '../../base/clock.ts';
import { frenchTime } from '../../domain/planning/calendar.ts';
import { emptyOverlay, namedBy, type Overlay } from '../../domain/planning/changes.ts';
import { wordOf } from '../../domain/planning/saved-change.ts';
import type { PlanningSet } from '../../domain/planning/schema.ts';
import { type TakingOrder, takeDuty } from '../../domain/planning/take.ts';
import { isoIn, knownZone, readInstant, type Zone } from '../../domain/planning/zone.ts';
import type { Audit, PlanningChanges, SavedChange } from './ports.ts';

/** Changes that ended longer ago are not laid over the files any more: what was routed then stands in the records. */
const keptMs = 400 * 86_400_000;

export type DutyStore = { changes: PlanningChanges; audit: Audit };
export type TakeOrder = {
  planning: string;
  person: string;
  /** Its name or number; the first by default. */
  level?: string | undefined;
  /** As the planner writes them: `2026-12-24 18:30` (the planning's zone) or with an offset. From now to the next hand-off otherwise. */
  from?: string | undefined;
  until?: string | undefined;
  why?: string | undefined;
  /** Who says so, and by what: `par téléphone`. */
  by: string;
  via: string;
};

/** What is laid over the files now. */
export const overlayIn = ({ changes }: Pick<DutyStore, 'changes'>, now: Instant): Overlay => {
  const found = changes.since(now - keptMs);
  return found.length === 0 ? emptyOverlay : { changes: found.map(({ change }) => change) };
};

/** Duties taken that end after an instant. */
export const dutiesIn = ({ changes }: Pick<DutyStore, 'changes'>, after: Instant): SavedChange[] =>
  changes.since(after).filter(({ change }) => change.kind === 'taking' || change.kind === 'override');

/** @returns the change, or one sentence why there is none. Audited either way. */
export function take(store: DutyStore, set: PlanningSet, order: TakeOrder, now: Instant): SavedChange | string {
  const { planning: id, person, by, via } = order;
  const refuse = (why: string): string => {
    store.audit.add({ at: now, who: by, what: 'duty refused', detail: `${id}, ${person}: ${why}` });
    return why;
  };
  const zone = zoneIn(set, id);
  const asked = takingOf(order, zone, now);
  if (typeof asked === 'string') return refuse(asked);
  const taken = takeDuty(set, overlayIn(store, now), asked);
  if ('refused' in taken) return refuse(taken.refused);
  const name = set.people.get(person)?.name ?? person;
  const at = frenchTime(zone.wall(now));
  const why = `pris par ${name}, ${via}, le ${at}${order.why ? ` : ${order.why}` : ''}`;
  const change = { ...taken.change, why };
  const k = store.changes.add(change, by, now);
  store.audit.add({ at: now, who: by, what: 'duty taken', detail: `${k} ${id} ${person} ${via}` });
  return { id: k, change, author: by, madeAt: now };
}

/** The times as instants, or which of them is none. */
function takingOf({ planning, person, level, from, until }: TakeOrder, zone: Zone, now: Instant): TakingOrder | string {
  const noTime = (text: string | undefined) =>
    `"${text}" is not a time; write "2026-12-24 18:30" or 2026-12-24T17:30:00Z`;
  const at = from === undefined ? Math.floor(now) : readInstant(from, zone);
  const end = until === undefined ? undefined : readInstant(until, zone);
  if (at === undefined) return noTime(from);
  if (until !== undefined && end === undefined) return noTime(until);
  if (at < Math.floor(now)) return `"${from}" is over: a duty is taken from now on, or later`;
  const order: TakingOrder = { planning, person, at };
  if (level !== undefined) order.level = level;
  return end === undefined ? order : { ...order, until: end };
}

/** False: no such duty holds now. */
export function end({ changes, audit }: DutyStore, id: number, by: string, now: Instant): boolean {
  const ended = changes.end(id, Math.floor(now), by);
  audit.add({ at: now, who: by, what: ended ? 'duty ended' : 'duty end refused', detail: String(id) });
  return ended;
}

export const zoneIn = (set: PlanningSet, planning: string): Zone =>
  knownZone(set.plannings.get(planning)?.zone ?? 'Europe/Paris');

/** As JSON gives it: instants as the planning's zone writes them. */
export function shown(set: PlanningSet, { id, change, author, endedBy }: SavedChange) {
  const planning = 'planning' in change ? change.planning : undefined;
  const zone = zoneIn(set, planning ?? '');
  return {
    id,
    kind: wordOf(change),
    planning,
    level: 'level' in change ? change.level : undefined,
    people: namedBy(change),
    from: isoIn(zone, change.from),
    until: isoIn(zone, change.until),
    why: change.why,
    setBy: author,
    endedBy,
  };
}
