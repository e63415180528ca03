// Under which names this server is reached, and the token that opens it: from the settings.
import type { Admission } from '../api/access.ts';
import type { Settings } from './settings.ts';

/** Every address of the machine, or none that could be named. */
const wild: ReadonlySet<string> = new Set(['0.0.0.0', '::', '']);

export function admissionOf({ publicUrl, http, httpHosts, apiToken }: Settings): Admission {
  const bound = http && !wild.has(http.host) ? [http.host] : [];
  const known = publicUrl ? [new URL(publicUrl).hostname] : [];
  return {
    hosts: [...bound, ...known, ...httpHosts].map((name) => name.toLowerCase()),
    ...(apiToken ? { token: apiToken } : {}),
  };
}
