// The ways in over HTTP: what is asked of the line, and the watchdog's question.
import { type Door, serveApi } from '../api/server.ts';
import { good, type Result } from '../base/result.ts';
import type { Route } from '../base/route.ts';
import { admissionOf } from './admission.ts';
import { answerWatchdog } from './alive.ts';
import type { Parts } from './parts.ts';

export type Doors = { port: number | undefined; alivePort: number | undefined; stop(): Promise<void> };

/** Opens them. A port that is taken, and a route that says nothing of who may use it, are problems: no door is open then. */
export async function openDoors(
  { settings, log }: Parts,
  { doors, routes }: { doors: readonly Door[]; routes: readonly Route[] },
): Promise<Result<Doors>> {
  const served = { routes, doors, admission: admissionOf(settings), log };
  const api = settings.http ? await serveApi(served, settings.http) : undefined;
  if (api && !api.ok) return api;
  const alive = settings.alivePort === undefined ? undefined : await answerWatchdog('127.0.0.1', settings.alivePort);
  if (alive && !alive.ok) {
    await api?.value.stop();
    return alive;
  }
  const stop = async () => {
    await alive?.value.stop();
    await api?.value.stop();
  };
  return good({ port: api?.value.port, alivePort: alive?.value.port, stop });
}
