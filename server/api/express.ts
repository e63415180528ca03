// Declared routes on Express, and the only place that knows it: access first, then the body, then the route.
import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import type { Log } from '../base/log.ts';
import { type Asked, type Reply, type Route, refused } from '../base/route.ts';
import { type Admission, refusal } from './access.ts';

const askedBy = ({ headers, params, query, body }: Request): Asked => ({ headers, params, query, body });

/** The route, behind what admits to it. */
export function mounted(app: Express, route: Route, admission: Admission): void {
  const admit: RequestHandler = (request, response, next) => {
    const why = refusal(route, request, askedBy(request), admission);
    if (why) answered(response, why);
    else next();
  };
  const handle: RequestHandler = async (request, response) => answered(response, await route.handle(askedBy(request)));
  app.route(route.path).all(only(route), admit, ...bodiesOf(route), handle);
}

/** Another method is told so, once it is known to be for this path; HEAD is GET without its body. */
const only =
  ({ methods }: Route): RequestHandler =>
  ({ method }, _response, next) => {
    const served: readonly string[] = methods;
    next(served.includes(method === 'HEAD' ? 'GET' : method) ? undefined : 'route');
  };

const bodiesOf = ({ body }: Route): RequestHandler[] => {
  if (!body) return [];
  const json = express.json({ limit: body.most });
  return body.forms ? [json, express.urlencoded({ extended: false, limit: body.most })] : [json];
};

export function answered(response: Response, reply: Reply): void {
  response.status(reply.status ?? 200).set({ ...reply.headers });
  if ('json' in reply) response.json(reply.json);
  else if ('empty' in reply) response.end();
  else if ('file' in reply) sendFile(response, reply);
  else if ('text' in reply) response.type(reply.type).send(reply.text);
  else sendBytes(response.type(reply.type), reply.bytes);
}

function sendBytes(response: Response, bytes: readonly Uint8Array[]): void {
  response.set('Content-Length', String(bytes.reduce((sum, { length }) => sum + length, 0)));
  for (const part of bytes) response.write(part);
  response.end();
}

function sendFile(response: Response, { file, type }: { file: string; type: string }): void {
  response.type(type).sendFile(file, { dotfiles: 'allow' }, (error) => {
    if (error && !response.headersSent) answered(response, refused(404, 'there is nothing here'));
  });
}

/** What a request can be at fault in, as the sender is told; everything else is a fault of ours. */
const faults: Record<number, string> = {
  400: 'this cannot be read',
  413: 'this is longer than what is taken here',
  415: 'this is in an encoding that is not read here',
};

/** A request that cannot be read is its sender's fault: told to them, and no reason to write down where in our code that was seen. */
export const failed =
  (log: Log) =>
  (error: unknown, { path }: Request, response: Response, _next: NextFunction): void => {
    const status = statusOf(error);
    if (status < 500) {
      log.info({ path: placeOf(path), status }, 'a request that cannot be read is refused');
      answered(response, refused(status, faults[status] ?? 'this request is refused'));
      return;
    }
    log.error({ error, path: placeOf(path) }, 'a request failed');
    answered(response, refused(500, 'this failed on our side; the log says why'));
  };

/** What comes after the first word may be a link that opens something. */
const placeOf = (path: string): string => (path.startsWith('/api/') ? path : `/${path.split('/')[1] ?? ''}`);

function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
