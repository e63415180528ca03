// A very small ARI client for the network's own Asterisk: requests over HTTP, events over one WebSocket.
// On purpose not the product's: two sides that share a mistake would never show it.
import { EventEmitter } from 'node:events';
import { WebSocket } from 'ws';
import { patienceMs } from '../waiting.ts';

export type AriChannel = { id: string; name: string; state: string; caller: { name: string; number: string } };
/** The fields of the events that the network reads. */
export type AriEvent = {
  type: string;
  channel?: AriChannel;
  peer?: AriChannel;
  args?: string[];
  dialstatus?: string;
  cause?: number;
  tech_cause?: number;
  digit?: string;
  message?: { from: string; to: string; body: string };
  endpoint?: { resource: string };
};
type Query = Record<string, string | number>;

export class Ari extends EventEmitter<{ event: [AriEvent] }> {
  readonly #base: string;
  readonly #authorization: string;
  #socket: WebSocket | undefined;

  constructor({ host, port, password }: { host: string; port: number; password: string }) {
    super();
    this.setMaxListeners(0);
    this.#base = `${host}:${port}/ari/`;
    this.#authorization = `Basic ${Buffer.from(`network:${password}`).toString('base64')}`;
  }

  /** Whether Asterisk answers yet. */
  async ready(): Promise<boolean> {
    const answer = await this.#fetch('GET', 'asterisk/info?only=status').catch(() => undefined);
    return answer?.ok ?? false;
  }

  /** Begins to receive the events of the application `network`. */
  async listen(): Promise<void> {
    const socket = new WebSocket(`ws://${this.#base}events?app=network&subscribeAll=true`, {
      headers: { authorization: this.#authorization },
    });
    this.#socket = socket;
    socket.on('message', (text) => this.emit('event', JSON.parse(String(text)) as AriEvent));
    await new Promise((open, fail) => socket.once('open', open).once('error', fail));
    socket.on('error', () => socket.terminate());
  }

  /** @throws with method, path and Asterisk's own words when it refuses. */
  async request(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    query: Query = {},
    variables?: Record<string, string>,
  ): Promise<unknown> {
    const search = new URLSearchParams(
      Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
    );
    const answer = await this.#fetch(method, `${path}?${search}`, variables && JSON.stringify({ variables }));
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  /** The same, for channels that may have gone in the meantime: being gone is no error. */
  async tell(method: 'POST' | 'DELETE', path: string, query: Query = {}): Promise<void> {
    await this.request(method, path, query).catch((error: Error) => {
      if (!/: (404|409|412) /.test(error.message)) throw error;
    });
  }

  /** A variable of a channel; empty when it has none. */
  async variable(channel: string, variable: string): Promise<string> {
    const answer = await this.request('GET', `channels/${channel}/variable`, { variable });
    return (answer as { value: string }).value;
  }

  /** Resolves with the first event that `wanted` accepts. */
  next(wanted: (event: AriEvent) => boolean, withinMs = patienceMs): Promise<AriEvent> {
    return new Promise((found, fail) => {
      const done = (settle: () => void) => {
        clearTimeout(deadline);
        this.off('event', look);
        settle();
      };
      const deadline = setTimeout(
        () => done(() => fail(new Error('the network’s Asterisk said nothing in time'))),
        withinMs,
      );
      const look = (event: AriEvent) => wanted(event) && done(() => found(event));
      this.on('event', look);
    });
  }

  close(): void {
    this.#socket?.removeAllListeners();
    this.#socket?.on('error', () => {});
    this.#socket?.terminate();
  }

  #fetch(method: string, path: string, body?: string): Promise<Response> {
    return fetch(`http://${this.#base}${path}`, {
      method,
      headers: { authorization: this.#authorization, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body } : {}),
      signal: AbortSignal.timeout(patienceMs),
    });
  }
}
