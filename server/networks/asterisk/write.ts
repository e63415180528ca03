// Has Asterisk take in what changed of its configuration. Knows nothing of what the files say.
import type { AriAccess } from './ari/probe.ts';

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
