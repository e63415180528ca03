// One connection to ARI: ari-client reads the API and opens the socket; from then on the socket is ours, because its own handler throws on an
// unknown event, promotes every event to objects nobody needs, and retries in ways that cannot be stopped. It knows no call.

import type { Socket } from 'node:net';
import ari, { type Client } from 'ari-client';
import type WebSocket from 'ws';
import { messageOf } from '../../../base/errors.ts';
import type { Log } from '../../../base/log.ts';
import { bad, good, type Result } from '../../../base/result.ts';
import { guardAriClient } from './guard.ts';
import { type Lane, openLane } from './lane.ts';
import { type AriAccess, probe, SilentError } from './probe.ts';
import { type AriEvent, ariEvent, type Request } from './words.ts';

guardAriClient();

export type ConnectionOptions = {
  access: AriAccess;
  /** Stasis applications this connection is; events of one carry its name. */
  apps: string[];
  log: Log;
  /** For each step of connecting: probe, API description, socket. 3 s unless said otherwise. */
  connectMs?: number;
  /** For each request. 5 s unless said otherwise. */
  requestMs?: number;
};

export type ConnectionHooks = {
  event(event: AriEvent): void;
  /** Once; nothing comes after it. `silent`: nothing was heard any more on a socket that stayed open. */
  lost(why: string, silent: boolean): void;
};

export type Connection = { request: Request; close(): void; version: string };

/** A dead peer must be noticed within 3 s: a ping each second, and the verdict after this silence, looked at twice a second. */
export const silenceMs = 2400;
const tickMs = 500;
export const connectMs = 3000;
const now = () => performance.now();

/** Connects once. `never` in the failure means that trying again cannot help, `silent` that no answer came, nor a refusal. */
export async function connect(
  options: ConnectionOptions,
  hooks: ConnectionHooks,
): Promise<Result<Connection> & { never?: boolean; silent?: boolean }> {
  const { access, apps, log } = options;
  const ms = options.connectMs ?? connectMs;
  const found = await probe(access, ms);
  if (!found.ok) return { ...bad(found.problem), never: found.never, silent: found.silent === true };
  if (found.warning) log.warn({ version: found.version }, found.warning);
  const failed = (step: string, error: unknown) => ({
    ...bad({
      file: access.url,
      message: `Asterisk ${found.version} answers, but ${step} failed (${messageOf(error ?? 'refused')})`,
      hint: 'are res_http_websocket and the res_ari_* modules loaded?',
    }),
    silent: error instanceof SilentError,
  });
  let client: Client;
  try {
    client = await within(ms, ari.connect(access.url, access.user, access.password));
  } catch (error) {
    return failed('reading its API', error);
  }
  const sockets = holdSockets(client);
  try {
    await within(ms, client.start(apps));
  } catch (error) {
    sockets.discard();
    return failed('opening its event socket', error);
  }
  let handedOver = false;
  const lost = (why: string, silent: boolean) => {
    if (handedOver) hooks.lost(why, silent);
  };
  const taken = takeOver(client, sockets, options, { ...hooks, lost });
  const ping = await Promise.race([taken.request('GET', 'asterisk/ping'), later(ms)]);
  if (ping?.status === 200) {
    handedOver = true;
    return good({ ...taken, version: found.version });
  }
  taken.close();
  const why = 'a newer minor version of 20 or 22 may be needed';
  return failed('taking a request on its event socket', ping ? new Error(why) : new SilentError(why));
}

const later = (ms: number) => new Promise<undefined>((resolve) => setTimeout(resolve, ms, undefined).unref());

/** The promise's outcome, or a rejection after `ms`; a late outcome is dropped. */
async function within<T>(ms: number, outcome: PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SilentError(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([outcome, late]);
  } finally {
    clearTimeout(timer);
  }
}

type Sockets = { discard(): void };

