// Duties taken outside of the files, over HTTP with a token: list, take, end.
import { z } from 'zod';
import { type Reply, type Route, refused, route } from '../base/route.ts';
import type { PlanningSet } from '../domain/planning/schema.ts';
import { type DutyStore, dutiesIn, end, shown, take } from '../engine/technician/duties.ts';

export type DutyRooms = {
  store: DutyStore;
  plannings(): PlanningSet;
  /** Something has changed: calls and the last-resort route follow at once. */
  changed(): void;
  now(): number;
};

const order = z.strictObject({
  planning: z.string().max(64),
  level: z.string().max(64).optional(),
  person: z.string().max(64),
  from: z.string().max(40).optional(),
  until: z.string().max(40).optional(),
  why: z.string().min(1).max(200).optional(),
  /** Who asks, for the audit. */
  by: z.string().min(1).max(100).default('api'),
});
const ending = z.strictObject({ by: z.string().min(1).max(100).default('api') });
const unknown = 'no duty has this number';
const access = { who: 'token' } as const;

export const dutyRoutes = (rooms: DutyRooms): Route[] => [
  route({
    method: 'GET',
    path: '/api/duty',
    access,
    handle: () => ({
      json: { duties: dutiesIn(rooms.store, rooms.now()).map((one) => shown(rooms.plannings(), one)) },
    }),
  }),
  route({
    method: 'POST',
    path: '/api/duty',
    access,
    body: order,
    handle: ({ body }) => taken(rooms, body),
  }),
  route({
    method: 'POST',
    path: '/api/duty/:id/end',
    access,
    params: z.object({
      id: z
        .string()
        .regex(/^\d{1,9}$/, unknown)
        .transform(Number),
    }),
    body: ending,
    handle: ({ params, body }) => ended(rooms, params.id, body.by),
  }),
];

function taken({ store, plannings, now, changed }: DutyRooms, asked: z.output<typeof order>): Reply {
  const done = take(store, plannings(), { ...asked, via: `par l’API (${asked.by})` }, now());
  if (typeof done === 'string') return refused(422, done);
  changed();
  return { status: 201, json: shown(plannings(), done) };
}

function ended({ store, plannings, now, changed }: DutyRooms, id: number, by: string): Reply {
  const found = store.changes.get(id);
  if (!found) return refused(404, unknown);
  if (!end(store, id, by, now())) return refused(409, 'this duty has ended already');
  changed();
  return { json: shown(plannings(), store.changes.get(id) ?? found) };
}
