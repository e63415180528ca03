// Duties taken, listed and ended: the door between whoever says so (a telephone, the command line, HTTP) and the rows laid over the files.
import type { Instant } from '../../base/clock.ts';
import { frenchTime } from '../../domain/planning/calendar.ts';
import { emptyOverlay, type Overlay } from '../../domain/planning/overlay.ts';
import type { PlanningSet } from '../../domain/planning/schema.ts';
import { takeDuty } from '../../domain/planning/take.ts';
import { isoIn, readInstant, type Zone, zoneOf } from '../../domain/planning/zone.ts';
import type { Override } from '../../store/overrides.ts';
import type { Store } from '../../store/store.ts';

/** Overrides that ended longer ago are not laid over the files any more: what was routed then stands in the records. */
const keptMs = 400 * 86_400_000;

export type DutyStore = Pick<Store, 'overrides' | 'audit'>;
export type TakeOrder = {
  planning: string;
  person: string;
  /** As the planner writes it: `2026-12-24 18:30` (the planning's zone) or with an offset; the next hand-off otherwise. */
  until?: string | undefined;
  why?: string | undefined;
  /** Who says so, and by what: `par téléphone`. */
  by: string;
  via: string;
};

/** What is laid over the files now. */
export const overlayIn = ({ overrides }: Pick<Store, 'overrides'>, now: Instant): Overlay => {
  const found = overrides.since(now - keptMs);
  return found.length === 0 ? emptyOverlay : { ...emptyOverlay, overrides: found };
};

/** @returns the override, or one sentence why there is none. Audited either way. */
export function take(store: DutyStore, set: PlanningSet, order: TakeOrder, now: Instant): Override | string {
  const { planning: id, person, by, via } = order;
  const refuse = (why: string): string => {
    store.audit.add({ at: now, who: by, what: 'duty refused', detail: `${id}, ${person}: ${why}` });
    return why;
  };
  const zone = zoneIn(set, id);
  const until = order.until === undefined ? undefined : readInstant(order.until, zone);
  if (order.until !== undefined && until === undefined)
    return refuse(`"${order.until}" is not a time; write "2026-12-24 18:30" or 2026-12-24T17:30:00Z`);
  const taking = { planning: id, person, at: Math.floor(now), ...(until === undefined ? {} : { until }) };
  const taken = takeDuty(set, overlayIn(store, now), taking);
  if ('refused' in taken) return refuse(taken.refused);
  const name = set.people.get(person)?.name ?? person;
  const at = frenchTime(zone.wall(now));
  const why = `pris par ${name}, ${via}, le ${at}${order.why ? ` : ${order.why}` : ''}`;
  const override = { ...taken.shift, people: [...taken.shift.people], why, setBy: by };
  const k = store.overrides.add(override);
  store.audit.add({ at: now, who: by, what: 'duty taken', detail: `${k} ${id} ${person} ${via}` });
  return { id: k, ...override };
}

/** False: no such override holds now. */
export function end({ overrides, audit }: DutyStore, id: number, by: string, now: Instant): boolean {
  const ended = overrides.end(id, Math.floor(now), by);
  audit.add({ at: now, who: by, what: ended ? 'duty ended' : 'duty end refused', detail: String(id) });
  return ended;
}

export const zoneIn = (set: PlanningSet, planning: string): Zone =>
  zoneOf(set.plannings.get(planning)?.zone ?? 'Europe/Paris') as Zone;

/** As JSON gives it: instants as the planning's zone writes them. */
export const shown = (set: PlanningSet, { from, until, ...rest }: Override) => {
  const zone = zoneIn(set, rest.planning);
  return { ...rest, from: isoIn(zone, from), until: isoIn(zone, until) };
};
