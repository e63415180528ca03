// What the audio files say: the loopback Twilio fetches each URL once, and knows the words of those that the line has rendered.
import { basename } from 'node:path';
import { readWav, writeWav } from '../../../server/base/wav.ts';

export type Book = {
  audio(url: string): Promise<{ words: string; ms: number }>;
  silence(seconds: number): Uint8Array;
};

export function bookOf(prompts?: { all(): { text: string; path: string }[] }): Book {
  const known = new Map<string, Promise<{ words: string; ms: number }>>();
  const wordsOf = (name: string): string => {
    if (name.startsWith('music-')) return 'music';
    if (name.startsWith('ringing-')) return 'ringing';
    const stem = name.replace(/-[0-9a-f]{32}\.wav$/, '');
    return prompts?.all().find(({ path }) => basename(path, '.wav') === stem)?.text ?? 'an unknown sound';
  };
  const fetched = async (url: string) => {
    // The socket of a request before may have died with its server.
    const response = await fetch(url).catch(() => fetch(url));
    const wav = readWav(new Uint8Array(await response.arrayBuffer()));
    if (!response.ok || typeof wav === 'string') throw new Error(`${url} cannot be played: ${response.status}`);
    return { words: wordsOf(basename(new URL(url).pathname)), ms: (1000 * wav.samples.length) / wav.rate };
  };
  const forget = (url: string, error: unknown): never => {
    known.delete(url);
    throw error;
  };
  return {
    audio: (url) => {
      // A server that was dead when it was asked is asked again, by the next who is to hear this.
      const one = known.get(url) ?? fetched(url).catch((error) => forget(url, error));
      known.set(url, one);
      return one;
    },
    silence: (seconds) => writeWav(new Int16Array(8000 * seconds)),
  };
}
