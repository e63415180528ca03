// The HTTP server: serves the routes that are declared, and those alone. Loopback unless the admin says otherwise.
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Log } from '../base/log.ts';
import { bad, good, type Problem, type Result } from '../base/result.ts';
import { nameOf, type Route } from '../base/route.ts';
import { type Admission, isDeclared } from './access.ts';
import { answered, failed, mounted } from './express.ts';

/**
 * A way in that stands before all routes, for what must not walk through them: it answers what is its own, and lets everything
 * else pass. What `provenBy` names proves who asks, in each request.
 */
export type Door = {
  /** A path: everything below it is the door's. */
  under: string;
  provenBy: string;
  ask(request: IncomingMessage, response: ServerResponse, next: () => void): void;
};
export type Served = { routes: readonly Route[]; doors?: readonly Door[]; admission: Admission; log: Log };
export type Api = { port: number; stop(): Promise<void> };

/** Listens. A route that does not say who may use it, and a port that is taken, are problems with their mend. */
export async function serveApi(served: Served, { host, port }: { host: string; port: number }): Promise<Result<Api>> {
  const problems = [...served.routes, ...(served.doors ?? [])].flatMap(undeclared);
  if (problems.length > 0) return bad(...problems);
  const { routes, doors = [], admission, log } = served;
  const app = express();
  app.disable('x-powered-by');
  for (const route of routes) mounted(app, route, admission);
  app.use((_request, response) => answered(response, { status: 404, json: { error: 'there is nothing here' } }));
  app.use(failed(log));
  return listening(createServer(throughAll(doors, app)), host, port);
}

/** Default deny: what says nothing is not served, and neither is anything beside it. */
function undeclared(one: Route | Door): Problem[] {
  const declared = 'under' in one ? Boolean(one.provenBy) : isDeclared(one);
  if (declared) return [];
  const name = 'under' in one ? one.under : nameOf(one);
  return [
    { file: name, message: 'this says nothing about who may use it', hint: 'declare its access: docs/adding.md' },
  ];
}

const listening = (server: HttpServer, host: string, port: number): Promise<Result<Api>> =>
  new Promise((resolve) => {
    server.once('error', (error) =>
      resolve(
        bad({
          file: `${host}:${port}`,
          message: `this address cannot be listened on: ${error.message}`,
          hint: 'set VIGIE_HTTP_PORT to a free port (0 takes any)',
        }),
      ),
    );
    server.listen(port, host, () => resolve(good({ port: portOf(server.address()), stop: () => close(server) })));
  });

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;

/** Each door in turn, then what comes after them all. */
const throughAll =
  (doors: readonly Door[], last: (request: IncomingMessage, response: ServerResponse) => unknown) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const from = (index: number): void => {
      const door = doors[index];
      if (!door) last(request, response);
      else if (request.url?.startsWith(`${door.under}/`)) door.ask(request, response, () => from(index + 1));
      else from(index + 1);
    };
    from(0);
  };

const close = (server: HttpServer): Promise<void> =>
  new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