/** Sees every socket the client makes, so that a discarded client's pending retries end in nothing. */
function holdSockets(client: Client): Sockets {
  let socket: WebSocket | undefined;
  let discarded = false;
  Object.defineProperty(client, '_ws', {
    get: () => socket,
    set: (next: WebSocket) => {
      socket = next;
      // ari-client attaches its handlers right after this assignment.
      if (discarded) queueMicrotask(() => silence(next));
    },
  });
  return {
    discard: () => {
      discarded = true;
      if (socket) silence(socket);
    },
  };
}

function silence(socket: WebSocket): void {
  socket.removeAllListeners();
  // A socket ended while connecting reports an error that nobody awaits any more.
  socket.on('error', () => {});
  socket.terminate();
}

function takeOver(client: Client, sockets: Sockets, options: ConnectionOptions, hooks: ConnectionHooks) {
  const socket = client._ws as WebSocket;
  const known = new Set(Object.keys(client._swagger.apis.events?.models ?? {}));
  const lane = openLane(together(socket), now, options.requestMs ?? 5000);
  let heardAt = now();
  let open = true;
  const end = (why: string, tell: boolean, silent = false) => {
    if (!open) return;
    open = false;
    clearInterval(ticking);
    sockets.discard();
    lane.close(why);
    if (tell) hooks.lost(why, silent);
  };
  const read = reader(lane, known, hooks, options.log);
  socket.removeAllListeners();
  socket.on('message', (data) => {
    heardAt = now();
    read(String(data));
  });
  socket.on('pong', () => {
    heardAt = now();
  });
  socket.on('close', (code) => end(`the socket closed (${code})`, true));
  socket.on('error', (error) => end(error.message, true));
  const ticking = setInterval(
    pulse(
      socket,
      lane,
      () => heardAt,
      (why) => end(why, true, true),
    ),
    tickMs,
  );
  return { request: lane.request, close: () => end('closed by us', false) };
}

/** Requests of one turn of the event loop leave in one write: a step asks for several, and each write is a system call. */
function together(socket: WebSocket): (text: string) => void {
  const raw = (socket as unknown as { _socket: Socket })._socket;
  let corked = false;
  return (text) => {
    if (!corked) {
      corked = true;
      raw.cork();
      process.nextTick(() => {
        corked = false;
        raw.uncork();
      });
    }
    socket.send(text);
  };
}

/** Pings, and judges silence; a tick that itself came late says nothing about the peer (this process was busy). */
function pulse(socket: WebSocket, lane: Lane, heardAt: () => number, silent: (why: string) => void) {
  let last = now();
  let even = false;
  return () => {
    const time = now();
    const late = time - last > tickMs * 1.8;
    last = time;
    lane.sweep(time);
    if (!late && time - heardAt() > silenceMs) return silent(`silent for ${silenceMs} ms`);
    even = !even;
    if (even || late) socket.ping();
  };
}

/** Settles answers, drops what is not understood with a log line, hands the rest on. */
function reader(lane: Lane, known: ReadonlySet<string>, hooks: ConnectionHooks, log: Log) {
  const drop = (text: string, why: string) => log.warn({ text: text.slice(0, 200) }, `Asterisk sent ${why}: dropped`);
  return (text: string) => {
    let message: { type?: unknown } | null;
    try {
      message = JSON.parse(text) as { type?: unknown } | null;
    } catch {
      return drop(text, 'something that is not JSON');
    }
    const type = message?.type;
    if (type === 'RESTResponse') return lane.answer(message as object);
    if (typeof type !== 'string' || !known.has(type)) return drop(text, 'an event of an unknown type');
    const event = ariEvent.safeParse(message);
    if (!event.success)
      return drop(text, `an event that is not as documented (${event.error.issues[0]?.path.join('.')})`);
    try {
      hooks.event(event.data);
    } catch (error) {
      log.error({ error, event: type }, 'an event could not be handled: dropped');
    }
  };
}
