// REST requests and answers over ARI's WebSocket: sent at once, performed by Asterisk in order, each with a deadline.
import type { Answer, Request } from './words.ts';

type Waiting = { settle: (answer: Answer) => void; until: number };
type RestResponse = { request_id?: string; status_code?: number; reason_phrase?: string; message_body?: string };

export type Lane = {
  request: Request;
  /** An event of type RESTResponse. */
  answer(message: RestResponse): void;
  /** Settles what has waited too long. */
  sweep(now: number): void;
  /** No answer will come any more. */
  close(why: string): void;
};

const none = (reason: string): Answer => ({ status: 0, reason, body: '' });

/** `send` puts one text on the wire; `now` is a monotonic clock in ms. */
export function openLane(send: (text: string) => void, now: () => number, deadlineMs: number): Lane {
  const waiting = new Map<string, Waiting>();
  let closed: string | undefined;
  let last = 0;

  const request: Request = (method, uri, body) => {
    if (closed !== undefined) return Promise.resolve(none(closed));
    const id = `${++last}`;
    const message = {
      type: 'RESTRequest',
      transaction_id: id,
      request_id: id,
      method,
      uri,
      ...(body ? { content_type: 'application/json', message_body: JSON.stringify(body) } : {}),
    };
    return new Promise((settle) => {
      waiting.set(id, { settle, until: now() + deadlineMs });
      send(JSON.stringify(message));
    });
  };

  const settle = (id: string, answer: Answer) => {
    const entry = waiting.get(id);
    waiting.delete(id);
    entry?.settle(answer);
  };

  return {
    request,
    answer: ({ request_id, status_code, reason_phrase, message_body }) =>
      settle(request_id ?? '', { status: status_code ?? 0, reason: reason_phrase ?? '', body: message_body ?? '' }),
    sweep: (time) => {
      // Insertion order is deadline order: the first that may still wait ends the search.
      for (const [id, entry] of waiting) {
        if (entry.until > time) return;
        settle(id, none(`no answer within ${deadlineMs} ms`));
      }
    },
    close: (why) => {
      closed = why;
      for (const id of [...waiting.keys()]) settle(id, none(why));
    },
  };
}
