// Files that others read while we write them: each is replaced whole, so that nobody ever meets half a file, or an empty one.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes `files` (text by name) into `dir`, made where it is missing; a file whose text stands there already is left alone.
 * @param mode permissions of new files, as for open(2)
 * @returns the names of the files whose text is new
 * @throws what the file system throws, the files before that one replaced
 */
export async function replaceFiles(
  dir: string,
  files: Readonly<Record<string, string>>,
  mode = 0o644,
): Promise<string[]> {
  await mkdir(dir, { recursive: true });
  const changed: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const path = join(dir, name);
    if ((await readFile(path, 'utf8').catch(missing)) === text) continue;
    await replaceFile(path, text, mode);
    changed.push(name);
  }
  return changed;
}

/**
 * Puts `content` at `path`, whole or not at all; its folder stands.
 * @param mode permissions of the new file, as for open(2)
 * @throws what the file system throws; what stood there then stays, and nothing is left of the try
 */
export async function replaceFile(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  // A name of its own: two who write at once do not take each other's file away.
  const fresh = `${path}.${randomUUID()}.new`;
  try {
    await writeFile(fresh, content, { mode });
    await rename(fresh, path);
  } catch (error) {
    // A full disk is tried again and again: each try must leave nothing behind.
    await rm(fresh, { force: true });
    throw error;
  }
}

/** A file that is not there, as undefined; any other error goes on. */
export const missing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
};
