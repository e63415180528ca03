// The HTTP door: thin routes over what the house already knows. Loopback unless the admin says otherwise.
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { Log } from '../base/log.ts';
import { bad, good, type Result } from '../base/result.ts';
import { type Rooms, routes } from './routes.ts';

/** A way in that stands before all routers: it answers what is its own, and lets everything else pass. */
export type Door = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
export type Api = { port: number; stop(): Promise<void> };

/** Listens. A port that is taken is a problem with its mend. @param doors asked first, in order; what they let pass goes to the routers */
export async function serveApi(
  rooms: Rooms & { log: Log },
  { host, port }: { host: string; port: number },
  { doors = [], routers = [] }: { doors?: readonly Door[]; routers?: readonly Router[] } = {},
): Promise<Result<Api>> {
  const app = express();
  app.disable('x-powered-by');
  for (const router of routers) app.use(router);
  app.use(routes(rooms));
  app.use((_request, response) => void response.status(404).json({ error: 'there is nothing here' }));
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    rooms.log.error({ error, path: request.path }, 'a request failed');
    response.status(500).json({ error: 'this failed on our side; the log says why' });
  });
  return new Promise((resolve) => {
    const server = createServer(throughAll(doors, app));
    server.once('error', (error) =>
      resolve(
        bad({
          file: `${host}:${port}`,
          message: `this address cannot be listened on: ${error.message}`,
          hint: 'set VIGIE_HTTP_PORT to a free port (0 takes any)',
        }),
      ),
    );
    server.listen(port, host, () => {
      resolve(good({ port: (server.address() as AddressInfo).port, stop: () => close(server) }));
    });
  });
}

/** Each door in turn, then what comes after them all. */
const throughAll =
  (doors: readonly Door[], last: (request: IncomingMessage, response: ServerResponse) => unknown) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const from = (index: number): void => {
      const door = doors[index];
      if (door) door(request, response, () => from(index + 1));
      else last(request, response);
    };
    from(0);
  };

const close = (server: HttpServer): Promise<void> =>
  new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
