// The little of ari-client that is used, typed by hand: its published types do not follow the server.
declare module 'ari-client' {
  import type WebSocket from 'ws';

  export type Client = {
    /** The socket of the moment; replaced at each of the client's own retries. */
    _ws?: WebSocket;
    /** The API as this server describes it. */
    _swagger: { apis: { events?: { models?: Record<string, unknown> } } };
    start(apps: string[]): PromiseLike<void>;
    on(event: string, listener: (...values: unknown[]) => void): void;
  };

  const ari: { connect(url: string, user: string, password: string): PromiseLike<Client> };
  export default ari;
}
