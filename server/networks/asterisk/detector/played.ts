// The samples of what we play to a leg, read from the files that Asterisk plays: its echo is not the callee. Keeps the latest few.
import { readFile } from 'node:fs/promises';
import { readSound } from '../../../domain/voicemail/sound.ts';

/** A question repeats for every call: its pieces are read once. A second is 16 kB. */
const mostFiles = 64;

export class Played {
  readonly #files = new Map<string, Promise<Int16Array>>();

  /** What these media (absolute paths without `.wav`, others count as silent) sound like one after the other. */
  async samples(media: readonly string[]): Promise<Int16Array> {
    const parts = await Promise.all(media.filter((uri) => uri.startsWith('/')).map((path) => this.#read(path)));
    const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #read(path: string): Promise<Int16Array> {
    const known = this.#files.get(path) ?? samplesOf(`${path}.wav`);
    this.#files.delete(path);
    this.#files.set(path, known);
    const [oldest] = this.#files.keys();
    if (this.#files.size > mostFiles && oldest) this.#files.delete(oldest);
    return known;
  }
}

/** A file that cannot be read is not heard by the leg either: Asterisk says so, where somebody listens. */
const samplesOf = async (file: string): Promise<Int16Array> => {
  const read = await readFile(file).then(
    (bytes) => readSound(file, bytes),
    () => undefined,
  );
  return read?.ok ? read.value : new Int16Array();
};
