// Writes rendered configuration to disk and has Asterisk take in what changed. Knows nothing of what the files say.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AriAccess } from './ari/probe.ts';

/** Secrets stand in these files: nobody but the owner reads them. */
const ownerOnly = 0o600;

/** @returns the names of the files whose text is new. Each is replaced whole: Asterisk never reads half a file. */
export async function writeConfiguration(etc: string, files: Readonly<Record<string, string>>): Promise<string[]> {
  await mkdir(etc, { recursive: true });
  const changed: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const path = join(etc, name);
    if ((await readFile(path, 'utf8').catch(missing)) === text) continue;
    await writeFile(`${path}.new`, text, { mode: ownerOnly });
    await rename(`${path}.new`, path);
    changed.push(name);
  }
  return changed;
}

const missing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
};

const authorization = ({ user, password }: AriAccess): { authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

/** Every channel's id, the dialplan's own included; undefined when Asterisk does not answer. */
export async function channelsNow(access: AriAccess, deadlineMs = 3000): Promise<ReadonlySet<string> | undefined> {
  try {
    const signal = AbortSignal.timeout(deadlineMs);
    const response = await fetch(`${access.url}/ari/channels`, { headers: authorization(access), signal });
    if (!response.ok) return undefined;
    return new Set(((await response.json()) as { id: string }[]).map(({ id }) => id));
  } catch {
    // Asked again at the next look: the answer only matters once there is one.
    return undefined;
  }
}

/** The module that takes in a file again without disturbing calls. Files not named here need a restart of Asterisk. */
const readers: Record<string, string> = {
  'extensions.conf': 'pbx_config.so',
  'last-resort.conf': 'pbx_config.so',
  'pjsip.conf': 'res_pjsip.so',
  'musiconhold.conf': 'res_musiconhold.so',
};

/** Reloads what reads these files. @returns the files that only a restart takes in. @throws when Asterisk refuses. */
export async function reloadFor(access: AriAccess, changed: readonly string[], deadlineMs = 5000): Promise<string[]> {
  const modules = new Set(changed.flatMap((name) => readers[name] ?? []));
  for (const module of modules) {
    const response = await fetch(`${access.url}/ari/asterisk/modules/${module}`, {
      method: 'PUT',
      headers: authorization(access),
      signal: AbortSignal.timeout(deadlineMs),
    });
    if (!response.ok) throw new Error(`Asterisk answered ${response.status} when asked to reload ${module}`);
  }
  return changed.filter((name) => readers[name] === undefined);
}
