// Bugs planted into the server's own code as it is loaded: `NODE_OPTIONS` for the process that shall have them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Statements that stand first in functions of compiled files of `build/`, by file and by the function's name; they know its `arguments`.
 * @throws when there is no such file or function.
 */
export function planted(bugs: Record<string, Record<string, string>>): { NODE_OPTIONS: string } {
  const sources = Object.entries(bugs).map(([file, functions]) => [`/build/${file}`, withBugs(file, functions)]);
  const hooks = `export async function load(url, context, next) {
    const loaded = await next(url, context);
    const found = ${JSON.stringify(sources)}.find(([file]) => url.endsWith(file));
    return found ? { ...loaded, source: found[1] } : loaded;
  }`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(data(hooks))});`;
  return { NODE_OPTIONS: `--import=${data(register)}` };
}

function withBugs(file: string, functions: Record<string, string>): string {
  let source = readFileSync(join('build', file), 'utf8');
  for (const [name, bug] of Object.entries(functions)) {
    const begin = new RegExp(`^ *(?:export )?(?:async )?(?:function )?${name}\\([^)]*\\) \\{$`, 'm');
    if (!begin.test(source)) throw new Error(`nothing to plant in: build/${file} has no function ${name}`);
    source = source.replace(begin, (whole) => `${whole} ${bug}`);
  }
  return source;
}

const data = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;

/** The first step of this caller throws; of that one, the step of their first key. */
export const throwing = (atTheDoor: string, inTheFlow: string): { NODE_OPTIONS: string } =>
  planted({
    'server/domain/call/begin.js': {
      beginCall: `if (arguments[2].caller === '${atTheDoor}') throw new Error('planted');`,
    },
    'server/domain/call/step.js': {
      stepCall: `if (arguments[1].caller === '${inTheFlow}' && arguments[2].type === 'digits') throw new Error('planted');`,
    },
  });
