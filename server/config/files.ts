// The folders that people edit, as texts. The only place that reads them from disk.

import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { bad, good, type Result } from '../base/result.ts';

export type TextFile = { file: string; text: string };

/** Every YAML and CSV file below `dir`, named as seen from `root` (as an editor would open them). */
export async function readFolder(root: string, dir: string): Promise<Result<TextFile[]>> {
  try {
    const found = await readdir(dir, { recursive: true, withFileTypes: true });
    const wanted = found.filter((one) => one.isFile() && /\.(ya?ml|csv)$/i.test(one.name) && !one.name.startsWith('.'));
    const paths = wanted.map((one) => join(one.parentPath, one.name)).sort();
    return good(await Promise.all(paths.map((path) => readText(root, path))));
  } catch (error) {
    return bad({
      file: nameFrom(root, dir),
      message: `this folder cannot be read: ${messageOf(error)}`,
      hint: 'check that it exists and that the server may read it',
    });
  }
}

/** One file. */
export async function readOne(root: string, path: string): Promise<Result<TextFile>> {
  try {
    return good(await readText(root, path));
  } catch (error) {
    return bad({
      file: nameFrom(root, path),
      message: `this file cannot be read: ${messageOf(error)}`,
      hint: 'check that it exists and that the server may read it',
    });
  }
}

const readText = async (root: string, path: string): Promise<TextFile> => ({
  file: nameFrom(root, path),
  text: await readFile(path, 'utf8'),
});

const nameFrom = (root: string, path: string): string => {
  const name = relative(root, path);
  return name === '' || name.startsWith('..') ? (name === '' ? basename(path) : path) : name;
};
