// The watchdog's question, answered by a thread of its own: requests that flood the server keep nobody from learning that it turns. When
// its loop stands still the thread hangs up without an answer, and whoever watches ends the process.
import { Worker } from 'node:worker_threads';
import { bad, good, type Result } from '../base/result.ts';

export type Alive = { port: number; stop(): Promise<void> };

const beatMs = 200;
/** A loop that has not turned for so long stands still. */
const staleMs = 1_500;
const mostConnections = 50;

/** Plain JavaScript as text, for the reason that store/checkpoint.ts gives. */
const thread = `
  const { workerData: { host, port, beats, staleMs, mostConnections }, parentPort } = require('node:worker_threads');
  const { createServer } = require('node:http');
  let beat = -1, since = 0;
  const turns = () => {
    const now = Atomics.load(beats, 0);
    if (now !== beat) { beat = now; since = performance.now(); }
    return performance.now() - since < staleMs;
  };
  setInterval(turns, 100);
  const server = createServer({ headersTimeout: 3000, requestTimeout: 3000, connectionsCheckingInterval: 1000 }, (request, response) => {
    if (request.url !== '/healthz') return response.writeHead(404).end();
    if (!turns()) return request.socket.destroy();
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end('{"alive":true}');
  });
  server.maxConnections = mostConnections;
  server.on('error', (error) => parentPort.postMessage({ failed: error.message }));
  server.listen(port, host, () => parentPort.postMessage({ port: server.address().port }));
`;

/** Begins to answer `GET /healthz` there. A port that is taken is a problem with its mend. */
export function answerWatchdog(host: string, port: number): Promise<Result<Alive>> {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const beat = setInterval(() => Atomics.add(beats, 0, 1), beatMs);
  beat.unref();
  const worker = new Worker(thread, { eval: true, workerData: { host, port, beats, staleMs, mostConnections } });
  worker.unref();
  const stop = async () => {
    clearInterval(beat);
    await worker.terminate();
  };
  return new Promise((resolve) => {
    worker.once('message', (told: { port: number } | { failed: string }) => {
      if ('port' in told) return resolve(good({ port: told.port, stop }));
      void stop();
      const message = `the watchdog cannot be answered here: ${told.failed}`;
      resolve(bad({ file: `${host}:${port}`, message, hint: 'set VIGIE_ALIVE_PORT to a free port (0 takes any)' }));
    });
  });
}
