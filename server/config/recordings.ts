// The recorded prompts that flows may name: the WAV files of one folder.
import { readdir } from 'node:fs/promises';

/** @returns the folder and its files; none when there is no such folder (no flow may then name a recording). */
export async function recordingsIn(folder: string): Promise<{ folder: string; files: ReadonlySet<string> }> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return { folder, files: new Set(names.filter((name) => name.endsWith('.wav'))) };
}
