// Calls over HTTP: those that go on, and those on record.
import { z } from 'zod';
import { type Reply, type Route, refused, route } from '../base/route.ts';
import type { Call } from '../domain/call/call.ts';
import type { CallRecords } from '../engine/calls/ports.ts';
import type { Switchboard } from '../engine/calls/switchboard.ts';

export type CallRooms = { store: { ledger: CallRecords }; switchboard: Pick<Switchboard, 'calls'> };

const access = { who: 'token' } as const;
const id = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'no call has this id');
const listQuery = z.object({
  since: z.iso.datetime({ offset: true }).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const callRoutes = ({ store: { ledger }, switchboard }: CallRooms): Route[] => [
  route({
    method: 'GET',
    path: '/api/live',
    access,
    handle: () => ({ json: switchboard.calls().map(liveCall) }),
  }),
  route({
    method: 'GET',
    path: '/api/calls',
    access,
    query: listQuery,
    handle: async ({ query: { since, limit } }) => ({
      json: await ledger.list({ limit, ...(since ? { since: Date.parse(since) } : {}) }),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/calls/:id',
    access,
    params: z.object({ id }),
    handle: ({ params }) => record(ledger, params.id),
  }),
];

async function record(ledger: CallRecords, asked: string): Promise<Reply> {
  const found = await ledger.get(asked);
  if (found.found === 'one') return { json: found.call };
  return refused(404, found.found === 'none' ? 'no call has this id' : 'several calls end so; write more of the id');
}

/** A call that goes on: where it is, and what the line awaits of the caller. */
const liveCall = ({ id, called, caller, startedAt, phase, hunt, flow }: Call) => ({
  id,
  called,
  caller,
  startedAt,
  flow: flow.flow,
  node: flow.node,
  turn: flow.turn,
  phase: hunt?.phase === 'talking' ? 'talking' : phase,
  awaits: phase === 'flow' && flow.doing.kind === 'asking' ? 'keys' : 'nothing',
});
