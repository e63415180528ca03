// Is it alive, can it do its work, what does it measure: the three questions of those who watch over it.
import { type Problem, problemText } from '../base/result.ts';
import { type Reply, type Route, route } from '../base/route.ts';
import type { Switchboard } from '../engine/calls/switchboard.ts';
import type { Saving } from '../engine/saving.ts';
import type { Metrics } from './metrics.ts';

export type HealthRooms = {
  switchboard: Pick<Switchboard, 'connected'>;
  saving: Pick<Saving, 'failingSince' | 'waiting'>;
  /** Rows that cannot be read or taken in: each waits for somebody. */
  setAside(): number;
  config: { refused(): readonly Problem[] };
  metrics: Metrics;
};

/** Watchdogs and probes stand on the same machine; who watches from elsewhere shows the token. */
const access = { who: 'this-machine' } as const;

/** `/healthz` answers as long as the process turns: a watchdog ends it when that stops. */
export const healthRoutes = (rooms: HealthRooms): Route[] => [
  route({ method: 'GET', path: '/healthz', access, handle: () => ({ json: { alive: true } }) }),
  route({ method: 'GET', path: '/readyz', access, handle: () => readiness(rooms) }),
  route({ method: 'GET', path: '/metrics', access, handle: () => rooms.metrics.page() }),
];

/**
 * 503 when no call can be led, or nothing be saved; of two networks one that is lost is told as `degraded`, because whoever took us out
 * for it would cut off the other. What is merely set aside, or an edit that was refused, is told and no more: all else serves.
 */
function readiness({ switchboard: { connected }, saving, setAside, config }: HealthRooms): Reply {
  const { failingSince } = saving;
  const up = Object.values(connected);
  const ready = failingSince === undefined && up.some(Boolean);
  return {
    status: ready ? 200 : 503,
    json: {
      ready,
      ...(ready && !up.every(Boolean) ? { degraded: true } : {}),
      carriers: Object.fromEntries(Object.entries(connected).map(([name, is]) => [name, is ? 'connected' : 'lost'])),
      ...(failingSince === undefined ? {} : { savingFailsSince: new Date(failingSince).toISOString() }),
      unsaved: saving.waiting(),
      setAside: setAside(),
      refused: config.refused().map(problemText),
    },
  };
}
