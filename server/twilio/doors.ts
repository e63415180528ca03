// The door that Twilio knocks at: signature first, then what is asked for. Never text/plain: Twilio would read it aloud.
import express, { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import type { Log } from '../base/log.ts';
import type { TwilioAccess } from './access.ts';
import type { TwilioCarrier } from './carrier.ts';
import { root } from './links.ts';
import type { Media } from './media.ts';
import { type Answer, nothing, requestsFor } from './requests.ts';
import { isSigned } from './signature.ts';
import type { TwilioSms } from './sms.ts';

export type Doors = {
  access: TwilioAccess;
  carrier: TwilioCarrier;
  /** Messages too, where Twilio carries them. */
  sms?: TwilioSms;
  media: Media;
  /** A document for when this server does not answer, as it stands now. */
  fallback: (name: string) => string | undefined;
  log: Log;
};

const mostBytes = 64 * 1024;
const form = 'application/x-www-form-urlencoded';

/** Express's own way of answering hashes every document for an ETag, and nobody asks for one twice. */
function answer(response: Response, { status, document }: Answer): void {
  if (document === undefined) return void response.writeHead(status).end();
  const headers = { 'content-type': 'text/xml; charset=utf-8', 'content-length': Buffer.byteLength(document) };
  response.writeHead(status, headers).end(document);
}

const refuse = (response: Response, status: number): void => answer(response, { status, document: nothing });

export function doors({ access, carrier, media, fallback, log, sms }: Doors): Router {
  const router = Router();
  const requests = requestsFor(carrier, sms);
  const signed: RequestHandler = (request, response, next) => {
    const { body = {}, originalUrl } = request as { body?: Record<string, unknown>; originalUrl: string };
    if (isSigned(access.tokens, access.publicUrl, originalUrl, request.get('x-twilio-signature'), body)) return next();
    log.warn({ path: request.path }, 'a webhook without a valid signature is refused');
    refuse(response, 403);
  };
  const asked = async (request: Request<{ way: string[] }>, response: Response): Promise<void> => {
    const [name, ...parts] = request.params.way;
    const found = requests.get(`${name}/${parts.length}`);
    if (!found) return refuse(response, 404);
    if (!found.begun.isOpen) await found.begun.opened;
    answer(response, found.meaning(parts, request.body ?? {}));
  };
  router.get(`${root}/audio/:name`, (request, response) => play(media, request, response));
  // These hold no secret beyond what a caller hears, and are asked for when signatures may be what fails.
  router.all(`${root}/fallback/:name`, (request, response) => {
    const document = fallback(String(request.params.name));
    answer(response, document === undefined ? { status: 404, document: nothing } : { status: 200, document });
  });
  const parsed = express.urlencoded({ extended: false, limit: mostBytes, parameterLimit: 200 });
  router.all(`${root}/*way`, onlyForms, parsed, signed, asked as unknown as RequestHandler);
  router.use(root, (error: Error & { status?: number }, request: Request, response: Response, _next: NextFunction) => {
    const status = error instanceof z.ZodError ? 400 : (error.status ?? 500);
    log[status < 500 ? 'warn' : 'error']({ error, path: request.path }, 'a webhook could not be taken');
    refuse(response, status);
  });
  return router;
}

function onlyForms(request: Request, response: Response, next: NextFunction): void {
  if (request.method !== 'POST') return void refuse(response, 405);
  if (!request.is(form)) return void refuse(response, 415);
  next();
}

/** Audio is named by its content, so it may be kept for ever. */
function play(media: Media, request: Request, response: Response): void {
  const found = media.find(String(request.params.name));
  if (!found) return void refuse(response, 404);
  response.set('Cache-Control', 'public, max-age=31536000, immutable').type('audio/wav');
  if ('bytes' in found) response.send(Buffer.from(found.bytes));
  else
    response.sendFile(
      found.path,
      { dotfiles: 'allow' },
      (error) => error && !response.headersSent && refuse(response, 404),
    );
}
