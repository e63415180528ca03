// A speech server over a WebSocket, in Vosk's protocol. It may be down, slow, lost in the middle or talk nonsense: each is told once, and costs no call.
import WebSocket, { type RawData } from 'ws';
import type { Cancel, Clock } from '../../base/clock.ts';
import type { Recognition, Recognizer, Told, Wanted } from './port.ts';
import { configuration, endOfSound, phrasesFor, rate, readAnswer } from './words.ts';

export type VoskOptions = {
  /** `ws://` or `wss://`. */
  url: string;
  clock: Clock;
  /** Tell the server which words to expect: only for models whose words may be chosen (Vosk's small ones). */
  phrases?: boolean;
};

const connectMs = 1500;
/** Sound goes out in pieces of a tenth of a second; each is answered. */
const pieceSamples = rate / 10;
/** Sound that waits for the connection, or for a server that does not take it: 4 s. */
const mostWaiting = 4 * rate * 2;
/** An answer holds a sentence; whoever sends more means harm, or is something else. */
const largestAnswer = 64 * 1024;
/** Answers beyond one for each piece. */
const mostUnasked = 100;
const closingMs = 500;

export const vosk = (options: VoskOptions): Recognizer => ({
  open: (wanted, told) => new VoskSession(options, wanted, told),
});

class VoskSession implements Recognition {
  readonly #told: Told;
  readonly #clock: Clock;
  readonly #socket: WebSocket;
  #over = false;
  #finishing = false;
  #waiting: Buffer[] = [];
  #piece: number[] = [];
  #unasked = 0;
  #deadline: Cancel;

  constructor({ url, clock, phrases = false }: VoskOptions, { hints }: Wanted, told: Told) {
    this.#told = told;
    this.#clock = clock;
    // Redirects are not followed: the setting names the server.
    this.#socket = new WebSocket(url, { maxPayload: largestAnswer, perMessageDeflate: false, followRedirects: false });
    this.#deadline = clock.after(connectMs, () => this.#fail(`no connection within ${connectMs / 1000} s`));
    this.#socket.on('open', () => this.#opened(configuration(phrases ? phrasesFor(hints) : [])));
    this.#socket.on('message', (data, binary) => this.#answered(data, binary));
    this.#socket.on('error', (error) => this.#fail(error.message));
    this.#socket.on('close', () => this.#fail('it ended the connection in the middle'));
  }

  hear(samples: Int16Array): void {
    if (this.#over || this.#finishing) return;
    this.#piece.push(...samples);
    while (this.#piece.length >= pieceSamples) this.#send(this.#piece.splice(0, pieceSamples));
  }

  finish(): void {
    if (this.#over || this.#finishing) return;
    if (this.#piece.length > 0) this.#send(this.#piece.splice(0));
    this.#finishing = true;
    if (this.#isOpen) this.#socket.send(endOfSound);
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#end();
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  #opened(config: string): void {
    this.#deadline();
    if (this.#over) return;
    this.#socket.send(config);
    for (const piece of this.#waiting) this.#socket.send(piece);
    this.#waiting = [];
    if (this.#finishing) this.#socket.send(endOfSound);
  }

  #send(samples: readonly number[]): void {
    const bytes = Buffer.alloc(samples.length * 2);
    for (const [index, sample] of samples.entries()) bytes.writeInt16LE(sample, index * 2);
    this.#unasked--;
    const waits = this.#waiting.reduce((sum, piece) => sum + piece.length, this.#socket.bufferedAmount);
    if (waits > mostWaiting) this.#fail('it does not take the sound in time');
    else if (this.#isOpen) this.#socket.send(bytes);
    else this.#waiting.push(bytes);
  }

  #answered(data: RawData, binary: boolean): void {
    if (this.#over) return;
    const read = readAnswer(binary ? '' : data.toString());
    if (!read.ok) this.#fail(read.problems[0]?.message ?? 'nonsense');
    else if (++this.#unasked > mostUnasked) this.#fail('it talks without being asked');
    else this.#told.heard(read.value.text, read.value.final);
  }

  #fail(why: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#deadline();
    this.#waiting = [];
    // Whoever floods us, or answers nothing, is owed no good-bye.
    this.#socket.terminate();
    this.#told.failed(why);
  }

  /** Says good-bye, and goes whether that is answered or not. */
  #end(): void {
    this.#deadline();
    this.#waiting = [];
    if (this.#socket.readyState === WebSocket.CONNECTING) {
      this.#socket.terminate();
      return;
    }
    this.#socket.close();
    const cancel = this.#clock.after(closingMs, () => this.#socket.terminate());
    this.#socket.once('close', cancel);
  }
}
