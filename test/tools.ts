// The programs that tests need besides Node and Asterisk. One that is missing is an error at once, with its mend.
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';

export type Tool = 'espeak-ng' | 'sipp' | 'systemd-analyze' | 'chromium';

/** Absolute path of the one that VIGIE_SIPP (VIGIE_CHROMIUM, …) names, else of the one in .tools. @throws when it cannot be run. */
export function tool(name: Tool): string {
  const variable = `VIGIE_${name.toUpperCase().replace(/-NG$/, '').replaceAll('-', '_')}`;
  const path = resolve(process.env[variable] ?? `.tools/${name}`);
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new Error(`${path} is not there, or cannot be run: run scripts/get-tools.sh ${name}, or set ${variable}`);
  }
  return path;
}
