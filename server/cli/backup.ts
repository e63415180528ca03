// `vigie backup FILE` and `vigie restore FILE`: words around what the store does.

import { parseArgs } from 'node:util';
import type { Result } from '../base/result.ts';
import { spoolDir } from '../networks/fallback/fallback.ts';
import { forgetLeft } from '../networks/fallback/left.ts';
import { type BackedUp, backupDatabase, type Restored, restoreDatabase } from '../store/backup.ts';
import { type Run, terminal } from './command.ts';
import { told, wrongUse } from './usage.ts';

type Io = { out: (text: string) => void; err: (text: string) => void };
export type BackupIo = Io & { backup: (to: string) => Promise<Result<BackedUp>> };
export type RestoreIo = Io & { restore: (from: string) => Result<Restored> };

/** @returns 0 copied and verified, 1 not, 2 wrong use. */
export async function backup(args: string[], io: BackupIo): Promise<0 | 1 | 2> {
  const asked = readArgs('backup', args, io);
  if (!asked) return 2;
  const done = await io.backup(asked.file);
  if (!done.ok) return told(io, done.problems);
  const { file, bytes, calls } = done.value;
  if (asked.json) io.out(JSON.stringify(done.value));
  else
    io.out(
      `${file} : ${Math.max(1, Math.round(bytes / 1024))} ko, ${calls} appels, copie vérifiée (verified). Les messages vocaux et les fichiers édités se sauvegardent à part (recordings and edited files are not in it).`,
    );
  return 0;
}

/** @returns 0 put back, 1 refused (nothing was changed), 2 wrong use. */
export async function restore(args: string[], io: RestoreIo): Promise<0 | 1 | 2> {
  const asked = readArgs('restore', args, io);
  if (!asked) return 2;
  const done = io.restore(asked.file);
  if (!done.ok) return told(io, done.problems);
  const { calls, aside } = done.value;
  if (asked.json) io.out(JSON.stringify(done.value));
  else {
    io.out(`base restaurée : ${calls} appels (restored)`);
    if (aside) io.out(`l’ancienne est gardée dans ${aside} (the old one is kept)`);
  }
  return 0;
}

function readArgs(name: string, args: string[], io: Io): { file: string; json: boolean } | undefined {
  const refuse = (why: string): undefined => {
    io.err(`vigie ${name}: ${why}; usage: vigie ${name} FILE [--json]`);
  };
  try {
    const options = { json: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [file, ...more] = positionals;
    if (!file || more.length > 0) return refuse('say one file');
    return { file, json: values.json };
  } catch (error) {
    return refuse(wrongUse(error));
  }
}

export const runBackup: Run = (args, { database }) =>
  backup(args, { ...terminal, backup: (to) => backupDatabase(database, to) });

export const runRestore: Run = (args, settings) =>
  restore(args, {
    ...terminal,
    restore: (from) => {
      const restored = restoreDatabase(settings.database, from, new Date());
      if (restored.ok) forgetLeft(spoolDir(settings));
      return restored;
    },
  });
