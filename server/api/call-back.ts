// One request, and the line rings the technician, then the customer, and joins them. With the token alone; only callers on record are called.
import express, { Router } from 'express';
import { z } from 'zod';
import { allowed } from './token.ts';

type Order = { person: string; call?: string | undefined; number?: string | undefined; by: string };
export type CallBackRooms = {
  order: z.ZodType<Order>;
  /** `status` and `error` where it is refused. */
  ask(order: Order): Promise<object | { status: number; error: string }>;
  state(id: string): Promise<object | undefined>;
  token?: string;
};

const id = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);

export function callBackRoutes(rooms: CallBackRooms): Router {
  const router = Router();
  router.post('/api/call-back', allowed(rooms), express.json({ limit: '16kb' }), async (request, response) => {
    const read = rooms.order.safeParse(request.body ?? {});
    if (!read.success) return void response.status(400).json({ error: z.prettifyError(read.error) });
    const answer = await rooms.ask(read.data);
    if ('status' in answer) return void response.status(answer.status).json({ error: answer.error });
    response.status(202).json(answer);
  });
  router.get('/api/call-back/:id', allowed(rooms), async (request, response) => {
    const asked = id.safeParse(request.params.id);
    const found = asked.success ? await rooms.state(asked.data) : undefined;
    if (found) response.json(found);
    else response.status(404).json({ error: 'no call back has this id' });
  });
  return router;
}
