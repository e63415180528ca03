// One request, and the line rings the technician, then the customer, and joins them. With the token alone; only callers on record are called.
import { z } from 'zod';
import { type Route, refused, route } from '../base/route.ts';

type Order = { person: string; call?: string | undefined; number?: string | undefined; by: string };
export type CallBackRooms = {
  order: z.ZodType<Order>;
  /** `status` and `error` where it is refused. */
  ask(order: Order): Promise<object | { status: number; error: string }>;
  state(id: string): Promise<object | undefined>;
};

const access = { who: 'token' } as const;
const unknown = 'no call back has this id';

export const callBackRoutes = ({ order, ask, state }: CallBackRooms): Route[] => [
  route({
    method: 'POST',
    path: '/api/call-back',
    access,
    body: order,
    async handle({ body }) {
      const answer = await ask(body);
      return 'status' in answer ? refused(answer.status, answer.error) : { status: 202, json: answer };
    },
  }),
  route({
    method: 'GET',
    path: '/api/call-back/:id',
    access,
    params: z.object({ id: z.string().regex(/^[A-Za-z0-9-]{1,64}$/, unknown) }),
    async handle({ params: { id } }) {
      const found = await state(id);
      return found ? { json: found } : refused(404, unknown);
    },
  }),
];
