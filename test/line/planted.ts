// A bug planted into the server's own code as it is loaded: `NODE_OPTIONS` for the process that shall have it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Statements that stand first in functions of a compiled file of `build/`, by the function's name; they know its `arguments`.
 * @throws when there is no such file or function.
 */
export function planted(file: string, bugs: Record<string, string>): { NODE_OPTIONS: string } {
  let source = readFileSync(join('build', file), 'utf8');
  for (const [name, bug] of Object.entries(bugs)) {
    const begin = new RegExp(`^ *(?:export )?(?:async )?(?:function )?${name}\\([^)]*\\) \\{$`, 'm');
    if (!begin.test(source)) throw new Error(`nothing to plant in: build/${file} has no function ${name}`);
    source = source.replace(begin, (whole) => `${whole} ${bug}`);
  }
  const hooks = `export async function load(url, context, next) {
    const loaded = await next(url, context);
    if (!url.endsWith(${JSON.stringify(`/build/${file}`)})) return loaded;
    return { ...loaded, source: ${JSON.stringify(source)} };
  }`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(data(hooks))});`;
  return { NODE_OPTIONS: `--import=${data(register)}` };
}

const data = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;

/** The first step of this caller throws; of that one, the step of their first key. */
export const throwing = (atTheDoor: string, inTheFlow: string): { NODE_OPTIONS: string } =>
  planted('server/domain/call/step.js', {
    beginCall: `if (arguments[2].caller === '${atTheDoor}') throw new Error('planted');`,
    stepCall: `if (arguments[1].caller === '${inTheFlow}' && arguments[2].type === 'digits') throw new Error('planted');`,
  });
