// A speech server on loopback, in the protocol of vosk-server (websocket/asr_server.py): a real WebSocket that hears what it is sent, and can fail
// in every way that such a server fails in.
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { Recogniser } from './recogniser.ts';

export type Mood =
  | 'well'
  /** Takes everything, and never says a word. */
  | 'mute'
  | 'nonsense'
  /** Answers of a megabyte. */
  | 'megabytes'
  /** Answers before anything was asked, without end. */
  | 'flood'
  /** Turns callers away with 403. */
  | 'refusing'
  /** Accepts the connection, and leaves it at that. */
  | 'stuck'
  /** Ends the connection once somebody speaks. */
  | 'dying';

export type SpeechServer = {
  url: string;
  /** From the next connection on. */
  mood: Mood;
  /** Configurations received, oldest first. */
  configs: { sample_rate?: number; phrase_list?: string[] }[];
  /** What it understood. */
  understood: string[];
  /** Bytes of sound received over all. */
  bytes: number;
  /** Connections that are open. */
  open(): number;
  stop(): Promise<void>;
};

/** @param words what it knows, with the sound of each; `port` 0: any free one */
export async function startSpeechServer(words: Readonly<Record<string, Int16Array>>, port = 0): Promise<SpeechServer> {
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  const raw = new Set<Socket>();
  http.on('connection', (socket: Socket) => {
    raw.add(socket);
    socket.on('close', () => raw.delete(socket));
    // Clients that vanish are an ordinary day.
    socket.on('error', () => undefined);
  });
  http.on('upgrade', (request, socket, head) => {
    if (server.mood === 'stuck') return;
    if (server.mood === 'refusing') return socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    sockets.handleUpgrade(request, socket, head, (client) => serve(server, client, words));
  });
  await listening(http, port);
  const server: SpeechServer = {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    mood: 'well',
    configs: [],
    understood: [],
    bytes: 0,
    open: () => sockets.clients.size,
    stop: async () => {
      for (const socket of raw) socket.destroy();
      await new Promise((closed) => http.close(closed));
    },
  };
  return server;
}

const listening = (http: Server, port: number) =>
  new Promise<void>((ready, fail) => {
    http.once('error', fail);
    http.listen(port, '127.0.0.1', ready);
  });

function serve(server: SpeechServer, client: WebSocket, words: Readonly<Record<string, Int16Array>>): void {
  const { mood } = server;
  const recogniser = new Recogniser(words);
  client.on('error', () => undefined);
  if (mood === 'flood') flood(client);
  client.on('message', (data: Buffer, binary) => {
    if (!binary) {
      const text = data.toString();
      if (text.includes('config')) server.configs.push((JSON.parse(text) as { config: object }).config);
      // Letter by letter, as the original compares it: any other text is taken for sound, and ends it there.
      else if (text === '{"eof" : 1}') say(server, client, mood, { text: recogniser.end() }, true);
      else client.terminate();
      return;
    }
    server.bytes += data.length;
    const heard = recogniser.hear(samplesOf(data));
    if (mood === 'dying' && 'partial' in heard && heard.partial !== '') client.terminate();
    else say(server, client, mood, heard);
  });
}

function say(
  server: SpeechServer,
  client: WebSocket,
  mood: Mood,
  answer: { partial: string } | { text: string },
  last = false,
) {
  if ('text' in answer && answer.text !== '') server.understood.push(answer.text);
  if (mood === 'mute' || mood === 'flood') return;
  const result = 'text' in answer ? { result: [{ conf: 1, word: answer.text, start: 0, end: 1 }], ...answer } : answer;
  const body = { well: JSON.stringify(result, null, 2), nonsense: '<html>502</html>', megabytes: 'x'.repeat(1 << 20) };
  client.send(body[mood as keyof typeof body] ?? body.well);
  if (last) client.close();
}

function flood(client: WebSocket): void {
  const again = () => {
    if (client.readyState !== client.OPEN) return;
    for (let i = 0; i < 50; i++) client.send('{"partial" : ""}');
    setTimeout(again, 5);
  };
  again();
}

const samplesOf = (bytes: Buffer): Int16Array =>
  Int16Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(i * 2));
