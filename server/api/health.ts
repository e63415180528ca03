// Is it alive, can it do its work, what does it measure: the three questions of those who watch over it.
import { Router } from 'express';
import { type Problem, problemText } from '../base/result.ts';
import type { Switchboard } from '../engine/calls/switchboard.ts';
import type { Metrics } from './metrics.ts';

export type HealthRooms = {
  switchboard: Pick<Switchboard, 'failingSince' | 'connected'>;
  config: { refused(): readonly Problem[] };
  metrics: Metrics;
};

/**
 * `/healthz` answers as long as the process turns: a watchdog ends it when that stops. `/readyz` is 503 when no call can be
 * led or saved; of two networks one that is lost is told as `degraded`, because whoever took us out for it would cut off the other. An edit that was refused is told and no more, because the version before serves.
 */
export function healthRoutes({ switchboard, config, metrics }: HealthRooms): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => void response.json({ alive: true }));
  router.get('/readyz', (_request, response) => {
    const { failingSince, connected } = switchboard;
    const up = Object.values(connected);
    const ready = failingSince === undefined && up.some(Boolean);
    response.status(ready ? 200 : 503).json({
      ready,
      ...(ready && !up.every(Boolean) ? { degraded: true } : {}),
      carriers: Object.fromEntries(Object.entries(connected).map(([name, up]) => [name, up ? 'connected' : 'lost'])),
      ...(failingSince === undefined ? {} : { savingFailsSince: new Date(failingSince).toISOString() }),
      refused: config.refused().map(problemText),
    });
  });
  router.get('/metrics', async (_request, response) => {
    const { type, text } = await metrics.page();
    response.set('content-type', type).send(text);
  });
  return router;
}
