// Who is on call, over HTTP: asked of the one resolver, so that it is whom a call would ring.
import { z } from 'zod';
import { type Route, route } from '../base/route.ts';
import type { Target } from '../domain/telephony/effect.ts';
import type { OnCall } from '../domain/telephony/event.ts';

export type WhoRooms = {
  config: { onCall(target: Target, at: number): { people: OnCall[]; because: string }; planningVersion(): string };
  now(): number;
};

const instant = z.iso.datetime({ offset: true, error: 'at is written like 2026-11-21T03:00:00+01:00' });

export const whoRoutes = ({ config, now }: WhoRooms): Route[] => [
  route({
    method: 'GET',
    path: '/api/who/:planning',
    access: { who: 'token' },
    params: z.object({ planning: z.string().max(200) }),
    query: z.object({ at: instant.optional() }),
    handle({ params: { planning }, query }) {
      const at = query.at ? Date.parse(query.at) : now();
      const { people, because } = config.onCall({ planning }, at);
      const version = config.planningVersion();
      return { json: { at: new Date(at).toISOString(), planning, version, people, because } };
    },
  }),
];
