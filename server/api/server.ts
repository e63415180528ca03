// The HTTP door: thin routes over what the house already knows. Loopback unless the admin says otherwise.
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { Log } from '../base/log.ts';
import { bad, good, type Result } from '../base/result.ts';
import { type Rooms, routes } from './routes.ts';

export type Api = { port: number; stop(): Promise<void> };

/** Listens. A port that is taken is a problem with its mend. */
export async function serveApi(
  rooms: Rooms & { log: Log },
  { host, port }: { host: string; port: number },
  doors: readonly Router[] = [],
): Promise<Result<Api>> {
  const app = express();
  app.disable('x-powered-by');
  for (const door of doors) app.use(door);
  app.use(routes(rooms));
  app.use((_request, response) => void response.status(404).json({ error: 'there is nothing here' }));
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    rooms.log.error({ error, path: request.path }, 'a request failed');
    response.status(500).json({ error: 'this failed on our side; the log says why' });
  });
  return new Promise((resolve) => {
    const server = app.listen(port, host, (error?: Error) => {
      if (error)
        return resolve(
          bad({
            file: `${host}:${port}`,
            message: `this address cannot be listened on: ${error.message}`,
            hint: 'set VIGIE_HTTP_PORT to a free port (0 takes any)',
          }),
        );
      resolve(good({ port: (server.address() as AddressInfo).port, stop: () => close(server) }));
    });
  });
}

const close = (server: HttpServer): Promise<void> =>
  new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
