// Duties taken outside of the files, over HTTP with a token: list, take, end.
import express, { Router } from 'express';
import { z } from 'zod';
import type { PlanningSet } from '../domain/planning/schema.ts';
import { type DutyStore, dutiesIn, end, shown, take } from '../engine/technician/duties.ts';
import { allowed } from './token.ts';

export type DutyRooms = {
  store: DutyStore;
  plannings(): PlanningSet;
  /** Something has changed: calls and the last-resort route follow at once. */
  changed(): void;
  token?: string;
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
const number = z.string().regex(/^\d{1,9}$/);

export function dutyRoutes(rooms: DutyRooms): Router {
  const { store, plannings, now, changed } = rooms;
  const router = Router();
  const body = express.json({ limit: '16kb' });
  router.get('/api/duty', allowed(rooms), (_request, response) => {
    response.json({ duties: dutiesIn(store, now()).map((one) => shown(plannings(), one)) });
  });
  router.post('/api/duty', allowed(rooms), body, (request, response) => {
    const read = order.safeParse(request.body ?? {});
    if (!read.success) return void response.status(400).json({ error: z.prettifyError(read.error) });
    const done = take(store, plannings(), { ...read.data, via: `par l’API (${read.data.by})` }, now());
    if (typeof done === 'string') return void response.status(422).json({ error: done });
    changed();
    response.status(201).json(shown(plannings(), done));
  });
  router.post('/api/duty/:id/end', allowed(rooms), body, (request, response) => {
    const id = number.safeParse(request.params.id);
    const read = ending.safeParse(request.body ?? {});
    if (!read.success) return void response.status(400).json({ error: z.prettifyError(read.error) });
    const found = id.success ? store.changes.get(Number(id.data)) : undefined;
    if (!found) return void response.status(404).json({ error: 'no duty has this number' });
    if (!end(store, found.id, read.data.by, now()))
      return void response.status(409).json({ error: 'this duty has ended already' });
    changed();
    response.json(shown(plannings(), store.changes.get(found.id) ?? found));
  });
  return router;
}
