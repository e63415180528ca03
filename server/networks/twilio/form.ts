// A posted form: read whole, with a limit, or refused by the status that says why. Knows nothing of what is in it.
import type { IncomingMessage } from 'node:http';
import { type ParsedUrlQuery, parse } from 'node:querystring';
import readWhole from 'raw-body';

/** The form, or the status of HTTP that says why it is not taken. */
export type Read = { form: ParsedUrlQuery } | { refused: 400 | 413 | 415 };

const mostBytes = 64 * 1024;
const mostParameters = 200;
const formType = 'application/x-www-form-urlencoded';

const typeOf = (request: IncomingMessage): string =>
  (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** Calls back once, with the form or why there is none. Also when the connection breaks off: nobody hears the answer then. */
export function readForm(request: IncomingMessage, done: (read: Read) => void): void {
  const refuse = (refused: 400 | 413 | 415): void => {
    // What is not read must still flow off, or the answer could not be read before the rest is sent.
    request.resume();
    done({ refused });
  };
  const { 'content-encoding': encoding = 'identity', 'content-length': length } = request.headers;
  if (typeOf(request) !== formType || encoding !== 'identity') return void refuse(415);
  readWhole(request, { encoding: 'utf8', limit: mostBytes, length: length ?? null }, (error, text) => {
    if (error) return void refuse(error.status === 413 ? 413 : 400);
    // A limit given to the parser would drop what is over it, and the signature would seem wrong.
    if (text.split('&', mostParameters + 1).length > mostParameters) return void refuse(413);
    done({ form: parse(text, '&', '=', { maxKeys: 0 }) });
  });
}
