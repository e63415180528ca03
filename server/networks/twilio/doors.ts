// The door that Twilio knocks at: signature first, then what is asked for. Never text/plain: Twilio would read it aloud.
// It stands before Express: each webhook would else walk through handlers that are not for it (`make bench ONLY=twilio`).
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Log } from '../../base/log.ts';
import type { TwilioAccess } from './access.ts';
import type { TwilioCarrier } from './carrier.ts';
import { isOfFiles } from './files.ts';
import { readForm } from './form.ts';
import { root } from './links.ts';
import { type Answer, type Form, nothing, requestsFor } from './requests.ts';
import { isSigned } from './signature.ts';
import type { TwilioSms } from './sms.ts';

export type Doors = {
  access: TwilioAccess;
  carrier: TwilioCarrier;
  /** Messages too, where Twilio carries them. */
  sms?: TwilioSms;
  log: Log;
};

function send(response: ServerResponse, { status, document }: Answer): void {
  if (document === undefined) return void response.writeHead(status).end();
  const headers = { 'content-type': 'text/xml; charset=utf-8', 'content-length': Buffer.byteLength(document) };
  response.writeHead(status, headers).end(document);
}

const refusal = (status: number): Answer => ({ status, document: nothing });

/** The parts of a path of ours, below our root, decoded. @throws URIError */
const partsOf = (path: string): string[] =>
  path
    .slice(root.length + 1)
    .replace(/\/$/, '')
    .split('/')
    .map(decodeURIComponent);

/** Everything below `/twilio`, each request proved by its signature; what stands open there is passed on. */
export function doors({ access, carrier, log, sms }: Doors) {
  const requests = requestsFor(carrier, sms);

  async function answered(address: string, path: string, signed: string | undefined, form: Form): Promise<Answer> {
    if (!isSigned(access.tokens, access.publicUrl, address, signed, form)) {
      log.warn({ path }, 'a webhook without a valid signature is refused');
      return refusal(403);
    }
    const [name, ...parts] = partsOf(path);
    const found = requests.get(`${name}/${parts.length}`);
    if (!found) return refusal(404);
    if (!found.begun.isOpen) await found.begun.opened;
    return found.meaning(parts, form);
  }

  function failed(error: unknown, path: string): Answer {
    if (error instanceof z.ZodError || error instanceof URIError) {
      log.warn({ path, why: error.message }, 'a webhook could not be taken');
      return refusal(400);
    }
    log.error({ error, path }, 'a webhook could not be taken');
    return refusal(500);
  }

  function ask(request: IncomingMessage, response: ServerResponse, next: () => void): void {
    const { url = '', method, headers } = request;
    const [path = ''] = url.split('?', 1);
    if (isOfFiles(path)) return void next();
    if (method !== 'POST') return void send(response, refusal(405));
    readForm(request, (read) => {
      if ('refused' in read) return void send(response, refusal(read.refused));
      const signed = headers['x-twilio-signature'];
      void answered(url, path, typeof signed === 'string' ? signed : undefined, read.form)
        .catch((error: unknown) => failed(error, path))
        .then((answer) => send(response, answer));
    });
  }
  return { under: root, provenBy: "Twilio's signature", ask };
}
