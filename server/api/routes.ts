// What can be asked over HTTP: health, live calls, records, who is on call. Every parameter is parsed before it is used.
import { Router } from 'express';
import { z } from 'zod';
import type { Call } from '../domain/call/call.ts';
import type { Target } from '../domain/telephony/effect.ts';
import type { OnCall } from '../domain/telephony/event.ts';
import type { CallRecords } from '../engine/calls/ports.ts';
import type { Switchboard } from '../engine/calls/switchboard.ts';
import { type HealthRooms, healthRoutes } from './health.ts';

export type Rooms = HealthRooms & {
  config: { onCall(target: Target, at: number): { people: OnCall[]; because: string }; planningVersion(): string };
  store: { ledger: CallRecords };
  switchboard: Switchboard;
};

const id = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);
const listQuery = z.object({
  since: z.iso.datetime({ offset: true }).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
const whoQuery = z.object({ at: z.iso.datetime({ offset: true }).optional() });

export function routes(rooms: Rooms): Router {
  const { config, store, switchboard } = rooms;
  const router = Router();
  router.use(healthRoutes(rooms));
  router.get('/api/live', (_request, response) => void response.json(switchboard.calls().map(liveCall)));
  router.get('/api/calls', async (request, response) => {
    const query = listQuery.safeParse(request.query);
    if (!query.success) return void response.status(400).json({ error: z.prettifyError(query.error) });
    const { since, limit } = query.data;
    response.json(await store.ledger.list({ limit, ...(since ? { since: Date.parse(since) } : {}) }));
  });
  router.get('/api/calls/:id', async (request, response) => {
    const asked = id.safeParse(request.params.id);
    const found = asked.success ? await store.ledger.get(asked.data) : { found: 'none' as const };
    if (found.found === 'one') return void response.json(found.call);
    response
      .status(404)
      .json({ error: found.found === 'none' ? 'no call has this id' : 'several calls end so; write more of the id' });
  });
  router.get('/api/who/:planning', (request, response) => {
    const query = whoQuery.safeParse(request.query);
    if (!query.success)
      return void response.status(400).json({ error: 'at is written like 2026-11-21T03:00:00+01:00' });
    const at = query.data.at ? Date.parse(query.data.at) : Date.now();
    response.json({
      at: new Date(at).toISOString(),
      planning: request.params.planning,
      version: config.planningVersion(),
      ...config.onCall({ planning: request.params.planning }, at),
    });
  });
  return router;
}

/** A call that goes on: where it is, and what the line awaits of the caller. */
const liveCall = ({ id, called, caller, startedAt, phase, hunt, flow }: Call) => ({
  ...{ id, called, caller, startedAt, flow: flow.flow, node: flow.node, turn: flow.turn },
  phase: hunt?.phase === 'talking' ? 'talking' : phase,
  awaits: phase === 'flow' && flow.doing.kind === 'asking' ? 'keys' : 'nothing',
});
