// The doors that Twilio knocks at, one for each purpose: signature first, then shape, then the carrier. Never text/plain: Twilio would read it aloud.
import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { Log } from '../base/log.ts';
import type { TwilioAccess } from './access.ts';
import type { TwilioCarrier } from './carrier.ts';
import { root } from './links.ts';
import type { Media } from './media.ts';
import { isSigned } from './signature.ts';
import type { TwilioSms } from './sms.ts';
import { messageSchema, type VoiceWebhook, voiceSchema } from './webhook.ts';

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
const callId = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);
const legId = z.string().regex(/^[A-Za-z0-9-]{1,64}\.l\d{1,6}$/);
const messageId = z.string().min(1).max(200);
const turn = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);
const question = z.string().regex(/^e\d{1,9}$/);
const ending = z.enum(['played', 'keyed', 'recorded', 'left']);

/** An XML answer; an empty document where there is nothing to hear. */
export function answerXml(response: Response, status: number, document = '<Response/>'): void {
  response.status(status).type('text/xml').send(document);
}

/** Answers for a document: undefined is a call that is none of ours (its fallback then takes the caller). */
const document = (response: Response, xml: string | undefined): void => answerXml(response, xml ? 200 : 404, xml);
const noted = (response: Response): void => void response.status(204).end();

export function doors({ access, carrier, media, fallback, log, sms }: Doors): Router {
  const router = Router();
  router.get(`${root}/audio/:name`, (request, response) => play(media, request, response));
  // These hold no secret beyond what a caller hears, and are asked for when signatures may be what fails.
  router.all(`${root}/fallback/:name`, (request, response) =>
    document(response, fallback(String(request.params.name))),
  );
  router.use(root, onlyForms, express.urlencoded({ extended: false, limit: mostBytes, parameterLimit: 200 }));
  router.use(root, (request, response, next) => {
    const { body = {}, originalUrl } = request as { body?: Record<string, unknown>; originalUrl: string };
    if (isSigned(access.tokens, access.publicUrl, originalUrl, request.get('x-twilio-signature'), body)) return next();
    log.warn({ path: request.path }, 'a webhook without a valid signature is refused');
    answerXml(response, 403);
  });
  voiceDoors(router, carrier);
  if (sms) messageDoors(router, sms);
  router.use(root, (_request, response) => answerXml(response, 404));
  router.use(root, (error: Error & { status?: number }, request: Request, response: Response, _next: NextFunction) => {
    const status = error instanceof z.ZodError ? 400 : (error.status ?? 500);
    log[status < 500 ? 'warn' : 'error']({ error, path: request.path }, 'a webhook could not be taken');
    answerXml(response, status);
  });
  return router;
}

function onlyForms(request: Request, response: Response, next: NextFunction): void {
  if (request.method !== 'POST') return void answerXml(response, 405);
  if (!request.is(form)) return void answerXml(response, 415);
  next();
}

const said = (request: Request): VoiceWebhook => voiceSchema.parse(request.body);

function voiceDoors(router: Router, carrier: TwilioCarrier): void {
  router.post(`${root}/voice`, (request, response) => document(response, carrier.arrived(said(request))));
  router.post(`${root}/gone`, (request, response) => {
    carrier.gone(said(request));
    noted(response);
  });
  router.post(`${root}/voice/:call`, (request, response) =>
    document(response, carrier.caller(callId.parse(request.params.call), said(request))),
  );
  router.post(`${root}/voice/:call/:turn/:what`, (request, response) => {
    const done = { turn: turn.parse(request.params.turn), what: ending.parse(request.params.what) };
    document(response, carrier.caller(callId.parse(request.params.call), said(request), done));
  });
  router.post(`${root}/wait/:call/:round`, (request, response) =>
    document(response, carrier.waiting(callId.parse(request.params.call), turn.parse(request.params.round))),
  );
  router.post(`${root}/leg/:leg`, (request, response) =>
    document(response, carrier.leg(legId.parse(request.params.leg), said(request))),
  );
  router.post(`${root}/leg/:leg/:question`, (request, response) => {
    const { leg, question: asked } = request.params;
    document(response, carrier.pressed(legId.parse(leg), question.parse(asked), said(request)));
  });
  router.post(`${root}/leg-status/:leg`, (request, response) => {
    carrier.legTold(legId.parse(request.params.leg), said(request));
    noted(response);
  });
  router.post(`${root}/leg-heard/:leg`, (request, response) => {
    carrier.legHeard(legId.parse(request.params.leg), said(request));
    noted(response);
  });
  router.post(`${root}/recording/:call`, (request, response) => {
    carrier.recorded(callId.parse(request.params.call), said(request));
    noted(response);
  });
}

function messageDoors(router: Router, sms: TwilioSms): void {
  router.post(`${root}/sms`, (request, response) => {
    sms.received(messageSchema.parse(request.body));
    answerXml(response, 200);
  });
  router.post(`${root}/sms-status/:id/:part`, (request, response) => {
    const { id, part } = request.params;
    sms.reported(messageId.parse(id), part === 'last', messageSchema.parse(request.body));
    noted(response);
  });
}

/** Audio is named by its content, so it may be kept for ever. */
function play(media: Media, request: Request, response: Response): void {
  const found = media.find(String(request.params.name));
  if (!found) return void answerXml(response, 404);
  response.set('Cache-Control', 'public, max-age=31536000, immutable').type('audio/wav');
  if ('bytes' in found) response.send(Buffer.from(found.bytes));
  else
    response.sendFile(
      found.path,
      { dotfiles: 'allow' },
      (error) => error && !response.headersSent && answerXml(response, 404),
    );
}
