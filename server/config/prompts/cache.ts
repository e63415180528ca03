// The folder of ready audio: each file appears whole or not at all, and is named by its content.
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync } from 'node:fs';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '../../base/clock.ts';
import { codeOf, messageOf } from '../../base/errors.ts';
import { missing } from '../../base/files.ts';
import { nth } from '../../base/nth.ts';
import { bad, good, type Problem, type Result } from '../../base/result.ts';
import { readWav, writeWav } from '../../base/wav.ts';
import { forTelephone, silence } from './audio.ts';
import { cacheName, type Piece } from './pieces.ts';
import { quoted, type Speaker } from './speaker.ts';

/** What can be made here: everything but recordings. */
export type MadePiece = Exclude<Piece, { kind: 'recorded' }>;

export interface Cache {
  /** Where the piece's file is, or will be. */
  file(piece: MadePiece): string;
  has(piece: MadePiece): boolean;
  /** Looks at the folder again: somebody may have emptied it. */
  refresh(): Result<void>;
  /** Makes the file, unless it stands whole by now: another process may share the folder, and be faster. */
  make(piece: MadePiece): Promise<Result<void>>;
  /** Removes files older than `before` that are not in `keep`; says how many. */
  prune(keep: ReadonlySet<string>, before: Instant): Promise<number>;
}

/** Our own names; `part-…` is a file in the making. */
const cached = /^([0-9a-f]{32}|silence-\d+)\.wav$/;

/**
 * A power cut may leave a renamed file empty (it is not synced: that took longer than speaking). Such a file, or one
 * whose size is not the one its header states, is made anew. So is one that is not there: another process may have
 * pruned it since the folder was listed.
 */
function whole(path: string): boolean {
  const header = Buffer.alloc(44);
  const file = opened(path);
  if (file === undefined) return false;
  try {
    return readSync(file, header) === 44 && fstatSync(file).size === 44 + header.readUInt32LE(40);
  } finally {
    closeSync(file);
  }
}

function opened(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const diskProblem = (file: string, error: unknown): Problem => ({
  file,
  message: `prompts cannot be written here [${codeOf(error) || messageOf(error)}]`,
  hint: 'check free space and that the server may write in this folder',
});

/** The cache in the absolute folder `dir` (made when missing). What stands there already is ready at once. */
export function openCache(dir: string, speaker: Speaker): Result<Cache> {
  const ready = new Set<string>();
  const refresh = (): Result<void> => {
    ready.clear();
    try {
      mkdirSync(dir, { recursive: true });
      for (const name of readdirSync(dir)) if (cached.test(name) && whole(join(dir, name))) ready.add(name);
      return good(undefined);
    } catch (error) {
      return bad(diskProblem(dir, error));
    }
  };
  const stands = refresh();
  if (!stands.ok) return stands;
  const nameOf = (piece: MadePiece) => cacheName(piece, speaker.voice);

  const make = async (piece: MadePiece): Promise<Result<void>> => {
    // A name that nobody else has: two who open the folder in one process, or whose process numbers are alike in two
    // containers, would take each other's part away.
    const part = join(dir, `part-${randomUUID()}`);
    const file = join(dir, nameOf(piece));
    try {
      if (whole(file)) {
        ready.add(nameOf(piece));
        return good(undefined);
      }
      const samples = piece.kind === 'silence' ? good(silence(piece.ms)) : await spoken(speaker, piece, part);
      if (!samples.ok) return samples;
      await writeFile(part, writeWav(samples.value));
      await rename(part, file);
      ready.add(nameOf(piece));
      return good(undefined);
    } catch (error) {
      return bad(diskProblem(dir, error));
    } finally {
      await rm(part, { force: true });
    }
  };

  const prune = async (keep: ReadonlySet<string>, before: Instant): Promise<number> => {
    const old = await unused(dir, keep, before);
    for (const name of old) {
      ready.delete(name);
      await rm(join(dir, name), { force: true });
    }
    return old.length;
  };

  return good({
    file: (piece) => join(dir, nameOf(piece)),
    has: (piece) => ready.has(nameOf(piece)),
    refresh,
    make,
    prune,
  });
}

/** The names of our files in `dir` that are older than `before` and whose paths `keep` does not hold. */
async function unused(dir: string, keep: ReadonlySet<string>, before: Instant): Promise<string[]> {
  const old: string[] = [];
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    if (keep.has(path) || !(name.endsWith('.wav') || name.startsWith('part-'))) continue;
    const found = await stat(path).catch(missing);
    if (found && found.mtimeMs < before) old.push(name);
  }
  return old;
}

async function spoken(
  speaker: Speaker,
  { text, language }: Extract<Piece, { kind: 'speech' }>,
  part: string,
): Promise<Result<Int16Array>> {
  const raw = `${part}.wav`;
  try {
    const done = await speaker.speak(text, language, raw);
    if (!done.ok) return done;
    const wav = await readFile(raw).then(readWav, (error: NodeJS.ErrnoException) => `no file at all [${error.code}]`);
    if (typeof wav !== 'string') return good(forTelephone(wav));
    return bad({
      file: nth(speaker.voice.split(' '), 0),
      message: `${quoted(text)} cannot be spoken: the command wrote ${wav}`,
      hint: 'it must write a 16 bit PCM WAV to {out}',
    });
  } finally {
    await rm(raw, { force: true });
  }
}
